"""Is the candidate no worse than the incumbent, up to a margin?"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.arms import INCUMBENT
from sandbox.base.reading import Evidence, Measure, Reading
from sandbox.base.units import Margin, MarginText, Share
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.asking import Asking
from sandbox.decide.gates.wording import change


@dataclass(frozen=True, slots=True)
class Settled:
    """Whether this step was already found worse: a verdict that was reached does not fade."""

    failed: bool = False


class NoWorse(Asking):
    """Non-inferiority: passes when the candidate is surely within `margin` of the incumbent, fails when surely beyond.

    Between the two it is inconclusive. "always-valid" may look at every window: its interval, an asymptotic
    confidence sequence of the difference over the current step, holds at all looks at once. "fixed" looks once, when
    the bake ends, with the usual normal interval. Requests are treated as independent. At 100% nobody is left on the
    incumbent to compare with, and the gate is not asked.

    ```toml
    [[gates]]
    kind = "no-worse"
    metric = "latency.p99"
    margin = "20%"
    ```

    Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: Time-uniform central limit theory and asymptotic confidence sequences,
    Annals of Statistics 52(6) (2024).
    """

    compares: ClassVar[bool] = True
    kind: Literal["no-worse"] = "no-worse"
    margin: MarginText = Margin(amount=0.1, relative=True, text="10%")
    """How much worse is acceptable: "20%" of the incumbent's value, "0.5pp", "30ms" or a plain number."""
    alpha: Share = Field(default=0.05, gt=0, lt=0.5)
    """The chance of failing a candidate that is exactly at the margin, over the step."""
    test: Literal["always-valid", "fixed"] = "always-valid"
    """Look at every window, or once when the bake ends."""

    def begin(self) -> Settled:
        """The state before the first look of a step."""
        return Settled()

    def step(self, state: Settled, evidence: Evidence) -> tuple[Settled, Judgement]:
        """One look: the next state, and what it says."""
        readings, measure = evidence.merged[self.metric], evidence.measures[self.metric]
        old, new = readings[INCUMBENT], readings[evidence.arm]
        n = old.n + new.n
        if old.empty or new.empty or min(old.n, new.n) < self.minimum:
            scarce = "incumbent" if old.empty or old.n < self.minimum else "candidate"
            have = min(old.n, new.n)
            return state, self.judged(Verdict.NO_DATA, f"{scarce} n {have:,} < {self.minimum:,}", n=n)
        if self.test == "fixed" and evidence.at < evidence.bake_ends:
            return state, self.judged(Verdict.INCONCLUSIVE, "waits for the end of the bake", n=n)
        if math.isnan(old.error) or math.isnan(new.error):
            because = f"n {min(old.n, new.n):,} is too few to know the error"
            return state, self.judged(Verdict.NO_DATA, because, n=n)
        worse, error = worsening(old, new, relative=self.margin.relative, lower_is_better=measure.lower_is_better)
        if math.isnan(worse) or math.isnan(error):
            return state, self.judged(Verdict.ERROR, "the incumbent's value is 0: a relative margin has no meaning; "
                                      "state the margin in the metric's unit", n=n)
        half = half_width(error, n=n, alpha=self.alpha, always_valid=self.test == "always-valid")
        verdict, because = self._compare(worse, half, measure)
        if state.failed and verdict is not Verdict.FAIL:
            verdict, because = Verdict.FAIL, f"{because}; was beyond it earlier in this step"
        return Settled(verdict is Verdict.FAIL), self.judged(
            verdict, because, value=worse, bound=self.margin.amount, n=n
        )

    def _compare(self, worse: float, half: float, measure: Measure) -> tuple[Verdict, str]:
        unit, lower_is_better = measure.unit, measure.lower_is_better
        sign = 1.0 if lower_is_better else -1.0
        said = change(sign * worse, relative=self.margin.relative, unit=unit)
        bound = change(sign * self.margin.amount, relative=self.margin.relative, unit=unit)
        give = change(half, relative=self.margin.relative, unit=unit).lstrip("+")
        beyond, within = (">", "≤") if lower_is_better else ("<", "≥")
        if worse - half > self.margin.amount:
            return Verdict.FAIL, f"{said} ± {give} {beyond} {bound}"
        if worse + half <= self.margin.amount:
            return Verdict.PASS, f"{said} ± {give} {within} {bound}"
        return Verdict.INCONCLUSIVE, f"{said} ± {give} straddles {bound}"


def worsening(
    old: Reading, new: Reading, *, relative: bool, lower_is_better: bool
) -> tuple[float, float]:
    """By how much the new value is worse than the old, and its standard error (delta method where relative)."""
    sign = 1.0 if lower_is_better else -1.0
    if not relative:
        return sign * (new.value - old.value), math.hypot(new.error, old.error)
    if old.value == 0.0:
        return math.nan, math.nan
    ratio = new.value / old.value
    error = math.hypot(new.error / old.value, ratio * old.error / old.value)
    return sign * (new.value - old.value) / abs(old.value), error


def half_width(error: float, *, n: int, alpha: float, always_valid: bool, n_best: int = 5_000) -> float:
    """Half of the one-sided interval around a difference with this standard error.

    always_valid: the boundary of Waudby-Smith et al. 2024 (one-sided, sigma² = n error²), tuned to be tightest at
    `n_best` observations; else the normal quantile.
    """
    if not always_valid:
        from statistics import NormalDist

        return NormalDist().inv_cdf(1.0 - alpha) * error
    log_term = -2.0 * math.log(2.0 * alpha)
    rho_squared = (log_term + math.log(log_term + 1.0)) / n_best
    spread = n * rho_squared + 1.0
    return error * math.sqrt(2.0 * spread / (n * rho_squared) * math.log(1.0 + math.sqrt(spread) / (2.0 * alpha)))
