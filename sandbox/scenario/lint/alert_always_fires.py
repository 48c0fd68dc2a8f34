"""An alert that says nothing because it always fires."""

from collections.abc import Iterator
from typing import Any, cast

from sandbox.decide.alerts.expression import Absent, Both, Condition, Either, Threshold, Vector
from sandbox.decide.alerts.parse import Expression
from sandbox.scenario.lint.finding import Rule
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.locate import Path


def look(prospect: Prospect) -> Iterator[tuple[Path, str, str]]:
    """Expressions that every value there is makes true."""
    document = prospect.document
    placed: list[tuple[Path, Any]] = [(("alerts", index, "expr"), one) for index, one in enumerate(document.alerts)]
    placed += [(("plan", "halt", halt.name, "when"), halt) for halt in document.plan.halts]
    for at, alert in placed:
        expression = cast(Any, getattr(alert, "expr", None))
        if isinstance(expression, Expression) and (why := _always(prospect, expression.condition)):
            yield at, f"{why}, so this fires at the first sample and for good", "change the limit or the sign"


def _always(prospect: Prospect, condition: Condition) -> str:
    if isinstance(condition, Absent):
        return ""
    if isinstance(condition, (Both, Either)):
        left, right = _always(prospect, condition.left), _always(prospect, condition.right)
        return left if left and right else "" if isinstance(condition, Both) else left or right
    if not isinstance(condition.right, Threshold):
        return ""
    low, high = _range(prospect, condition.left)
    sign, limit, name = condition.sign, condition.right, condition.left.metric
    above = (sign == ">=" and limit.value <= low) or (sign == ">" and limit.value < low)
    below = (sign == "<=" and limit.value >= high) or (sign == "<" and limit.value > high)
    return f"{name} is always {sign} {limit.text}" if above or below else ""


def _range(prospect: Prospect, vector: Vector) -> tuple[float, float]:
    """The least and the greatest value there is."""
    found, endless = prospect.read(vector.metric), float("inf")
    if vector.function == "events":
        return 0.0, endless
    return prospect.least(vector.metric), 1.0 if found is not None and found.unit == "share" else endless


RULE = Rule("alert-always-fires", "an alert whose condition always holds", look)
