"""What a pool is offered with requests that may have asked before, whichever block they are of."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from sandbox.base.telemetry import Floats, Ints
from sandbox.world.block import KEY_BITS, LUCK_OF_BACKOFF, ROW_MASK, Block
from sandbox.world.imposed import Imposed
from sandbox.world.services.clients import Offered
from sandbox.world.spec import WorldSpec
from sandbox.world.striking import offered


class Attempts:
    """The demand and the luck of every attempt of the requests whose blocks are open."""

    def __init__(self, spec: WorldSpec, imposed: Imposed, *, blocks: Callable[[], Sequence[Block]]) -> None:
        self._spec, self._imposed, self._blocks = spec, imposed, blocks

    def offered(self, arm: int, key: Ints, attempt: Ints) -> Offered:
        """What the pool of an arm is offered with requests key (n,) at their attempt (n,), 0 for the first."""
        n = len(key)
        demand, fails, lost = np.empty(n, np.int64), np.zeros(n, np.bool_), np.zeros(n, np.bool_)
        for rows, block, number in self._of_blocks(key, attempt):
            row = key[rows] & ROW_MASK
            offer = offered(self._spec, self._imposed.serving[arm], block, arm, row, None)
            luck = block.attempt_luck(arm, number) if number else block.luck(arm)
            demand[rows], lost[rows] = offer.demand, offer.lost
            fails[rows] = luck[row] < offer.rate.astype(np.float32)
        return Offered(demand, fails, lost)

    def backs_off(self, arm: int, key: Ints, attempt: Ints) -> Floats:
        """(n,) uniform: how long each waits before its attempt (n,)."""
        luck = np.empty(len(key), dtype=np.float32)
        for rows, block, number in self._of_blocks(key, attempt):
            luck[rows] = block.luck(arm + LUCK_OF_BACKOFF * number)[key[rows] & ROW_MASK]
        return luck

    def _of_blocks(self, key: Ints, attempt: Ints) -> Iterator[tuple[Ints, Block, int]]:
        """The rows of requests key (n,) that are of one block and at one attempt, with both."""
        number = key >> KEY_BITS
        for block in self._blocks():
            of_block = number == block.number
            for tried in np.unique(attempt[of_block]).tolist():
                yield np.flatnonzero(of_block & (attempt == tried)), block, int(tried)
