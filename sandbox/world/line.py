"""One pool and everybody who asks it: those it serves, those who wait in vain, and those who ask again."""

from functools import partial

import numpy as np

from sandbox.base.telemetry import Ints
from sandbox.world.attempts import Attempts
from sandbox.world.block import Block
from sandbox.world.imposed import Imposed
from sandbox.world.services.clients import Clients
from sandbox.world.services.kernel import Outcomes, PoolState, serve
from sandbox.world.services.limbo import Limbo
from sandbox.world.spec import WorldSpec
from sandbox.world.striking import Aside, offered

NEVER_NS = 2**61
"""After everything."""


class Line:
    """The requests of one arm on their way through its pool."""

    def __init__(self, spec: WorldSpec, arm: int, pool: PoolState, *, imposed: Imposed, attempts: Attempts) -> None:
        self._spec, self._arm, self._pool = spec, arm, pool
        self._imposed, self._attempts = imposed, attempts
        service = spec.services[arm]
        self._limbo = Limbo(service.timeout)
        self._clients = None if service.retries is None else Clients(
            service.retries, pool, self._limbo, jitter=partial(attempts.backs_off, arm)
        )

    def news(self) -> int:
        """How many retries reached the pool since the last time this was asked."""
        return 0 if self._clients is None else self._clients.news()

    def serve(
        self, block: Block, rows: Ints | slice, key: Ints, *, until: int, aside: Aside | None = None
    ) -> Outcomes:
        """Advance to `until` over the requests `rows` of a block, by their key (n,); returns the fates that are final.
        """
        if self._clients is not None:
            offer = partial(self._attempts.offered, self._arm)
            return self._clients.serve(until, at=block.at[rows], key=key, offer=offer)
        if not len(key):
            outcomes = _idle_until(self._pool, until)
        elif self._imposed.serving[self._arm]:
            outcomes = self._serve_struck(block, rows, key, until, aside)
        else:
            rate = self._spec.models[self._arm].failing
            luck = block.luck(self._arm)[rows] if rate > 0.0 else None
            fails = np.zeros(len(key), dtype=np.bool_) if luck is None else luck < np.float32(rate)
            outcomes = serve(
                self._pool, until, arrived=block.at[rows], demand=block.demand(self._arm)[rows], fails=fails, key=key
            )
        return self._limbo.give_up(outcomes, until) if len(self._limbo) else outcomes

    def _serve_struck(
        self, block: Block, rows: Ints | slice, key: Ints, until: int, aside: Aside | None
    ) -> Outcomes:
        arm = self._arm
        offer = offered(self._spec, self._imposed.serving[arm], block, arm, rows, aside)
        fails, at = block.luck(arm)[rows] < offer.rate.astype(np.float32), block.at[rows]
        if not offer.lost.any():
            return serve(self._pool, until, arrived=at, demand=offer.demand, fails=fails, key=key)
        self._limbo.lose(key[offer.lost], at[offer.lost])
        come = ~offer.lost
        return serve(
            self._pool, until, arrived=at[come], demand=offer.demand[come], fails=fails[come], key=key[come]
        )

    def drained(self) -> Outcomes:
        """The fates of all that is in flight, once it has ended."""
        if self._clients is None:
            return self._limbo.give_up(_idle_until(self._pool, NEVER_NS), NEVER_NS)
        nothing = np.empty(0, dtype=np.int64)
        return self._clients.serve(
            NEVER_NS, at=nothing, key=nothing, offer=partial(self._attempts.offered, self._arm)
        )


def _idle_until(pool: PoolState, until: int) -> Outcomes:
    nothing = np.empty(0, dtype=np.int64)
    return serve(pool, until, arrived=nothing, demand=nothing, fails=np.empty(0, dtype=np.bool_), key=nothing)
