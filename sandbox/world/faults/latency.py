"""Everything takes longer."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer, slower
from sandbox.world.faults.on_model import OnModel


class SlowService(OnModel):
    """Every request that arrives at the pool takes `factor` times as long to serve: a slow dependency, a bad release.

    Latency quantiles move at once; where the pool runs out of slots, queues, timeouts and rejections follow.

    ```toml
    [[faults]]
    kind = "latency"
    model = "candidate"
    factor = 3
    at = "40m"
    lasts = "20m"
    ```

    Dean, Barroso: The tail at scale, Communications of the ACM 56 (2013).
    """

    taxonomy: ClassVar[Taxonomy] = "platform"
    rollback: ClassVar[Rollback] = "helps"
    signals: ClassVar[tuple[str, ...]] = ("latency.p50", "latency.p99", "saturation.busy")
    apart: ClassVar[str] = (
        "All quantiles rise by one factor, at once, and stay: `tail` spares p50, `warm-up` fades, `memory-leak` grows,"
        " `noisy-neighbour` comes and goes, `capacity` leaves the work per request and grows the queue."
    )

    kind: Literal["latency"] = "latency"
    factor: float = Field(default=2.0, gt=0, le=1_000)
    """How many times as long."""

    def serve(self, offer: Offer, around: Around) -> Offer:
        """Every request takes `factor` times as long."""
        return Offer(slower(offer.demand, self.factor), offer.rate, offer.lost)
