"""A mean that rises and stays."""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from sandbox.base.units import Limit
from sandbox.decide.alerts.alerting import Alerting, fresh
from sandbox.decide.alerts.machine import Labels, Result
from sandbox.decide.alerts.parse import SelectionText
from sandbox.decide.alerts.scene import Scene


@dataclass(frozen=True, slots=True)
class Drifted:
    """How many values, their mean, the sum of what exceeds it, and the least that sum ever was."""

    n: int = 0
    mean: float = 0.0
    sum: float = 0.0
    least: float = 0.0

    @property
    def risen(self) -> float:
        """How far the sum is above its least."""
        return self.sum - self.least


Seen = dict[Labels, Drifted]


class PageHinkley(Alerting):
    """Fires when a metric has risen above its own mean so far by `threshold` in sum, `delta` a window being free.

    It needs no baseline: the mean so far is one. So it resolves late, when the mean has caught up, and a metric that
    was bad from the begin is normal to it.

    ```toml
    [[alerts]]
    kind = "page-hinkley"
    name = "candidate errors rise"
    metric = "errors.rate{arm=candidate}"
    delta = "0.2%"
    threshold = "3%"
    ```

    Page, Biometrika 41 (1954); Hinkley, "Inference about the change-point from cumulative sum tests", Biometrika 58
    (1971); Gama, Sebastião, Rodrigues, "On evaluating stream learning algorithms", Machine Learning 90 (2013).
    """

    kind: Literal["page-hinkley"] = "page-hinkley"
    metric: SelectionText
    """The metric it watches, of one arm or of each."""
    delta: Limit = Field(ge=0)
    """How much above its mean a window may be for nothing."""
    threshold: Limit = Field(gt=0)
    """The sum of excesses at which it fires."""
    minimum: int = Field(default=10, ge=1)
    """How many windows it looks at before it may fire."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics it must be handed."""
        return (self.metric.vector.metric,)

    def begin(self) -> Seen:
        """Nothing was seen."""
        return {}

    def look(self, state: Seen, scene: Scene) -> tuple[Seen, Result]:
        """Where the sum has risen beyond the threshold."""
        after = dict(state)
        for labels, (value, _) in fresh(self.metric, scene).items():
            after[labels] = page_hinkley(after.get(labels, Drifted()), value, delta=self.delta)
        return after, {
            labels: one.risen for labels, one in after.items() if one.n >= self.minimum and one.risen > self.threshold
        }

    def explain(self, state: Seen, scene: Scene, labels: Labels) -> str:
        """Why it fires."""
        return f"{self.metric} rose {state[labels].risen:.3g} in sum > {self.threshold:g}"


def page_hinkley(before: Drifted, x: float, *, delta: float) -> Drifted:
    """The sums after one more value; the value is part of the mean it is held against."""
    n = before.n + 1
    mean = before.mean + (x - before.mean) / n
    total = before.sum + x - mean - delta
    return Drifted(n, mean, total, min(before.least, total))
