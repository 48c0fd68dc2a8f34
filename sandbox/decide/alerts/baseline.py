"""What is normal for a metric: said beforehand, or learned from its first samples."""

import math
from dataclasses import dataclass

import numpy as np
from pydantic import Field, model_validator

from sandbox.base.units import Limit
from sandbox.decide.alerts.alerting import Alerting
from sandbox.decide.alerts.parse import SelectionText


@dataclass(frozen=True, slots=True)
class Normal:
    """A mean and a standard deviation, once they are known, and the samples (value, n) they are learned from.

    `n` is how many events a window held when the deviation was learned; 0 where it was said.
    """

    mean: float = math.nan
    sigma: float = math.nan
    n: float = 0.0
    learning: tuple[tuple[float, float], ...] = ()

    @property
    def known(self) -> bool:
        """Whether one may judge by it."""
        return not math.isnan(self.sigma)


def learn(normal: Normal, value: float, n: float, *, enough: int) -> Normal:
    """One more sample of normal times; known with the `enough`-th."""
    seen = (*normal.learning, (value, n))
    if len(seen) < enough:
        return Normal(learning=seen)
    values, sizes = np.array(seen).T
    return Normal(mean=float(values.mean()), sigma=float(values.std(ddof=1)), n=float(sizes.mean()))


class Baselined(Alerting):
    """The keys of detectors that measure how far a metric is from its normal, in standard deviations of a window."""

    metric: SelectionText
    """The metric it watches, of one arm or of each."""
    mean: Limit | None = None
    """Its normal value; learned unless said."""
    sigma: Limit | None = Field(default=None, gt=0)
    """Its normal standard deviation from window to window; learned unless said."""
    learn: int = Field(default=30, ge=5, le=10_000)
    """From how many of its first samples normal is learned; they are not judged."""
    two_sided: bool = False
    """Whether a fall counts as well as a rise."""

    @model_validator(mode="after")
    def _both_or_none(self) -> "Baselined":
        if (self.mean is None) != (self.sigma is None):
            raise ValueError("mean and sigma go together; say both, or none to have them learned")
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics it must be handed."""
        return (self.metric.vector.metric,)

    def normal(self) -> Normal:
        """What is known of normal before the first sample."""
        if self.mean is None or self.sigma is None:
            return Normal()
        return Normal(mean=self.mean, sigma=self.sigma)

    def standing(self, normal: Normal, value: float, n: float) -> float:
        """How many standard deviations a value that rests on n events is above normal.

        A learned deviation is that of windows of the size it was learned on; one of a fourth of the events varies twice
        as much. Where nothing ever varied, any move is beyond all.
        """
        if normal.sigma == 0.0:
            return 0.0 if value == normal.mean else math.copysign(1e6, value - normal.mean)
        wider = math.sqrt(normal.n / n) if normal.n and n else 1.0
        return (value - normal.mean) / (normal.sigma * wider)
