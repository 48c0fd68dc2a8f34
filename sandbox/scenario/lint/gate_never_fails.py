"""A gate that can never fail."""

from collections.abc import Iterator

from sandbox.base.units import Limit, format_duration, format_share
from sandbox.decide.gates.threshold import Threshold
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Limits that no value can cross, and failures that no step has the looks for."""
    for index, gate in enumerate(prospect.document.gates):
        if isinstance(gate, Threshold):
            yield from _out_of_reach(prospect, index, gate)
            yield from _tolerated(index, gate)


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
    reachable_above = high is not None and not _never_above(prospect, gate, high, found.unit)
    reachable_below = low is not None and not (found.unit in ("share", "seconds", "count", "bytes") and low <= 0)
    if reachable_above or reachable_below:
        return
    if high is not None:
        most = "100%" if found.unit == "share" else f"the timeout of {format_duration(_timeout(prospect, gate.model))}"
        key = "max" if gate.fail_above is None else "fail_above"
        yield (*at, key), f"{gate.metric} is never above {most}, so this never fails", "lower the limit"
    else:
        key = "min" if gate.fail_below is None else "fail_below"
        yield (*at, key), f"{gate.metric} is never below {format_share(0.0)}, so this never fails", "raise the limit"


def _never_above(prospect: Prospect, gate: Threshold, high: Limit, unit: str) -> bool:
    if unit == "share":
        return high >= 1.0
    if gate.metric.startswith("latency.") and unit == "seconds":
        return high >= _timeout(prospect, gate.model) / 1e9
    return False


def _timeout(prospect: Prospect, model: str) -> int:
    from sandbox.world.services.service import Service

    return prospect.document.services.get(model, Service()).timeout


RULE = Rule("gate-never-fails", "a gate whose limit no value can cross", look)
