"""Is what offline evaluation promised what is seen?"""

import math
from typing import Literal

from pydantic import Field, model_validator

from sandbox.base.reading import Evidence
from sandbox.base.units import Share
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.asking import Asking
from sandbox.decide.gates.wording import amount
from sandbox.decide.statistics.many import of_step
from sandbox.decide.statistics.normal_mixture import half_width
from sandbox.decide.statistics.one_arm import error_of


class Forecast(Asking):
    """Fails when the candidate's value is surely outside the interval that was promised for it, on either side.

    A candidate that is much better than promised is a broken promise too: the evaluation measured something else. The
    interval comes from `[[plan.forecast]]` for the same metric, unless the gate states it. Passes when the value is
    inside, and is inconclusive where it is outside but may be so by chance. Users count as independent where windows
    tell them apart, else requests.

    ```toml
    [[gates]]
    kind = "forecast"
    metric = "quality.auc"
    low = 0.6
    high = 0.95
    ```

    Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, Annals of Statistics 52(6) (2024).
    """

    kind: Literal["forecast"] = "forecast"
    low: float | None = None
    """Lower end of what was promised; the plan's unless said."""
    high: float | None = None
    """Upper end of what was promised; the plan's unless said."""
    alpha: Share = Field(default=0.05, gt=0, lt=0.5)
    """The chance of failing a promise that holds, over the flight."""

    @model_validator(mode="after")
    def _is_an_interval(self) -> "Forecast":
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low is above high; no value was promised")
        return self

    def begin(self) -> None:
        """The state before the first look of a step: none."""
        return

    def step(self, state: None, evidence: Evidence) -> tuple[None, Judgement]:
        """One look: the next state, and what it says."""
        reading, unit = evidence.merged[self.metric][evidence.arm], evidence.measures[self.metric].unit
        if self.low is None and self.high is None:
            return None, self.judged(Verdict.ERROR, "no interval was promised for it", n=reading.n)
        if reading.empty or reading.n < self.minimum or math.isnan(reading.error):
            return None, self.judged(Verdict.NO_DATA, f"n {reading.n:,} < {self.minimum:,}", n=reading.n)
        low, high = (-math.inf if self.low is None else self.low), (math.inf if self.high is None else self.high)
        alpha = of_step(self.alpha, evidence.step)
        half = half_width(error_of(reading, by_user=True), n=reading.n, alpha=alpha, one_sided=False)
        off = max(low - reading.value, reading.value - high)
        verdict = Verdict.PASS if off <= 0.0 else Verdict.FAIL if off > half else Verdict.INCONCLUSIVE
        promised = " to ".join(amount(end, unit) for end in (low, high) if math.isfinite(end))
        where = "outside" if off > 0.0 else "inside"
        because = f"{amount(reading.value, unit)} ± {amount(half, unit)} {where} the promised {promised}"
        bound = low if low - reading.value > reading.value - high else high
        return None, self.judged(
            verdict, because, value=reading.value, bound=bound if math.isfinite(bound) else None, n=reading.n
        )
