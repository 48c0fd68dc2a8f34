"""A ramp that cannot end within its flight."""

from collections.abc import Iterator

from sandbox.base.units import NS_PER_SECOND, format_duration
from sandbox.decide.gates.threshold import Threshold
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.gate_without_data import about
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Bakes, measurements and answers that the steps ask for and that take longer than the flight, all added up.

    Where something else than promotion is expected, the story may well be over before.
    """
    document = prospect.document
    if document.expect.model_fields_set and document.expect.outcome != "promoted":
        return
    needs = [_longest(prospect, step) for step in range(len(prospect.steps))]
    total, duration = document.ramp.start + sum(ns for ns, _, _ in needs), document.scenario.duration
    if total < duration:
        return
    step, (ns, at, what) = max(enumerate(needs), key=lambda pair: pair[1][0])
    because = (
        f"its steps take {about(total)} at least, of which {prospect.steps[step].title} takes {about(ns)} for {what}; "
        f"the flight ends after {format_duration(duration)}"
    )
    yield at, because, "fly longer, or ask for less"


def _longest(prospect: Prospect, step: int) -> tuple[float, Path, str]:
    """What holds a step longest: how long in ns, where it is said, and what it is."""
    ramp, rates = prospect.document.ramp, prospect.rates(step)
    needs: list[tuple[float, Path, str]] = [(float(ramp.bake_of(step)), ("ramp",), "its bake")]
    if rates is not None and rates[1]:
        least = ramp.minimum_of(step)
        needs.append((least / rates[1] * NS_PER_SECOND, ("ramp", "minimum"), f"{least:,} answers"))
    for one in prospect.asked():
        if one.step == step and isinstance(one.gate, Threshold):
            needs.append((float(_measuring(one.gate, prospect.tick)), ("gates", one.index), "its measurements"))
    return max(needs, key=lambda need: need[0])


def _measuring(gate: Threshold, tick: int) -> int:
    """How long in ns a gate measures at least before a step may end."""
    if gate.consecutive_success_limit or gate.count is None:
        return gate.initial_delay
    return gate.initial_delay + (gate.count - 1) * max(tick, gate.interval or 0)


RULE = Rule("plan-outlasts-flight", "a ramp that cannot end before the flight does", look)
