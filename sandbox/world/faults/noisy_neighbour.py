"""Somebody else's load."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration, Share
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer, slower
from sandbox.world.faults.on_model import OnModel


class NoisyNeighbour(OnModel):
    """Somebody on the same machines works in bursts: for a part of each period everything takes `factor` times as long.

    Latency comes and goes with a rhythm that is not the traffic's, on every arm that shares the machines.

    ```toml
    [[faults]]
    kind = "noisy-neighbour"
    model = "all"
    factor = 3
    every = "40s"
    busy = "50%"
    at = "40m"
    ```

    Delimitrou, Kozyrakis: Paragon: QoS-aware scheduling for heterogeneous datacenters, ASPLOS 2013.
    """

    taxonomy: ClassVar[Taxonomy] = "platform"
    rollback: ClassVar[Rollback] = "does not help"
    signals: ClassVar[tuple[str, ...]] = ("latency.p50", "latency.p99", "saturation.busy")
    apart: ClassVar[str] = (
        "Slow in bursts with a period, on every arm alike, where `latency` is slow throughout and a `no-safe-target`"
        " errs."
    )

    kind: Literal["noisy-neighbour"] = "noisy-neighbour"
    model: str = "all"
    """The model whose pool it strikes; "all" strikes every pool."""
    factor: float = Field(default=2.5, gt=1, le=1_000)
    """How many times as long service takes in a burst."""
    every: Duration = Field(default=120 * NS_PER_SECOND, gt=0)
    """From the begin of one burst to that of the next."""
    busy: Share = Field(default=0.5, gt=0, lt=1)
    """The part of that which is burst."""

    def serve(self, offer: Offer, around: Around) -> Offer:
        """Slow in bursts."""
        burst = (around.at - around.since) % self.every < self.busy * self.every
        return Offer(slower(offer.demand, np.where(burst, self.factor, 1.0)), offer.rate, offer.lost)
