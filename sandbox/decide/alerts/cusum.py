"""Small shifts, added up."""

import math
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field

from sandbox.decide.alerts.alerting import fresh
from sandbox.decide.alerts.baseline import Baselined, Normal, learn
from sandbox.decide.alerts.machine import Labels, Result
from sandbox.decide.alerts.scene import Scene


@dataclass(frozen=True, slots=True)
class Sums:
    """What is normal, and what adds up above and below it."""

    normal: Normal
    up: float = 0.0
    down: float = 0.0


Seen = dict[Labels, Sums]


class Cusum(Baselined):
    """Adds up what exceeds normal by more than `k` standard deviations, and fires when the sum exceeds `h`.

    Made for trends: a lasting shift of one sigma is found within about ten windows. A blip that is large enough fires
    it as well, unless `clip` says how much one window may count at most (Hawkins, "Robustification of cumulative sum
    charts by Winsorization", 1993). It rests on a stable baseline; where windows are correlated it fires too often. The
    sum is kept at or below twice `h`, so that it resolves some time after the shift is gone.

    ```toml
    [[alerts]]
    kind = "cusum"
    name = "candidate slows down"
    metric = "latency.p95{arm=candidate}"
    k = 0.5
    h = 5
    learn = 20
    severity = "ticket"
    ```

    Page, "Continuous inspection schemes", Biometrika 41 (1954); Montgomery, Introduction to Statistical Quality
    Control.
    """

    kind: Literal["cusum"] = "cusum"
    k: float = Field(default=0.5, ge=0)
    """Half of the shift one wants to find, in standard deviations."""
    h: float = Field(default=5.0, gt=0)
    """The sum at which it fires, in standard deviations."""
    clip: float | None = Field(default=None, gt=0)
    """How many standard deviations one window may count at most; any unless said."""

    def begin(self) -> Seen:
        """Nothing was seen."""
        return {}

    def look(self, state: Seen, scene: Scene) -> tuple[Seen, Result]:
        """Where the sum is beyond `h`."""
        after = dict(state)
        for labels, (value, n) in fresh(self.metric, scene).items():
            after[labels] = self._took(after.get(labels, Sums(self.normal())), value, n)
        worst = {labels: max(sums.up, sums.down if self.two_sided else 0.0) for labels, sums in after.items()}
        return after, {labels: sum_ for labels, sum_ in worst.items() if sum_ > self.h}

    def _took(self, sums: Sums, value: float, n: float) -> Sums:
        if not sums.normal.known:
            return replace(sums, normal=learn(sums.normal, value, n, enough=self.learn))
        x, most = self.standing(sums.normal, value, n), self.clip or math.inf
        up, down = cusum(sums.up, sums.down, min(most, max(-most, x)), k=self.k)
        return replace(sums, up=min(up, 2 * self.h), down=min(down, 2 * self.h))

    def explain(self, state: Seen, scene: Scene, labels: Labels) -> str:
        """Why it fires."""
        sums = state[labels]
        return f"{self.metric}: cusum {max(sums.up, sums.down if self.two_sided else 0.0):.3g}σ > {self.h:g}σ"


def cusum(up: float, down: float, x: float, *, k: float) -> tuple[float, float]:
    """The two sums after one more standardised value."""
    return max(0.0, up + x - k), max(0.0, down - x - k)
