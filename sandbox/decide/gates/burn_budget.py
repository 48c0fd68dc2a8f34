"""How much of the error budget has the candidate burned at this step?"""

from typing import Literal

from pydantic import Field

from sandbox.base.reading import Evidence
from sandbox.base.units import Share
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.asking import Asking
from sandbox.decide.gates.wording import amount


class BurnBudget(Asking):
    """Fails when the candidate's bad requests since the step began use up more than `budget` of what all may use.

    All requests of the step together may fail for the part that the objective leaves, so a candidate at 1% can burn
    only little, however bad it is, and at 50% a little worse is much. What is burned stays burned: this is an account
    and not a test, and it knows no chance.

    ```toml
    [[gates]]
    kind = "burn-budget"
    metric = "failures.rate"
    objective = "99.5%"
    budget = "50%"
    ```

    Beyer, Murphy, Rensin, Kawahara, Thorne: The site reliability workbook, chapter 5, O'Reilly (2018).
    """

    kind: Literal["burn-budget"] = "burn-budget"
    metric: Literal["failures.rate", "errors.rate", "timeouts.rate", "rejections.rate"] = "failures.rate"
    """Which requests are bad."""
    objective: Share = Field(default=0.995, gt=0, lt=1)
    """The part of requests that must be good."""
    budget: Share = Field(default=0.5, gt=0)
    """The part of the step's error budget that the candidate may burn."""

    def begin(self) -> None:
        """The state before the first look of a step: none."""
        return

    def step(self, state: None, evidence: Evidence) -> tuple[None, Judgement]:
        """One look: the next state, and what it says."""
        readings = evidence.merged[self.metric]
        mine = readings[evidence.arm]
        if mine.empty or mine.n < self.minimum:
            return None, self.judged(Verdict.NO_DATA, f"candidate n {mine.n:,} < {self.minimum:,}", n=mine.n)
        allowed = (1.0 - self.objective) * sum(reading.n for reading in readings)
        burned = mine.hits / allowed
        bad = burned > self.budget
        because = (
            f"{mine.hits:,} bad of {allowed:,.0f} allowed: {amount(burned, 'share')} {'>' if bad else '≤'} "
            f"{amount(self.budget, 'share')} of the step's budget"
        )
        verdict = Verdict.FAIL if bad else Verdict.PASS
        return None, self.judged(verdict, because, value=burned, bound=self.budget, n=mine.n)
