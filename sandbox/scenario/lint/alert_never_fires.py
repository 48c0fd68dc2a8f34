"""An alert that can never fire."""

from collections.abc import Iterator
from typing import Any, cast

from sandbox.base.units import format_duration
from sandbox.decide.alerts.expression import Both, Compare, Condition, Either, Threshold
from sandbox.decide.alerts.kinds import AnyAlert
from sandbox.decide.alerts.parse import Expression
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
            mend = "ask one arm, or two alerts" if why.startswith("`and`") else "change the limit or the sign"
            yield (*at, key), f"{why}, so this never fires", mend
        if alert.for_ >= duration:
            because = f"it must hold for {format_duration(alert.for_)}; the flight lasts {format_duration(duration)}"
            yield (*at, "for"), because, "wait less, or fly longer"
        late = [name for name in alert.reads if _comes_too_late(prospect, name)]
        if late:
            horizon = format_duration(prospect.document.labels.horizon)
            because = f"labels of {late[0]} are judged after {horizon}, and the flight ends before"
            yield at, because, "fly longer, or read what does not wait for labels"


def _comes_too_late(prospect: Prospect, name: str) -> bool:
    found = prospect.read(name)
    document = prospect.document
    return found is not None and found.matured and (prospect.horizon or 0) >= document.scenario.duration


def _never(prospect: Prospect, condition: Condition) -> str:
    if isinstance(condition, Both):
        return _never(prospect, condition.left) or _never(prospect, condition.right) or _apart(condition)
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
    if (condition.sign == "<" and limit.value <= 0.0) or (condition.sign == "<=" and limit.value < 0.0):
        return f"{name} is never {condition.sign} {limit.text}"
    return ""


def _apart(both: Both) -> str:
    """Why two sides have no element in common: `and` keeps those of the left that the right has, too."""
    left, right = _arms(both.left), _arms(both.right)
    if not left or not right or left & right:
        return ""
    return f"`and` asks both sides of one arm, and one is about {_named(left)}, the other about {_named(right)}"


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
