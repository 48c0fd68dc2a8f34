"""Breached m times in the last n evaluations."""

from typing import Literal

from pydantic import Field, model_validator

from sandbox.decide.alerts.alerting import Alerting
from sandbox.decide.alerts.expression import metrics_of
from sandbox.decide.alerts.machine import Labels, Result
from sandbox.decide.alerts.parse import ExpressionText
from sandbox.decide.alerts.scene import Scene

Recent = dict[Labels, tuple[bool, ...]]
"""Whether each element was there at the last evaluations, oldest first."""


class MOfN(Alerting):
    """Fires when an expression was true at `m` of the last `n` evaluations, whichever they were.

    What `for` misses: a signal that is bad two minutes of three. Missing data count as no breach.

    ```toml
    [[alerts]]
    kind = "m-of-n"
    name = "candidate errors, on and off"
    expr = "errors.rate{arm=candidate} > 2%"
    m = 3
    n = 5
    ```

    "M out of N" datapoints to alarm, Amazon CloudWatch user guide, "Evaluating an alarm" (2018); Prometheus declined to
    build it in (prometheus/prometheus issue 7595, 2020) since `count_over_time((…)[5m:1m]) >= 3` says it.
    """

    kind: Literal["m-of-n"] = "m-of-n"
    expr: ExpressionText
    """What counts as a breach."""
    m: int = Field(ge=1)
    """How many breaches it takes."""
    n: int = Field(ge=1, le=1_000)
    """Of how many evaluations, the last one among them."""

    @model_validator(mode="after")
    def _can_be_reached(self) -> "MOfN":
        if self.m > self.n:
            raise ValueError(f"m is {self.m} and n is {self.n}; it could never fire")
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics it must be handed."""
        return metrics_of(self.expr.condition)

    def begin(self) -> Recent:
        """Nothing was seen."""
        return {}

    def look(self, state: Recent, scene: Scene) -> tuple[Recent, Result]:
        """Where enough of the last evaluations breached, and how many did."""
        now = self.expr.condition.result(scene)
        after = {}
        for labels in {**state, **now}:
            seen = (*state.get(labels, ()), labels in now)[-self.n :]
            if any(seen):
                after[labels] = seen
        return after, {labels: float(sum(seen)) for labels, seen in after.items() if sum(seen) >= self.m}

    def explain(self, state: Recent, scene: Scene, labels: Labels) -> str:
        """Why it fires."""
        return f"{sum(state.get(labels, ()))} of the last {self.n} looks breached {self.expr}"
