"""Have features or scores moved away from those the models were trained on?"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.reading import Evidence
from sandbox.base.units import Share
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.asking import Asking
from sandbox.decide.statistics.many import of_step


@dataclass(frozen=True, slots=True)
class Asked:
    """How many looks there were, and how many in a row found a shift."""

    looks: int = 0
    in_a_row: int = 0


class Shift(Asking):
    """Fails when a distance is more than `most` and more than chance makes of so few requests.

    Without any shift the population stability index is (1/n + 1/m) times a chi-squared of its bins less one, which
    between two samples of 200 exceeds 0.1 every third time: a bare threshold judges the size of the sample. The largest
    of several features is judged as such. Step k gets 1 / (k (k + 1)) of alpha and its look j gets
    6 / (pi j)² of that, so alpha holds over the flight.

    ```toml
    [[gates]]
    kind = "shift"
    metric = "drift.psi"
    over = "5m"
    failures = 2
    ```

    Yurdakul: Statistical properties of population stability index, Western Michigan University (2018).
    """

    merges: ClassVar[Literal["step", "flight"]] = "step"

    kind: Literal["shift"] = "shift"
    metric: str = Field(default="drift.psi", pattern=r"drift\.(psi|ks)(\..+)?")
    """The distance it reads: "drift.psi" or "drift.ks" of the feature that moved most, ".FEATURE" of one, ".score"."""
    most: float = Field(default=0.1, ge=0.0)
    """A shift that is no larger does not matter, however sure."""
    alpha: Share = Field(default=0.05, gt=0, lt=0.5)
    """The chance of a false alarm over the flight, where nothing moved."""
    failures: int = Field(default=1, ge=1)
    """How many looks in a row must find it before it fails; until then it is inconclusive."""

    def begin(self) -> Asked:
        """The state before the first look of a step."""
        return Asked()

    def step(self, state: Asked, evidence: Evidence) -> tuple[Asked, Judgement]:
        """One look: the next state, and what it says."""
        reading = evidence.merged[self.metric][evidence.arm]
        if reading.empty or reading.n < self.minimum or reading.null is None:
            return state, self.judged(Verdict.NO_DATA, f"n {reading.n:,} < {self.minimum:,}", n=reading.n)
        looks = state.looks + 1
        chance = reading.null.quantile(1.0 - self._alpha_at(evidence.step, looks))
        bound = max(self.most, chance)
        why = "chance" if chance > self.most else "matters"
        digits = f"{reading.value:.3g} {'>' if reading.value > bound else '≤'} {bound:.3g} ({why})"
        if reading.value <= bound:
            return Asked(looks), self.judged(Verdict.PASS, digits, value=reading.value, bound=bound, n=reading.n)
        state = Asked(looks, state.in_a_row + 1)
        if state.in_a_row < self.failures:
            digits += f", {state.in_a_row} of {self.failures} looks in a row"
        verdict = Verdict.FAIL if state.in_a_row >= self.failures else Verdict.INCONCLUSIVE
        return state, self.judged(verdict, digits, value=reading.value, bound=bound, n=reading.n)

    def _alpha_at(self, step: int, look: int) -> float:
        return of_step(self.alpha, step) * 6.0 / (math.pi * look) ** 2
