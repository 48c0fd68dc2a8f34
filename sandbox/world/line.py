"""Pools of which none changes what another is asked: each has a line of its own, of those it serves and those who wait
in vain."""

from collections.abc import Iterator, Sequence

import numpy as np

from sandbox.base.telemetry import NOTHING_AGAIN, Again, Ints
from sandbox.world.asking import Ended, Question
from sandbox.world.block import Block
from sandbox.world.imposed import Imposed
from sandbox.world.services.kernel import Outcomes, PoolState, serve
from sandbox.world.services.limbo import Limbo
from sandbox.world.spec import WorldSpec
from sandbox.world.striking import Aside, offered

NEVER_NS = 2**61
"""After everything."""


class OneByOne:
    """The lines of some arms, one after the other."""

    def __init__(self, lines: Sequence["Line"]) -> None:
        self._lines = lines

    def news(self, arm: int) -> Again:
        """Nobody here asks again."""
        return NOTHING_AGAIN

    def serve(self, block: Block, questions: Sequence[Question], *, until: int) -> Iterator[Ended]:
        """Advance to `until` over requests of a block, a question a line; returns the fates that are final."""
        for line, one in zip(self._lines, questions, strict=True):
            outcomes = line.serve(block, one.rows, one.key, until=until, aside=one.aside)
            yield Ended(one.arm, one.arm, outcomes.key, outcomes.status, outcomes.published)

    def drained(self) -> Iterator[Ended]:
        """The fates of all that is in flight, once it has ended."""
        for line in self._lines:
            outcomes = line.drained()
            yield Ended(line.arm, line.arm, outcomes.key, outcomes.status, outcomes.published)


class Line:
    """The requests of one arm on their way through its pool."""

    def __init__(self, spec: WorldSpec, arm: int, pool: PoolState, *, imposed: Imposed) -> None:
        self._spec, self.arm, self._pool, self._imposed = spec, arm, pool, imposed
        self._limbo = Limbo(spec.services[arm].timeout)

    def serve(
        self, block: Block, rows: Ints | slice, key: Ints, *, until: int, aside: Aside | None = None
    ) -> Outcomes:
        """Advance to `until` over the requests `rows` of a block, by their key (n,); returns the fates that are final.
        """
        if not len(key):
            outcomes = _idle_until(self._pool, until)
        elif self._imposed.serving[self.arm]:
            outcomes = self._serve_struck(block, rows, key, until, aside)
        else:
            rate = self._spec.models[self.arm].failing
            luck = block.luck(self.arm)[rows] if rate > 0.0 else None
            fails = np.zeros(len(key), dtype=np.bool_) if luck is None else luck < np.float32(rate)
            outcomes = serve(
                self._pool, until, arrived=block.at[rows], demand=block.demand(self.arm)[rows], fails=fails, key=key
            )
        return self._limbo.give_up(outcomes, until) if len(self._limbo) else outcomes

    def _serve_struck(
        self, block: Block, rows: Ints | slice, key: Ints, until: int, aside: Aside | None
    ) -> Outcomes:
        arm = self.arm
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
        return self._limbo.give_up(_idle_until(self._pool, NEVER_NS), NEVER_NS)


def _idle_until(pool: PoolState, until: int) -> Outcomes:
    nothing = np.empty(0, dtype=np.int64)
    return serve(pool, until, arrived=nothing, demand=nothing, fails=np.empty(0, dtype=np.bool_), key=nothing)
