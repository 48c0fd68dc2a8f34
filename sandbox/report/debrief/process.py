"""What people did beside the decision: answered, declared, kept others informed, followed the runbook, tidied up.

Only what applied is counted: nobody is blamed for not acknowledging a page that never came. `forbidden` are commands
that the runbook forbids, which cost points of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.base.flight import Flight
from sandbox.base.units import NS_PER_SECOND, format_duration, parse_duration, rounded_duration
from sandbox.report.alerts import told
from sandbox.report.debrief.acts import Act, acts, granted
from sandbox.report.debrief.calls import Call, calls, escalated
from sandbox.report.debrief.cause import Cause
from sandbox.report.debrief.clocks import Clocks
from sandbox.report.debrief.duty import Duty

MINUTE = 60 * NS_PER_SECOND
ACKNOWLEDGED = 5 * MINUTE
DECLARED = 10 * MINUTE
UPDATED = 15 * MINUTE
EVERY = 30 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What was to be done beside the decision, and what must not have been done."""

    duties: tuple[Duty, ...]
    forbidden: tuple[Act, ...]
    refused: tuple[Act, ...]
    silences_left: tuple[str, ...]
    calls: tuple[Call, ...] = ()

    @property
    def part(self) -> float:
        """The part of the duties that was done."""
        return sum(one.done for one in self.duties) / len(self.duties) if self.duties else 1.0


def process(flight: Flight, cause: Cause, found: Clocks) -> Process:
    """The process of a flight."""
    left, runbooks = silences_left(flight), followed(flight, cause)
    called = calls(flight)
    up = () if cause.control else escalated([one.path for one in runbooks], called, found)
    duties = [*_answered(found), *_informed(cause, found), *(one.duty for one in runbooks), *up, _tidied(left)]
    forbidden = {kind for one in runbooks for kind in one.forbids}
    return Process(
        duties=tuple(duties), forbidden=granted(flight, *forbidden), silences_left=left,
        refused=tuple(one for one in acts(flight) if not one.accepted), calls=called,
    )


def _answered(found: Clocks) -> Iterator[Duty]:
    if found.notified is not None:
        yield _within("the page acknowledged", found.notified, found.acknowledged, ACKNOWLEDGED)


def _informed(cause: Cause, found: Clocks) -> Iterator[Duty]:
    if cause.control or found.detected is None:
        return
    yield _within("an incident declared", found.detected, found.declared, DECLARED)
    yield _within("a first update sent", found.detected, found.first_update, UPDATED)
    if found.cadence is not None:
        on_time = found.cadence <= EVERY
        because = f"at most {rounded_duration(found.cadence)} between updates"
        yield Duty(name=f"an update every {format_duration(EVERY)}", done=on_time, because=because)


def _within(name: str, begin: int, end: int | None, limit: int) -> Duty:
    wanted = f"{name} within {format_duration(limit)}"
    if end is None:
        return Duty(name=wanted, done=False, because="never")
    took = max(0, end - begin)
    return Duty(name=wanted, done=took <= limit, because=f"after {rounded_duration(took)}")


def _tidied(left: tuple[str, ...]) -> Duty:
    return Duty(name="no silence left behind", done=not left, because=", ".join(left))


def silences_left(flight: Flight) -> tuple[str, ...]:
    """The alerts that a person silenced or disabled, and that nobody would be told of after the flight's end."""
    muted: dict[str, int | None] = {}
    for one in acts(flight):
        name = str(one.arguments.get("alert", ""))
        if not one.accepted or not name:
            continue
        if one.kind in ("silence", "disable"):
            muted[name] = _until(one)
        elif one.kind in ("unsilence", "enable"):
            muted.pop(name, None)
    return tuple(name for name, until in muted.items() if until is None or until > flight.ended_at)


def _until(one: Act) -> int | None:
    lasts = one.arguments.get("lasts")
    if lasts is None:
        return None
    return one.at + (parse_duration(lasts) if isinstance(lasts, str) else int(lasts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One runbook that applied: its steps, which of them were done (from 1, as they were done), what it forbids,
    and whom it has called, each with how long after the declaration.
    """

    runbook: str
    steps: tuple[str, ...]
    done: tuple[int, ...]
    forbids: tuple[str, ...] = ()
    path: tuple[tuple[str, int], ...] = ()

    @property
    def in_order(self) -> bool:
        """Whether what was done was done in the order of the book."""
        return list(self.done) == sorted(self.done)

    @property
    def duty(self) -> Duty:
        """It was opened, and what was done of it was done in order; its branches need not all be gone."""
        order = "" if self.in_order else ", out of order"
        because = f"{len(self.done)} of {len(self.steps)} steps{order}"
        return Duty(name=f'runbook "{self.runbook}" followed', done=bool(self.done) and self.in_order, because=because)


def followed(flight: Flight, cause: Cause) -> tuple[Followed, ...]:
    """The runbooks that applied, which are those for what was wrong or for an alert that people were told of."""
    tables: dict[str, dict[str, Any]] = flight.header.plan.get("runbook") or {}
    heard = {name.partition(" (")[0] for one in told(flight) for name in one.firing}
    return tuple(
        _followed(flight, name, table) for name, table in tables.items()
        if table.get("diagnosis") == cause.kind or heard & set(table.get("alerts", ()))
    )


def _followed(flight: Flight, name: str, table: dict[str, Any]) -> Followed:
    """A step counts as done where it was performed by its number, or what it does was commanded."""
    steps = [*table.get("steps", ()), *(table.get("rollback") or {}).get("steps", ())]
    actions = [_kind(step.get("action")) for step in steps]
    done = []
    for one in acts(flight):
        if one.accepted and one.kind == "perform" and one.arguments.get("runbook") == name:
            done.append(int(one.arguments["step"]))
        elif one.accepted and one.kind in actions:
            done.append(actions.index(one.kind) + 1)
    return Followed(
        runbook=name, steps=tuple(str(step["title"]) for step in steps), done=tuple(dict.fromkeys(done)),
        forbids=tuple(str(ban["kind"]) for ban in table.get("forbidden", ())),
        path=tuple((str(one["role"]), parse_duration(one["after"])) for one in table.get("escalation", ())),
    )


def _kind(action: Any) -> str:
    return str(action.get("kind", "")) if isinstance(action, dict) else str(action or "")
