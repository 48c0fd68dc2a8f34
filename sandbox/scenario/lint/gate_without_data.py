"""A gate that will have no data at some step."""

from collections.abc import Iterator

from sandbox.base.units import format_duration
from sandbox.decide.gates.comparing import Comparing
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Asked, Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """At that share and rate, fewer observations than it judges on: in its window, or before the step must end."""
    said: set[int] = set()
    for one in prospect.asked():
        if one.index in said:
            continue
        found = _starved(prospect, one)
        if found is not None:
            said.add(one.index)
            yield ("gates", one.index), *found


def _starved(prospect: Prospect, one: Asked) -> tuple[str, str] | None:
    if isinstance(one.gate, Comparing) and one.gate.limit.relative and prospect.base(one.gate.metric) == 0.0:
        because = f"a part of what the incumbent never does is nothing: it waits until {one.gate.metric} is above 0"
        return because, 'state the margin in points, as in "0.5pp"'
    title, least = prospect.steps[one.step].title, one.gate.minimum
    for name in (one.gate.metric or one.gate.reads[0],):
        found = prospect.read(name)
        if found is None:
            continue
        horizon, ends = prospect.horizon or 0, prospect.document.scenario.duration
        if found.matured and horizon >= ends:
            because = f"labels are judged after {format_duration(horizon)}; the flight ends at {format_duration(ends)}"
            return because, "fly longer, or set labels.maturity"
        if one.gate.over != "step":
            # A stretch of matured cohorts is as long as any other, only later.
            lag = prospect.document.labels.horizon if found.matured else 0
            n = prospect.observed(name, one.step, one.gate.over + lag)
            if n is not None and n < least:
                stretch = format_duration(one.gate.over)
                because = f"{stretch} at {title} hold about {n:,.0f} of the {least:,} it judges on"
                return because, 'widen "over", lower "minimum", or judge it at later steps'
            continue
        wait, bake = prospect.wait_for(name, one.step, least), prospect.document.ramp.bake_of(one.step)
        ends = prospect.patience(one.step)
        if not found.matured:  # of bakes that end before labels come another rule tells
            ends = min(ends, 2 * bake + (prospect.document.ramp.patience or 0))
        if wait is not None and wait > ends:
            return (
                f"at {title} it has {least:,} observations after about {about(wait)}, and the step bakes "
                f"{format_duration(bake)}",
                "make the step longer or larger, or judge it at later steps",
            )
    return None


def about(ns: float) -> str:
    """A time in ns, roughly: 40m, 9h, 3d."""
    second = 1_000_000_000
    unit = 86_400 * second if ns > 2 * 86_400 * second else 3_600 * second if ns > 7_200 * second else 60 * second
    return format_duration(max(1, round(ns / unit)) * unit)


RULE = Rule("gate-without-data", "a gate with too few observations at some step, or none", look)
