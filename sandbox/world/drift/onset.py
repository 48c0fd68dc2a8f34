"""How a drift sets in: abrupt, gradual, incremental or recurring (Gama et al., ACM Computing Surveys 46(4), 2014)."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration

OnsetName = Literal["abrupt", "gradual", "incremental", "recurring", "seasonal"]


class Onset(Spec):
    """When and how a drift sets in; every drift has these keys."""

    onset: OnsetName = "abrupt"
    """abrupt: at once; gradual: old and new alternate, the new ever more often; incremental: in many small steps;
    recurring: comes and goes with a period; seasonal: swells and ebbs with it, as a cosine does."""
    at: Duration = 0
    """When it is half there (abrupt: when it is there)."""
    width: Duration = 10 * 60 * NS_PER_SECOND
    """How long it takes: at half strength its slope is 1/width. Abrupt, recurring and seasonal ignore it."""
    period: Duration = Field(default=24 * 3_600 * NS_PER_SECOND, gt=0)
    """Recurring: how often it comes back; it is there for the second half of each period, counted from `at`.
    Seasonal: from none over full at half a period to none again, counted from `at`, which so sets the phase."""
    until: Duration | None = None
    """When it is gone again, at once; never unless said."""
    segments: list[str] = []
    """The segments it strikes; all of them unless said."""

    @model_validator(mode="after")
    def _comes_before_it_goes(self) -> "Onset":
        if self.until is not None and self.until <= first_effect(self):
            raise ValueError("until comes before the drift does; end it later")
        return self

    def reaches(self, model: str) -> bool:
        """Whether this model meets it."""
        return True


def strength(onset: Onset, at: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How much of the new concept there is at times at (n,) ns: (n,) in [0, 1].

    f(t) = 1 / (1 + exp(-4 (t - p) / w)) with position p and width w (Bifet, Holmes, Kirkby, Pfahringer: MOA, 2010),
    and exactly 0 more than 5 widths before p: identity before onset is exact.
    """
    if onset.onset == "seasonal":
        turns = (at - onset.at) / onset.period
        full = np.where(at >= onset.at, 0.5 - 0.5 * np.cos(2.0 * np.pi * turns), 0.0)
    elif onset.onset == "abrupt" or (onset.width == 0 and onset.onset != "recurring"):
        full = (at >= onset.at).astype(np.float64)
    elif onset.onset == "recurring":
        phase = (at - onset.at) % onset.period
        full = ((at >= onset.at) & (phase >= onset.period // 2)).astype(np.float64)
    else:
        distance = (at - onset.at) / onset.width
        full = np.where(distance <= -5.0, 0.0, 1.0 / (1.0 + np.exp(-4.0 * np.clip(distance, -5.0, 5.0))))
    return full if onset.until is None else np.where(at < onset.until, full, 0.0)


def first_effect(onset: Onset) -> int:
    """The earliest instant at which the drift changes anything, in ns."""
    if onset.onset in ("abrupt", "seasonal"):
        return onset.at
    if onset.onset == "recurring":
        return onset.at + onset.period // 2
    return max(0, onset.at - 5 * onset.width)
