"""Is the candidate's metric inside a limit?"""

from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field, model_validator

from sandbox.base.reading import Evidence
from sandbox.base.units import Limit
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.asking import Asking
from sandbox.decide.gates.wording import against


@dataclass(frozen=True, slots=True)
class Crossings:
    """How many looks in a row the limit was crossed."""

    in_a_row: int = 0


class Threshold(Asking):
    """Fails when the candidate's value crosses `max` or `min` at `failures` looks in a row.

    The plainest gate there is, and the one most teams run: it knows neither noise nor the incumbent.

    ```toml
    [[gates]]
    kind = "threshold"
    metric = "errors.rate"
    max = "2%"
    failures = 2
    ```

    Argo Rollouts, analysis: failureLimit and consecutive success, argoproj/argo-rollouts docs/features/analysis.md.
    """

    kind: Literal["threshold"] = "threshold"
    max: Limit | None = None
    """The highest value that passes."""
    min: Limit | None = None
    """The lowest value that passes."""
    failures: int = Field(default=1, ge=1)
    """How many looks in a row must cross before it fails; until then it is inconclusive."""

    @model_validator(mode="after")
    def _has_a_limit(self) -> "Threshold":
        if self.max is None and self.min is None:
            raise ValueError('a threshold needs "max" or "min"; add one')
        if self.max is not None and self.min is not None and self.min > self.max:
            raise ValueError("min is above max; nothing could pass")
        return self

    def begin(self) -> Crossings:
        """The state before the first look of a step."""
        return Crossings()

    def step(self, state: Crossings, evidence: Evidence) -> tuple[Crossings, Judgement]:
        """One look: the next state, and what it says."""
        reading, unit = evidence.merged[self.metric][evidence.arm], evidence.measures[self.metric].unit
        if reading.empty or reading.n < self.minimum:
            because = f"n {reading.n:,} < {self.minimum:,}"
            return state, self.judged(Verdict.NO_DATA, because, n=reading.n)
        high = self.max is not None and reading.value > self.max
        low = self.min is not None and reading.value < self.min
        bound = self.min if low or self.max is None else self.max
        assert bound is not None
        sign = (">" if high else "<") if high or low else ("≤" if bound == self.max else "≥")
        because = against(reading.value, sign, bound, unit=unit)
        state = replace(state, in_a_row=state.in_a_row + 1 if high or low else 0)
        if not (high or low):
            verdict = Verdict.PASS
        elif state.in_a_row >= self.failures:
            verdict = Verdict.FAIL
        else:
            verdict, because = Verdict.INCONCLUSIVE, f"{because}, {state.in_a_row} of {self.failures} looks in a row"
        return state, self.judged(verdict, because, value=reading.value, bound=bound, n=reading.n)
