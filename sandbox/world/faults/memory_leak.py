"""Slower and slower until a crash."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration, Share, Size
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.dying import Dying
from sandbox.world.faults.offer import Around, Offer, slower
from sandbox.world.faults.on_model import OnModel

MINUTE = 60 * NS_PER_SECOND


class MemoryLeak(OnModel):
    """Memory grows by `per_minute` until, after `life`, replicas are killed; they start anew and leak again.

    Service slows as memory fills, to `factor` times as long at the end; requests in service when a replica dies fail,
    and what queues while they are away waits, times out or is rejected. Memory rises in a straight line long before.

    ```toml
    [[faults]]
    kind = "memory-leak"
    model = "candidate"
    per_minute = "80MB"
    life = "45s"
    at = "40m"
    ```

    Grottke, Matias, Trivedi: The fundamentals of software aging, ISSRE workshops 2008.
    """

    taxonomy: ClassVar[Taxonomy] = "model"
    rollback: ClassVar[Rollback] = "helps"
    signals: ClassVar[tuple[str, ...]] = ("saturation.memory", "latency.p50", "latency.p99")
    apart: ClassVar[str] = (
        "Memory climbs in a saw-tooth and latency with it; a `crash` comes without warning, `latency` without memory."
    )

    kind: Literal["memory-leak"] = "memory-leak"
    per_minute: Size = Field(default=100_000_000, gt=0)
    """Bytes that each replica loses a minute."""
    life: Duration = Field(default=10 * MINUTE, gt=0)
    """How long until a replica that leaks is killed."""
    factor: float = Field(default=2.0, ge=1, le=1_000)
    """How many times as long service takes just before it is."""
    restart: Duration = Field(default=10 * NS_PER_SECOND, gt=0)
    """How long a killed replica is away."""
    part: Share = Field(default=1.0, gt=0)
    """The part of the replicas that is killed each time."""

    def serve(self, offer: Offer, around: Around) -> Offer:
        """The fuller the memory, the slower."""
        full = ((around.at - around.since) % self.life) / self.life
        return Offer(slower(offer.demand, 1.0 + (self.factor - 1.0) * full), offer.rate, offer.lost)

    @property
    def dying(self) -> Dying | None:
        """Out of memory."""
        return Dying(after=self.life, every=self.life, part=self.part, restart=self.restart)

    @property
    def wears(self) -> bool:
        """A replica that starts anew has leaked nothing yet."""
        return True

    def leaked(self, elapsed: int) -> int:
        """What a replica holds for nothing."""
        return self.per_minute * (elapsed % self.life) // MINUTE
