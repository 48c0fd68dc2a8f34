"""Slow first requests."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer, slower
from sandbox.world.faults.on_model import OnModel


class WarmUp(OnModel):
    """Caches are empty, code is not compiled yet: service takes `factor` times as long at first and comes back to
    normal as 1 + (factor - 1) exp(-t / time).

    Latency jumps and fades by itself. A gate that looks at the first minutes of a step blames the model; a bake that
    outlasts the warm-up does not.

    ```toml
    [[faults]]
    kind = "warm-up"
    model = "candidate"
    factor = 6
    time = "1m"
    at = "40m"
    ```

    Barrett, Bolz-Tereick, Killick, Mount, Tratt: Virtual machine warmup blows hot and cold, OOPSLA 2017.
    """

    taxonomy: ClassVar[Taxonomy] = "model"
    rollback: ClassVar[Rollback] = "is not needed"
    signals: ClassVar[tuple[str, ...]] = ("latency.p50", "latency.p99")
    apart: ClassVar[str] = (
        "Latency jumps and fades with a constant of its own, where `latency` stays and a `memory-leak` grows; a `blip`"
        " is too small for a page."
    )

    kind: Literal["warm-up"] = "warm-up"
    factor: float = Field(default=4.0, gt=1, le=1_000)
    """How many times as long the first request takes."""
    time: Duration = Field(default=60 * NS_PER_SECOND, gt=0)
    """How long until 63% of it is over."""

    def serve(self, offer: Offer, around: Around) -> Offer:
        """Slow at first, then less and less so."""
        fading = np.exp((around.since - around.at) / self.time)
        return Offer(slower(offer.demand, 1.0 + (self.factor - 1.0) * fading), offer.rate, offer.lost)
