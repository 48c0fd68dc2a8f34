"""An alert that can never fire."""

from collections.abc import Iterator
from typing import Any, cast

from sandbox.base.units import format_duration, format_share
from sandbox.decide.alerts.baseline import Baselined
from sandbox.decide.alerts.expression import Both, Compare, Condition, Either, Sign, Threshold, Vector
from sandbox.decide.alerts.kinds import AnyAlert
from sandbox.decide.alerts.parse import Expression
from sandbox.decide.alerts.slo import ROWS
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Expressions that are never true, and waits longer than the flight."""
    duration = prospect.document.scenario.duration
    document = prospect.document
    placed: list[tuple[Path, str, AnyAlert]] = [
        (("alerts", index), "expr", alert) for index, alert in enumerate(document.alerts)
    ]
    halts = ((("plan", "halt", halt.name), "when", halt) for halt in document.plan.halts)
    for at, key, alert in [*placed, *halts]:
        expression = cast(Any, getattr(alert, "expr", None))
        if isinstance(expression, Expression) and (why := _never(prospect, expression.condition)):
            mend = "ask one arm, or two alerts" if why.startswith("`and` asks both") else "change the limit or the sign"
            yield (*at, key), f"{why}, so this never fires", mend
        if alert.for_ >= duration:
            because = f"it must hold for {format_duration(alert.for_)}; the flight lasts {format_duration(duration)}"
            yield (*at, "for"), because, "wait less, or fly longer"
        if isinstance(alert, Baselined) and alert.mean is None and alert.learn * prospect.tick >= duration:
            learning = format_duration(alert.learn * prospect.tick)
            because = f"it learns what is normal from {alert.learn} samples, {learning}, and the flight is over by then"
            yield (*at, "learn"), because, "learn from fewer, or say mean and sigma"
        late = [name for name in alert.reads if _comes_too_late(prospect, name)]
        if late:
            horizon = format_duration(prospect.document.labels.horizon)
            because = f"labels of {late[0]} are judged after {horizon}, and the flight ends before"
            yield at, because, "fly longer, or read what does not wait for labels"
    for index, slo in enumerate(document.slos):
        if min(row.burn for row in ROWS if row.severity == "page") * slo.budget >= 1.0:
            least = min(row.burn for row in ROWS if row.severity == "page")
            because = f"no page comes of it: {least:g} times its budget of {format_share(slo.budget)} is everything"
            yield ("slos", index, "objective"), because, "raise the objective, or write alerts"


def _comes_too_late(prospect: Prospect, name: str) -> bool:
    found = prospect.read(name)
    document = prospect.document
    return found is not None and found.matured and (prospect.horizon or 0) >= document.scenario.duration


def _never(prospect: Prospect, condition: Condition) -> str:
    if isinstance(condition, Both):
        sides = _never(prospect, condition.left) or _never(prospect, condition.right)
        return sides or _apart(condition) or _contradiction(condition)
    if isinstance(condition, Either):
        left, right = _never(prospect, condition.left), _never(prospect, condition.right)
        return left if left and right else ""
    if not isinstance(condition, Compare) or not isinstance(condition.right, Threshold):
        return ""
    found = prospect.read(condition.left.metric)
    if found is None or condition.left.function == "events" or found.unit != "share":
        return ""
    limit, name = condition.right, condition.left.metric
    if (condition.sign == ">" and limit.value >= 1.0) or (condition.sign == ">=" and limit.value > 1.0):
        return f"{name} is never {condition.sign} {limit.text}"
    least = prospect.least(name)
    if (condition.sign == "<" and limit.value <= least) or (condition.sign == "<=" and limit.value < least):
        return f"{name} is never {condition.sign} {limit.text}"
    return ""


def _apart(both: Both) -> str:
    """Why two sides have no element in common: `and` keeps those of the left that the right has, too."""
    left, right = _arms(both.left), _arms(both.right)
    if not left or not right or left & right:
        return ""
    return f"`and` asks both sides of one arm, and one is about {_named(left)}, the other about {_named(right)}"


def _contradiction(both: Both) -> str:
    """Why no value keeps both sides, where they bound the same reading."""
    limits = list(_limits(both))
    for vector, sign, limit in limits:
        for other, other_sign, top in limits:
            if vector == other and sign in (">", ">=") and other_sign in ("<", "<="):
                strict = sign == ">" or other_sign == "<"
                if limit.value > top.value or (strict and limit.value == top.value):
                    return f"`and` asks {vector.metric} to be {sign} {limit.text} and {other_sign} {top.text}"
    return ""


def _limits(condition: Condition) -> Iterator[tuple[Vector, Sign, Threshold]]:
    """The limits that must all be kept."""
    if isinstance(condition, Both):
        yield from _limits(condition.left)
        yield from _limits(condition.right)
    elif isinstance(condition, Compare) and isinstance(condition.right, Threshold):
        yield condition.left, condition.sign, condition.right


def _named(arms: frozenset[str]) -> str:
    return " and ".join(sorted(arms))


def _arms(condition: Condition) -> frozenset[str]:
    """The arms that a condition can be true of; empty where it may be any."""
    if isinstance(condition, Compare):
        return frozenset({condition.left.arm} - {""})
    if isinstance(condition, Either):
        left, right = _arms(condition.left), _arms(condition.right)
        return left | right if left and right else frozenset()
    if isinstance(condition, Both):
        left, right = _arms(condition.left), _arms(condition.right)
        return left & right if left and right else left | right
    return frozenset()


RULE = Rule("alert-never-fires", "an alert whose condition cannot hold, or not for as long as it waits", look)
