"""What is known of a family before anything is dealt: its briefing, and every name that a script may use."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sandbox.base.units import format_duration
from sandbox.cli.terminal import say

if TYPE_CHECKING:
    from sandbox.drill.family import Family


def show_briefing(family: "Family") -> None:
    """Print it."""
    say("\n".join(_lines(family)))


def _lines(family: "Family") -> Iterator[str]:
    from sandbox.run.roster import Roster

    table, document, roster = family.table, family.plan.document, Roster.of(family.plan)
    yield f"{family.title} (level {table.level}, {family.name})"
    yield ""
    yield " ".join(table.briefing.split())
    yield ""
    rows = (
        ("teaches", table.teaches), ("lasts", _lasts(family)),
        ("models", ", ".join(document.arms)), ("segments", ", ".join(one.name for one in document.segments)),
        ("groups", ", ".join(one.name for one in document.groups)),
        ("steps", ", ".join(step.title for step in document.ramp.climbs)),
        ("alerts", ", ".join(f"{one.name} ({one.severity})" for one in document.all_alerts)),
        ("gates", ", ".join(one.name for one in family.plan.gates)),
        ("approvals", ", ".join(f"{one.role} before step {one.step}" for one in document.ramp.approvals)),
        ("roles", ", ".join(roster.roles)), ("audiences", ", ".join(roster.audiences)),
        ("hints", str(len(table.hints)) if table.hints else ""),
    )
    yield from (f"{name:<10} {said}" for name, said in rows if said)
    for name, steps in roster.runbooks.items():
        yield f'{"runbook":<10} "{name}"'
        yield from (f"{'':<10} {number}. {title}" for number, title in enumerate(steps, start=1))
    yield ""
    yield "commands: greenroom kinds operation; what may be wrong: greenroom kinds fault, greenroom kinds drift"


def _lasts(family: "Family") -> str:
    duration, speed = family.plan.document.scenario.duration, family.table.speed
    wall = format_duration(round(duration / speed))
    return f"{format_duration(duration)} of the flight's clock, {wall} of yours at the fixed speed"
