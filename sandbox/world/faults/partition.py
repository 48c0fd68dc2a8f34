"""A part of the fleet is cut off."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer
from sandbox.world.faults.on_model import OnModel


class Partition(OnModel):
    """A part of the requests is sent where nobody answers: packets are dropped, and clients wait until they give up.

    What gets through is served as ever, by a pool that has less to do. Timeouts rise, errors do not, and the quantile
    of latency that the part exceeds jumps to the timeout.

    ```toml
    [[faults]]
    kind = "partition"
    model = "candidate"
    part = "20%"
    at = "40m"
    lasts = "3m"
    ```

    Bailis, Kingsbury: The network is reliable, Communications of the ACM 57 (2014).
    """

    taxonomy: ClassVar[Taxonomy] = "platform"
    rollback: ClassVar[Rollback] = "helps"
    signals: ClassVar[tuple[str, ...]] = ("timeouts.rate", "latency.p99")
    apart: ClassVar[str] = (
        "Timeouts without a queue, in a pool that has less to do; where timeouts come of `capacity` or `latency` it is"
        " full."
    )

    kind: Literal["partition"] = "partition"
    part: Share = Field(default=0.1, gt=0)
    """The part of requests that never arrives."""

    def serve(self, offer: Offer, around: Around) -> Offer:
        """A part never gets to the pool."""
        return Offer(offer.demand, offer.rate, offer.lost | (around.luck() < np.float32(self.part)))
