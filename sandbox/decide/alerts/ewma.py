"""A moving average that forgets, held against its own limits."""

import math
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field

from sandbox.decide.alerts.alerting import fresh
from sandbox.decide.alerts.baseline import Baselined, Normal, learn
from sandbox.decide.alerts.machine import Labels, Result
from sandbox.decide.alerts.scene import Scene


@dataclass(frozen=True, slots=True)
class Average:
    """What is normal, the average in standard deviations from it, and how many values are in it."""

    normal: Normal
    z: float = 0.0
    t: int = 0


Seen = dict[Labels, Average]


class Ewma(Baselined):
    """Fires when an exponentially weighted moving average leaves its control limits.

    Between a threshold and CUSUM: a small `weight` smooths much and finds trends, a large one sees blips. It resolves
    by itself when the average comes back. Where windows are correlated it fires too often.

    ```toml
    [[alerts]]
    kind = "ewma"
    name = "candidate errors drift"
    metric = "errors.rate{arm=candidate}"
    weight = 0.2
    limit = 3.0
    learn = 20
    severity = "ticket"
    ```

    Roberts, "Control chart tests based on geometric moving averages", Technometrics 1 (1959); Lucas and Saccucci,
    Technometrics 32 (1990).
    """

    kind: Literal["ewma"] = "ewma"
    weight: float = Field(default=0.2, gt=0, le=1)
    """How much the newest window counts (λ)."""
    limit: float = Field(default=3.0, gt=0)
    """How many of its own standard deviations the average may be off (L)."""

    def begin(self) -> Seen:
        """Nothing was seen."""
        return {}

    def look(self, state: Seen, scene: Scene) -> tuple[Seen, Result]:
        """Where the average is beyond its limits."""
        after = dict(state)
        for labels, (value, n) in fresh(self.metric, scene).items():
            after[labels] = self._took(after.get(labels, Average(self.normal())), value, n)
        return after, {labels: one.z for labels, one in after.items() if self._beyond(one)}

    def _took(self, one: Average, value: float, n: float) -> Average:
        if not one.normal.known:
            return replace(one, normal=learn(one.normal, value, n, enough=self.learn))
        return replace(one, z=ewma(one.z, self.standing(one.normal, value, n), weight=self.weight), t=one.t + 1)

    def _beyond(self, one: Average) -> bool:
        return (abs(one.z) if self.two_sided else one.z) > half_width(one.t, weight=self.weight, limit=self.limit)

    def explain(self, state: Seen, scene: Scene, labels: Labels) -> str:
        """Why it fires."""
        one = state[labels]
        limit = half_width(one.t, weight=self.weight, limit=self.limit)
        return f"{self.metric}: average {one.z:+.3g}σ beyond {limit:.3g}σ"


def ewma(z: float, x: float, *, weight: float) -> float:
    """The average after one more value."""
    return weight * x + (1.0 - weight) * z


def half_width(t: int, *, weight: float, limit: float) -> float:
    """How far the average of t standardised values may be from 0: L · sqrt(λ / (2 - λ) · (1 - (1 - λ)^2t))."""
    return limit * math.sqrt(weight / (2.0 - weight) * (1.0 - (1.0 - weight) ** (2 * t)))
