"""An objective with an error budget, and the alerts that say when it burns too fast.

Beyer et al., The Site Reliability Workbook (2018), chapter 5, "Alerting on SLOs", approach 6: two windows to each burn
rate, a long one that says how much is burnt and one of a twelfth of it that says whether it still burns; both strict.
"""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, Share, format_duration, format_share
from sandbox.decide.alerts.alerting import Acts
from sandbox.decide.alerts.expression import Both, Compare, Condition, Sign, Threshold, Vector
from sandbox.decide.alerts.parse import Expression
from sandbox.decide.alerts.rule import Rule

HOUR = 3_600 * NS_PER_SECOND
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Row:
    """One pair of windows: how grave, both lengths in ns, and the part of 30 days' budget it burns in the long."""

    severity: Literal["page", "ticket"]
    long: int
    short: int
    spent: float

    @property
    def burn(self) -> float:
        """How many times faster than the budget allows."""
        return round(self.spent * 30 * DAY / self.long, 12)


ROWS = (
    Row("page", HOUR, HOUR // 12, 0.02),
    Row("page", 6 * HOUR, HOUR // 2, 0.05),
    Row("ticket", DAY, 2 * HOUR, 0.10),
    Row("ticket", 3 * DAY, 6 * HOUR, 0.10),
)
"""14.4, 6, 3 and 1 times; whatever the objective's window, as Pyrra and Google's own 30 days have it."""


class Slo(Spec):
    """An objective for a share of good (or bad) events, which burn-rate alerts guard.

    Four alerts come of it: pages at 14.4 times the budget's pace over 1h and 5m and at 6 times over 6h and 30m, tickets
    at 3 times over 1d and 2h and at 1 time over 3d and 6h. Rows that could never fire, because so many times the budget
    is more than everything, are left out.
    """

    name: str = Field(min_length=1)
    """What its alerts are called after."""
    metric: str = Field(min_length=1)
    """A share: of bad events, as "failures.rate", or of good ones, as "quality.accuracy"; the metric knows which."""
    model: str = "candidate"
    """Whose; "all" for each model by itself."""
    objective: Share = Field(gt=0, lt=1)
    """The part that must be good."""
    window: Duration = Field(default=30 * DAY, gt=0)
    """Over how long the budget is counted."""
    speed: float = Field(default=1.0, ge=1, le=100_000)
    """Divides every window, so that a flight of hours can rehearse days: at 60 an hour becomes a minute."""
    minimum_events: int = Field(default=0, ge=0)
    """Alerts need more events than this in their long window: one error in ten requests is not a burning budget."""
    action: Acts = "none"
    """What the ramp does while one of its pages fires."""

    @model_validator(mode="after")
    def _short_windows_last(self) -> "Slo":
        if min(row.short for row in ROWS) / self.speed < NS_PER_SECOND:
            raise ValueError(f"at speed {self.speed:g} a window of 5m is shorter than 1s; slow down")
        return self

    @property
    def budget(self) -> float:
        """The part that may be bad."""
        return round(1.0 - self.objective, 12)

    def windows(self, row: Row) -> tuple[int, int]:
        """A row's long and short window at this speed."""
        return round(row.long / self.speed), round(row.short / self.speed)

    def rules(self, *, lower_is_better: bool) -> tuple[Rule, ...]:
        """The burn-rate alerts, gravest first."""
        return tuple(
            self._rule(row, lower_is_better=lower_is_better) for row in ROWS if row.burn * self.budget < 1.0
        )

    def _rule(self, row: Row, *, lower_is_better: bool) -> Rule:
        arm = "" if self.model == "all" else self.model
        bad = round(row.burn * self.budget, 12)
        bound, sign = (bad, ">") if lower_is_better else (round(1.0 - bad, 12), "<")
        long, short = self.windows(row)
        condition: Condition = Both(
            left=self._side(arm, long, sign, bound), right=self._side(arm, short, sign, bound)
        )
        if self.minimum_events:
            events = Vector(metric=self.metric, arm=arm, width=long, function="events")
            least = Threshold(value=float(self.minimum_events), text=str(self.minimum_events))
            condition = Both(left=condition, right=Compare(left=events, sign=">", right=least))
        return Rule.model_validate({
            "name": f"{self.name} burns {row.burn:g}x over {format_duration(long)}",
            "expr": Expression(condition, text_of(condition)), "severity": row.severity,
            "labels": {"slo": self.name}, "action": self.action if row.severity == "page" else "none",
        })

    def _side(self, arm: str, width: int, sign: str, bound: float) -> Compare:
        return Compare(
            left=Vector(metric=self.metric, arm=arm, width=width), sign=">" if sign == ">" else "<",
            right=Threshold(value=bound, text=format_share(bound)),
        )


def text_of(condition: Condition) -> str:
    """An expression as a file would state it."""
    return " and ".join(
        f"{_vector(vector)} {_sign(condition, vector)} {bound.text}"
        for vector, bound in condition.vectors()
        if bound is not None
    )


def _sign(condition: Condition, vector: Vector) -> Sign:
    if isinstance(condition, Both):
        left = any(one is vector for one, _ in condition.left.vectors())
        return _sign(condition.left if left else condition.right, vector)
    assert isinstance(condition, Compare)
    return condition.sign


def _vector(vector: Vector) -> str:
    inner = f"{vector.metric}{f'{{arm={vector.arm}}}' if vector.arm else ''}[{format_duration(vector.width)}]"
    return f"{vector.function}({inner})" if vector.function else inner


def spent(bad: float, events: float, *, budget: float, elapsed: int, window: int) -> tuple[float, float]:
    """(how many times faster than allowed it burnt, the part of the window's whole budget that is gone).

    The budget of the window is that of the traffic seen so far, kept up over the whole window.
    """
    if events <= 0:
        return 0.0, 0.0
    burn = bad / events / budget
    return burn, burn * elapsed / window
