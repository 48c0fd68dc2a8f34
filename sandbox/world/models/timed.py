"""A model whose service time is lognormal."""

import math

import numpy as np
from pydantic import Field, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.world.models.answering import Answering, Draws, Floats

LONGEST = 3_600 * NS_PER_SECOND
"""No model takes longer than an hour at the 99th percentile: the work of many such answers must fit in 64 bits."""

WIDEST = 1_000
"""How many times the median the 99th percentile of a service time may be."""

Z99 = 2.3263478740408408
"""The normal quantile of 99%."""


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

    @property
    def sigma(self) -> float:
        """The standard deviation of its logarithm."""
        return math.log(self.slowest / self.p50) / Z99


class Timed(Answering):
    """The key of models that take a time of their own."""

    latency: Latency = Latency()
    """Service time: `{ p50 = "30ms", p99 = "90ms" }`."""

    def time(self, name: str, draws: Draws) -> Floats:
        """(n,) ns of service that each request takes at the model of this name."""
        mu, sigma = math.log(self.latency.p50), self.latency.sigma
        time: Floats = np.exp(draws.normals(f"service.{name}") * np.float32(sigma) + np.float32(mu))
        return time

    @property
    def mean_service_s(self) -> float:
        """Mean service time in seconds."""
        return math.exp(math.log(self.latency.p50) + 0.5 * self.latency.sigma**2) / NS_PER_SECOND

    @property
    def slowest(self) -> int:
        """The 99th percentile of its service time, in ns."""
        return self.latency.slowest
