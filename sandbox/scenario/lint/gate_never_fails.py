"""A gate that can never fail."""

import math
from collections.abc import Iterator

from sandbox.base.units import format_duration, format_share
from sandbox.decide.gates.checks import Checks, Ranged
from sandbox.decide.gates.comparing import Comparing
from sandbox.decide.gates.threshold import Threshold
from sandbox.observe.metrics.view import Metric
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Limits and margins that no value can cross, and failures that no step has the looks for."""
    for index, gate in enumerate(prospect.document.gates):
        if isinstance(gate, Threshold):
            yield from _out_of_reach(prospect, index, gate)
            yield from _tolerated(index, gate)
        elif isinstance(gate, Comparing):
            yield from _too_wide(prospect, index, gate)
        elif isinstance(gate, Checks):
            for place, one in enumerate(gate.metrics):
                yield from _always_inside(prospect, ("gates", index, "metrics", place), gate.model, one)


def _tolerated(index: int, gate: Threshold) -> Iterator[tuple[Path, str, str]]:
    if gate.count is None or gate.consecutive_success_limit or gate.failure_limit < gate.count:
        return
    because = f"{gate.count} measurements cannot fail more than {gate.failure_limit} times, so this never fails"
    yield ("gates", index, "failure_limit"), because, "lower it, or measure more often"


def _out_of_reach(prospect: Prospect, index: int, gate: Threshold) -> Iterator[tuple[Path, str, str]]:
    found = prospect.read(gate.metric)
    if found is None:
        return
    at: Path = ("gates", index)
    low, high = gate.failing
    most = _most(prospect, found, gate.model)
    if (high is not None and high < most) or (low is not None and low > prospect.least(found.name)):
        return
    if high is not None:
        key = "max" if gate.fail_above is None else "fail_above"
        yield (*at, key), f"{gate.metric} is never above {_shown(found, most)}, so this never fails", "lower the limit"
    else:
        key = "min" if gate.fail_below is None else "fail_below"
        yield (*at, key), f"{gate.metric} is never below {format_share(0.0)}, so this never fails", "raise the limit"


def _always_inside(prospect: Prospect, at: Path, model: str, ranged: Ranged) -> Iterator[tuple[Path, str, str]]:
    found = prospect.read(ranged.metric)
    if found is None:
        return
    most = _most(prospect, found, model)
    least = prospect.least(found.name)
    if ranged.max is not None and ranged.max >= most and (ranged.min is None or ranged.min <= least):
        yield (*at, "max"), f"{ranged.metric} is never above {_shown(found, most)}, so this never fails", "lower it"
    elif ranged.max is None and ranged.min is not None and ranged.min <= least:
        yield (*at, "min"), f"{ranged.metric} is never below {format_share(0.0)}, so this never fails", "raise it"


def _too_wide(prospect: Prospect, index: int, gate: Comparing) -> Iterator[tuple[Path, str, str]]:
    found = prospect.read(gate.metric)
    if found is None:
        return
    at, text = ("gates", index, "margin"), gate.limit.text
    if gate.limit.relative:
        if gate.limit.amount >= 1.0 and not found.lower_is_better and found.unit == "share":
            yield at, f"{gate.metric} cannot fall by more than all of it, so this never fails", "narrow the margin"
    elif gate.limit.amount >= (most := _most(prospect, found, gate.model)):
        because = f"two values of {gate.metric} are never {text} apart: it is at most {_shown(found, most)}"
        yield at, f"{because}, so this never fails", f'write it with its unit, as "{_unit(found)}"'


def _unit(found: Metric) -> str:
    return "20%" if found.unit == "share" else "20ms"


def _most(prospect: Prospect, found: Metric, model: str) -> float:
    """The highest value there is."""
    if found.unit == "share":
        return 1.0
    if found.name.startswith("latency.") and found.unit == "seconds":
        return _timeout(prospect, model) / 1e9
    return math.inf


def _shown(found: Metric, most: float) -> str:
    return "100%" if found.unit == "share" else f"the timeout of {format_duration(round(most * 1e9))}"


def _timeout(prospect: Prospect, model: str) -> int:
    from sandbox.world.services.service import Service

    return prospect.document.services.get(model, Service()).timeout


RULE = Rule("gate-never-fails", "a gate whose limit no value can cross", look)
