"""A slow tail under batches."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer, slower
from sandbox.world.faults.on_model import OnModel


class Tail(OnModel):
    """A part of the requests takes `factor` times as long: the end of a batch, a garbage collection.

    The median stays where it is and p99 moves, so a mean or a median is blind to it; of a user who asks a hundred times
    most meet it.

    ```toml
    [[faults]]
    kind = "tail"
    model = "candidate"
    part = "3%"
    factor = 12
    at = "40m"
    ```

    Dean, Barroso: The tail at scale, Communications of the ACM 56 (2013).
    """

    taxonomy: ClassVar[Taxonomy] = "model"
    rollback: ClassVar[Rollback] = "helps"
    signals: ClassVar[tuple[str, ...]] = ("latency.p99",)
    apart: ClassVar[str] = "p99 moves and p50 does not; under `latency` both do."

    kind: Literal["tail"] = "tail"
    part: Share = Field(default=0.03, gt=0, lt=1)
    """The part of requests that is slow."""
    factor: float = Field(default=10.0, gt=1, le=10_000)
    """How many times as long those take."""

    def serve(self, offer: Offer, around: Around) -> Offer:
        """A part takes long."""
        slow = around.luck() < np.float32(self.part)
        return Offer(slower(offer.demand, np.where(slow, self.factor, 1.0)), offer.rate, offer.lost)
