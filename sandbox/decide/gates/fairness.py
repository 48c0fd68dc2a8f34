"""Does the candidate treat groups more unequally than it may, or than the incumbent does?"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.arms import INCUMBENT
from sandbox.base.reading import Evidence, Reading
from sandbox.base.units import Share
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.asking import Asking
from sandbox.decide.gates.wording import change
from sandbox.decide.statistics.many import of_step
from sandbox.decide.statistics.normal_mixture import half_width

RATES = ("fairness.tpr_gap", "fairness.fpr_gap")


@dataclass(frozen=True, slots=True)
class Found:
    """Whether an unfairness was already found in this step: a verdict does not fade."""

    failed: bool = False


class Fairness(Asking):
    """Equalized odds: the gaps between groups in true and false positive rates, of the candidate and against today's.

    Fails when a gap of the candidate surely exceeds `gap`, or the incumbent's by surely more than `worse`; passes when
    both are surely kept for both rates. With fewer than 100 true and 100 false cases in every group there is no gap to
    speak of, and it says NO_DATA. It may be asked at every look; alpha is divided among its four questions
    and the steps.

    ```toml
    [[gates]]
    kind = "fairness"
    gap = "20%"
    worse = "5%"
    ```

    Hardt, Price, Srebro: Equality of opportunity in supervised learning, NeurIPS 2016; Waudby-Smith, Arbour, Sinha,
    Kennedy, Ramdas, Annals of Statistics 52(6) (2024).
    """

    compares: ClassVar[bool] = True

    kind: Literal["fairness"] = "fairness"
    metric: Literal["fairness.tpr_gap", "fairness.fpr_gap", ""] = ""
    """One of the two rates; both unless said."""
    gap: Share = Field(default=0.1, gt=0)
    """The largest gap the candidate may have."""
    worse: Share = 0.05
    """By how much its gap may exceed the incumbent's."""
    alpha: Share = Field(default=0.05, gt=0, lt=0.5)
    """The chance of failing a candidate whose gaps are exactly at the bounds, over the flight."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics it must be handed."""
        return (self.metric,) if self.metric else RATES

    def begin(self) -> Found:
        """The state before the first look of a step."""
        return Found()

    def step(self, state: Found, evidence: Evidence) -> tuple[Found, Judgement]:
        """One look: the next state, and what it says."""
        readings = {name: evidence.merged[name] for name in self.reads}
        n = min(arms[evidence.arm].n + arms[INCUMBENT].n for arms in readings.values())
        answers = [answer for name, arms in readings.items() for answer in self._answers(name, arms, evidence)]
        if len(answers) < 2 * len(readings):
            because = "fewer than 100 true and 100 false cases in each group"
            return state, self.judged(Verdict.NO_DATA, because, n=n)
        most = max(answers, key=lambda answer: answer.off - answer.half)
        if most.off > most.half:
            return Found(True), self._said(Verdict.FAIL, most, ">", n)
        if state.failed:
            return state, self._said(Verdict.FAIL, most, "near", n, "; was beyond it earlier in this step")
        least = max(answers, key=lambda answer: answer.off + answer.half)
        if least.off + least.half <= 0.0:
            return state, self._said(Verdict.PASS, least, "≤", n)
        return state, self._said(Verdict.INCONCLUSIVE, least, "straddles", n)

    def _answers(self, name: str, arms: tuple[Reading, ...], evidence: Evidence) -> list["Answer"]:
        old, new, alpha = arms[INCUMBENT], arms[evidence.arm], of_step(self.alpha, evidence.step)
        what = name.removeprefix("fairness.").removesuffix("_gap")
        answers = []
        questions = 2 * len(self.reads)
        for value, error, bound, label, n in (
            (new.value, new.error, self.gap, f"{what} gap", new.n),
            (new.value - old.value, math.hypot(new.error, old.error), self.worse, f"{what} gap against the incumbent's",
             new.n + old.n),
        ):
            if n and not math.isnan(value) and not math.isnan(error):
                half = half_width(error, n=n, alpha=alpha / questions)
                answers.append(Answer(label, value, bound, half))
        return answers

    def _said(self, verdict: Verdict, answer: "Answer", sign: str, n: int, more: str = "") -> Judgement:
        value, half, bound = (
            change(one, relative=False, unit="share") for one in (answer.value, answer.half, answer.bound)
        )
        because = f"{answer.label} {value} ± {half.lstrip('+')} {sign} {bound}{more}"
        return self.judged(verdict, because, value=answer.value, bound=answer.bound, n=n)


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the questions: its name, the value, its bound and half of its interval."""

    label: str
    value: float
    bound: float
    half: float

    @property
    def off(self) -> float:
        """How far the value is beyond the bound."""
        return self.value - self.bound
