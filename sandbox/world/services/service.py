"""`[services.NAME]`: the pool of replicas behind a model."""

import math

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, Size
from sandbox.world.services.retries import Retries

MEGABYTE = 1_000_000

ROOM = 0.6
"""How busy a pool that sizes itself is at the peak, were everybody on its model."""


class Memory(Spec):
    """What a replica holds: a base, and more for every request it has not answered yet."""

    base: Size = 512 * MEGABYTE
    """What a replica holds when nobody asks."""
    request: Size = 4 * MEGABYTE
    """What each waiting or served request adds."""


class Service(Spec):
    """A pool: first come, first served by whichever slot is free soonest."""

    replicas: int | None = Field(default=None, ge=1, le=4_096)
    """How many replicas at full share; enough to be 60% busy at the peak unless said."""
    concurrency: int = Field(default=1, ge=1, le=256)
    """Requests one replica serves at once."""
    queue: int = Field(default=200, ge=0, le=1_000_000)
    """Requests that may wait; one more is rejected."""
    timeout: Duration = Field(default=2 * NS_PER_SECOND, gt=0)
    """How long a client waits from its arrival; then it leaves, or the answer comes too late to count."""
    retries: Retries | None = None
    """Clients that ask again: `{ attempts = 3, backoff = "1s", budget = "10%" }`. Such a pool is served in stretches no
    longer than the back-off, which costs time; they never ask again unless said."""
    cold_start: Duration = 0
    """How long a new replica takes before it serves."""
    follow_share: bool = False
    """Whether the pool grows and shrinks with its model's share, down to `least` replicas."""
    memory: Memory = Memory()
    """What a replica holds in memory, for telemetry: `{ base = "512MB", request = "4MB" }`. Nothing runs out."""
    least: int = Field(default=1, ge=1)
    """The fewest replicas a pool that follows its share keeps."""

    def sized(self, *, peak_rate: float, mean_service_s: float) -> "Service":
        """The service with its replicas filled in for a peak of requests a second."""
        if self.replicas is not None:
            return self
        slots = max(2.0, peak_rate * mean_service_s / ROOM)
        return self.model_copy(update={"replicas": min(4_096, math.ceil(slots / self.concurrency))})

    def memory_of(self, *, slots: int, in_flight: int) -> int:
        """Bytes that one replica of a pool holds on average."""
        replicas = max(1, math.ceil(slots / self.concurrency))
        return self.memory.base + self.memory.request * in_flight // replicas

    def replicas_at(self, share: float) -> int:
        """How many replicas run when the model answers or shadows this share."""
        assert self.replicas is not None
        if not self.follow_share:
            return self.replicas
        return min(self.replicas, max(self.least, math.ceil(share * self.replicas)))
