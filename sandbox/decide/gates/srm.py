"""Is the split what was set?"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sandbox.base.reading import Evidence
from sandbox.base.units import Share, format_share
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.asking import Asking
from sandbox.decide.gates.wording import amount
from sandbox.decide.statistics.multinomial import log_e


@dataclass(frozen=True, slots=True)
class Counted:
    """Who was counted on each arm since the shares were last set, the strongest evidence, and since when it failed."""

    share: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    strongest: float = 0.0
    mismatch: str = ""


class Srm(Asking):
    """Sample ratio mismatch: whether arms get the users (or requests) that the shares say.

    Users are counted once, at their first request of a step, since users are what sticky routing draws; counting their
    requests alarms in most honest flights. A mismatch says ERROR, not FAIL: it blames the split and not the candidate,
    and makes ERROR of every comparing gate for the rest of the flight. It may be asked at every window.

    ```toml
    [[gates]]
    kind = "srm"
    alpha = "0.1%"
    ```

    Lindon, Malek: Anytime-valid inference for multinomial count data, NeurIPS 2022; Fabijan et al.: Diagnosing sample
    ratio mismatch in online controlled experiments, KDD 2019.
    """

    compares: ClassVar[bool] = True
    looks: ClassVar[bool] = True
    lasts: ClassVar[Literal["step", "flight"]] = "flight"
    vouches: ClassVar[bool] = True

    kind: Literal["srm"] = "srm"
    metric: Literal["", "traffic.users", "traffic.share"] = ""
    """What is counted; follows from the unit."""
    alpha: Share = Field(default=0.001, gt=0, lt=0.5)
    """The chance of a false alarm at a step."""
    unit: Literal["user", "request"] = "user"
    """What is counted: users at their first request of a step, or requests, where routing draws each one anew."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The metric it must be handed."""
        return ("traffic.users" if self.unit == "user" else "traffic.share",)

    def begin(self) -> Counted:
        """The state before the first look of a flight."""
        return Counted()

    def step(self, state: Counted, evidence: Evidence) -> tuple[Counted, Judgement]:
        """One look: the next state, and what it says."""
        for look in evidence.looks:
            if look.step == evidence.step:
                hits = tuple(max(0, reading.hits) for reading in look.readings[self.reads[0]])
                if look.share != state.share:
                    state = Counted(look.share, hits, 0.0, state.mismatch)
                else:
                    counts = tuple(a + b for a, b in zip(state.counts, hits, strict=True))
                    state = Counted(state.share, counts, state.strongest, state.mismatch)
        n = sum(state.counts)
        if state.mismatch:
            return state, self.judged(Verdict.ERROR, state.mismatch, n=n)
        if n < self.minimum or not 0.0 < evidence.share < 1.0:
            because = f"n {n:,} < {self.minimum:,}" if n < self.minimum else "nobody is drawn at this share"
            verdict = Verdict.NO_DATA if n < self.minimum else Verdict.PASS
            return state, self.judged(verdict, because, n=n)
        found = log_e(np.array(state.counts, dtype=np.float64), shares=np.array(state.share))
        state = Counted(state.share, state.counts, max(found, state.strongest), state.mismatch)
        seen = state.counts[evidence.arm] / n
        p = math.exp(-max(0.0, state.strongest))
        because = f"{amount(seen, 'share')} of {self.unit}s, set {format_share(state.share[evidence.arm])}, p {p:.2g}"
        if state.strongest < -math.log(self.alpha):
            return state, self.judged(Verdict.PASS, because, value=seen, bound=state.share[evidence.arm], n=n)
        state = Counted(state.share, state.counts, state.strongest, f"the split is not what was set: {because}")
        return state, self.judged(Verdict.ERROR, state.mismatch, value=seen, bound=state.share[evidence.arm], n=n)
