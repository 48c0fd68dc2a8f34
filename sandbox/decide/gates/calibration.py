"""Does the candidate's score mean what it says?"""

import math
from typing import Literal

from pydantic import Field

from sandbox.base.reading import Evidence
from sandbox.base.units import Share
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.asking import Asking
from sandbox.decide.gates.strand import LEAST_CROWD
from sandbox.decide.gates.wording import change
from sandbox.decide.statistics.many import of_step
from sandbox.decide.statistics.normal_mixture import half_width
from sandbox.decide.statistics.one_arm import crowd_of, error_of


class Calibration(Asking):
    """Calibration in the large: fails when the mean score is surely farther from the share true than `most`.

    Passes when it is surely nearer, and may be asked at every look. It needs no incumbent, so it still guards at 100%;
    but what moves the truth for everybody, such as concept drift, it blames on the candidate, so set a comparing gate
    beside it. The interval is asymptotic and counts users: with few of them it says NO_DATA. Betting on each label
    would be exact only if scores knew the user, which they do not.

    ```toml
    [[gates]]
    kind = "calibration"
    most = "3%"
    ```

    Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, Annals of Statistics 52(6) (2024); Arnold, Henzi, Ziegel: Sequentially
    valid tests for forecast calibration, Annals of Applied Statistics 17(3) (2023).
    """

    kind: Literal["calibration"] = "calibration"
    metric: Literal["quality.calibration.in_the_large"] = "quality.calibration.in_the_large"
    """What it reads: mean score minus share true."""
    most: Share = Field(default=0.02, gt=0, lt=1)
    """How far the mean score may be from the share true, in points of a hundred: 20% promised, 18% to 22% true."""
    alpha: Share = Field(default=0.05, gt=0, lt=0.5)
    """The chance of failing a candidate that is off by exactly `most`, over the flight."""
    unit: Literal["user", "request"] = "user"
    """What counts as independent."""

    def begin(self) -> bool:
        """Whether this step was already found off: not before its first look."""
        return False

    def step(self, state: bool, evidence: Evidence) -> tuple[bool, Judgement]:
        """One look: the next state, and what it says."""
        reading = evidence.merged[self.metric][evidence.arm]
        if reading.empty or reading.n < self.minimum or math.isnan(reading.error):
            return state, self.judged(Verdict.NO_DATA, f"n {reading.n:,} < {self.minimum:,}", n=reading.n)
        crowd = crowd_of(reading)
        if self.unit == "user" and crowd < LEAST_CROWD:
            because = f"too few users: they weigh like {crowd:.1f} equal groups, {LEAST_CROWD:g} are needed"
            return state, self.judged(Verdict.NO_DATA, because, n=reading.n)
        alpha = of_step(self.alpha, evidence.step)
        half = half_width(error_of(reading, by_user=self.unit == "user"), n=reading.n, alpha=alpha, one_sided=False)
        off = abs(reading.value) - self.most
        failed = state or off > half
        verdict = Verdict.FAIL if failed else Verdict.PASS if off + half <= 0.0 else Verdict.INCONCLUSIVE
        return failed, self.judged(
            verdict, self._said(reading.value, half, off), value=reading.value,
            bound=math.copysign(self.most, reading.value), n=reading.n,
        )

    def _said(self, value: float, half: float, off: float) -> str:
        shown, give, most = (change(one, relative=False, unit="share") for one in (value, half, self.most))
        where = "is beyond" if off > half else "is within" if off + half <= 0.0 else "straddles"
        return f"mean score off by {shown} ± {give.lstrip('+')}, {where} ±{most.lstrip('+')} by {self.unit}"
