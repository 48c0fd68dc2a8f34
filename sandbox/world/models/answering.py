"""What every kind of model says about how it answers: how long it takes, how often it breaks, what it costs."""

from pydantic import Field, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, Share

LONGEST = 3_600 * NS_PER_SECOND
"""No model takes longer than an hour at the 99th percentile: the work of many such answers must fit in 64 bits."""


WIDEST = 1_000
"""How many times the median the 99th percentile of a service time may be."""


class Latency(Spec):
    """A lognormal service time, given by its median and its 99th percentile."""

    p50: Duration = Field(default=30_000_000, gt=0, le=LONGEST)
    """Median service time, without waiting."""
    p99: Duration | None = Field(default=None, le=LONGEST)
    """99th percentile of the service time; three times the median unless said."""

    @model_validator(mode="after")
    def _ordered(self) -> "Latency":
        if self.p99 is not None and self.p99 < self.p50:
            raise ValueError("p99 is below p50; swap them")
        if self.p99 is not None and self.p99 > WIDEST * self.p50:
            raise ValueError(f"p99 is more than {WIDEST:,} times p50; no lognormal service is that wide")
        return self

    @property
    def slowest(self) -> int:
        """The 99th percentile, in ns."""
        return self.p99 if self.p99 is not None else 3 * self.p50


class Answering(Spec):
    """What all kinds of model share."""

    latency: Latency = Latency()
    """Service time: `{ p50 = "30ms", p99 = "90ms" }`."""
    errors: Share = 0.0
    """How often it fails instead of answering."""
    cost: float = Field(default=0.0, ge=0)
    """What one answer costs, in money of your choice."""
    threshold: float = Field(default=0.5, ge=0, le=1)
    """The score from which the decision is yes."""
