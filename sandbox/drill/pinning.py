"""Pinning: a flight becomes a scenario that expects what should have happened, so that what was learned is a test.

It expects of the plan alone, with nobody at the desk, what the oracle reached within a tenth of what could be saved, or
where nothing had to be done what came of that, and whatever the plan expected before; so it usually fails until the
plan is mended, by a gate, an alert or a smaller step, and passes ever after.
"""

from typing import Any

import tomli

from sandbox.base.flight import Flight
from sandbox.base.units import format_duration
from sandbox.report.debrief.alerts import LATEST
from sandbox.report.debrief.exercise import NOTHING, ORACLE, Debrief
from sandbox.report.debrief.page import headline
from sandbox.scenario.read import read_text
from sandbox.scenario.toml import toml

ROOM = 0.1
"""The part of what could be saved that may be lost."""


def pinned(flight: Flight, one: Debrief) -> str:
    """The text of the scenario, which reads; raises ScenarioError where the flight's own text does not."""
    raw: dict[str, Any] = tomli.loads(flight.header.scenario_text)
    raw.pop("drill", None)
    raw["scenario"] = raw["scenario"] | {"seed": flight.header.seed, "title": f"{flight.header.title}, pinned"}
    raw["expect"] = _expected(one, own=raw.get("expect") or {})
    text = "\n".join([*_comment(flight, one), toml(raw)])
    read_text(text, name=f"{flight.header.name}, pinned")
    return text


def _expected(one: Debrief, *, own: dict[str, Any]) -> dict[str, Any]:
    """What was learned, beside what the plan expected itself, which stands."""
    best = one.beside(ORACLE if one.skill.needed else NOTHING)
    assert best is not None
    room = round(ROOM * max(0, one.skill.nothing - one.skill.oracle))
    expected: dict[str, Any] = {"outcome": best.outcome, "net_harm": _bound(best.net + room)}
    if one.skill.needed and one.clocks.observable is not None:
        expected["detected_within"] = format_duration(LATEST)
    return expected | own


def _bound(most: int) -> str | int:
    """A comparison has no sign of its own, so a gain is asked for as less than nothing."""
    return f"<= {most}" if most >= 0 else "< 0"


def _comment(flight: Flight, one: Debrief) -> list[str]:
    best = one.beside(ORACLE)
    lesson = one.sitting.lesson or "what people had to find out once, a plan can be made to find out by itself."
    return [
        f"# Pinned from {one.run or flight.header.name}: {headline(one)}.",
        f"# The oracle did better: {best.says if best is not None and best.says else 'nothing, at any time'}.",
        f"# Lesson: {lesson}",
    ]
