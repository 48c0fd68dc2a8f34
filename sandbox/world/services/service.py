"""`[services.NAME]`: the pool of replicas behind a model."""

import math

from pydantic import Field, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, Size
from sandbox.world.services.autoscaling import MOST, Autoscale
from sandbox.world.services.batching import Batching
from sandbox.world.services.breaker import Breaker
from sandbox.world.services.hedge import Hedge
from sandbox.world.services.retries import Retries
from sandbox.world.services.shedding import Shedding

MEGABYTE = 1_000_000

DEFAULT_ANSWER = "default"
"""In place of a model to fall back to: no, with a score of 0."""

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

    replicas: int | None = Field(default=None, ge=1, le=MOST)
    """How many replicas at full share; enough to be 60% busy at the peak unless said."""
    concurrency: int = Field(default=1, ge=1, le=256)
    """Requests one replica serves at once."""
    queue: int = Field(default=200, ge=0, le=1_000_000)
    """Requests that may wait; one more is rejected."""
    timeout: Duration = Field(default=2 * NS_PER_SECOND, gt=0)
    """How long a client waits from its arrival; then it leaves, or the answer comes too late to count."""
    retries: Retries | None = None
    """Clients that ask again: `{ attempts = 3, backoff = "1s", budget = "10%" }`. They never ask again unless said."""
    fallback: str | None = None
    """Who answers where this model was rejected, timed out or erred, after its last retry: another model, asked then as
    if it had been asked first, or "default", no with a score of 0, at once. Shadow requests never fall back. The answer
    counts as this model's own; `fallbacks.rate` tells how often."""
    hedge: Hedge | None = None
    """A second try before the first has ended: `{ after = "80ms", budget = "5%" }`."""
    breaker: Breaker | None = None
    """A circuit breaker before the pool: `{ trips = "50%", of = 100, stays = "10s", probes = 10 }`."""
    shed: Shedding | None = None
    """What the pool turns away though there is room: `{ wait = "500ms", extra = 20 }`."""
    first: list[str] = []
    """Segments whose requests are served before those of others, first come, first served among themselves."""
    batch: Batching | None = None
    """Several requests served together: `{ size = 8, each = "10%" }`."""
    cold_start: Duration = 0
    """How long a new replica takes before it serves."""
    follow_share: bool = False
    """Whether the pool grows and shrinks with its model's share, down to `least` replicas."""
    autoscale: Autoscale | None = None
    """Replicas that follow the load: `{ target = "60%", every = "15s", lag = "30s", cool_down = "5m", most = 40 }`."""
    memory: Memory = Memory()
    """What a replica holds in memory, for telemetry: `{ base = "512MB", request = "4MB" }`. Nothing runs out."""
    least: int = Field(default=1, ge=1)
    """The fewest replicas a pool that follows its share or its load keeps."""

    @model_validator(mode="after")
    def _each_can_do_something(self) -> "Service":
        if self.hedge is not None and self.hedge.after >= self.timeout:
            raise ValueError("hedge.after is not before timeout: whoever asks has gone by then; ask sooner")
        if self.autoscale is not None and self.autoscale.most is not None and self.autoscale.most <= self.least:
            raise ValueError("autoscale.most is not above least: it can neither grow nor shrink; raise it")
        return self

    @property
    def grows(self) -> bool:
        """Whether its pool changes its size by itself."""
        return self.follow_share or self.autoscale is not None

    @property
    def by_events(self) -> bool:
        """Whether what becomes of a request here depends on more than the queue, so that every event must be met."""
        said = (self.retries, self.fallback, self.hedge, self.breaker, self.shed, self.batch)
        return bool(self.first) or any(one is not None for one in said)

    @property
    def does_more(self) -> bool:
        """Whether there is more to count at its pool than retries."""
        return any(one is not None for one in (self.fallback, self.hedge, self.breaker, self.shed))

    def sized(self, *, peak_rate: float, mean_service_s: float) -> "Service":
        """The service with its replicas filled in for a peak of requests a second."""
        if self.replicas is not None:
            return self
        slots = max(2.0, peak_rate * mean_service_s / ROOM)
        return self.model_copy(update={"replicas": min(MOST, math.ceil(slots / self.concurrency))})

    def memory_of(self, *, slots: int, in_flight: int) -> int:
        """Bytes that one replica of a pool holds on average."""
        replicas = max(1, math.ceil(slots / self.concurrency))
        return self.memory.base + self.memory.request * in_flight // replicas

    @property
    def most_replicas(self) -> int:
        """The most that a pool which follows its load may have."""
        assert self.replicas is not None
        said = None if self.autoscale is None else self.autoscale.most
        return min(MOST, 2 * self.replicas) if said is None else said

    def replicas_at(self, share: float) -> int:
        """How many replicas run when the model answers or shadows this share."""
        assert self.replicas is not None
        if not self.grows:
            return self.replicas
        return min(self.replicas, max(self.least, math.ceil(share * self.replicas)))
