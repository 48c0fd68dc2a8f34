"""What pools are offered with requests that may have asked before, whichever block they are of."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from sandbox.base.telemetry import Flags, Ints
from sandbox.world.block import KEY_BITS, LUCK_OF_BACKOFF, ROW_MASK, Block
from sandbox.world.imposed import Imposed
from sandbox.world.services.mesh import Offers
from sandbox.world.services.mesh_tables import NUMBERS
from sandbox.world.spec import WorldSpec
from sandbox.world.striking import Aside, offered


class Attempts:
    """The demand and the luck of every try of the requests whose blocks are open, at the pools of some arms."""

    def __init__(
        self, spec: WorldSpec, imposed: Imposed, *, arms: Sequence[int], reaches: npt.NDArray[np.bool_],
        blocks: Callable[[], Sequence[Block]],
    ) -> None:
        self._spec, self._imposed, self._blocks = spec, imposed, blocks
        self._arms, self._reaches = arms, reaches

    def offers(self, key: Ints, pool: Ints, *, aside: Aside | None) -> Offers:
        """What the pools are offered with requests key (m,), which each asks of pool (m,) just now; aside of them."""
        offers = Offers.blank(len(self._arms), len(key))
        for block, mine in self._by_block(key):
            for place in range(len(self._arms)):
                reached = mine & self._reaches[pool, place]
                if reached.any():
                    self._fill(offers, place, block, np.flatnonzero(reached), key, aside)
        return offers

    def _by_block(self, key: Ints) -> Iterator[tuple[Block, Flags]]:
        number = key >> KEY_BITS
        for block in self._blocks():
            mine = number == block.number
            if mine.any():
                yield block, mine

    def _fill(self, offers: Offers, place: int, block: Block, at: Ints, key: Ints, aside: Aside | None) -> None:
        arm, row = self._arms[place], key[at] & ROW_MASK
        service = self._spec.services[arm]
        rounds = 1 if service.retries is None else service.retries.attempts
        own = None if aside is None else Aside(aside.shadowed[at], aside.left[at])
        for second in range(1 if service.hedge is None else 2):
            offer = offered(self._spec, self._imposed.serving[arm], block, arm, row, own, second=bool(second))
            offers.demand[second, place, at] = np.maximum(offer.demand, 1)
            offers.lost[second, place, at] = offer.lost
            rate = offer.rate.astype(np.float32)
            for number in range(second * NUMBERS, second * NUMBERS + rounds) if rate.any() else ():
                luck = block.attempt_luck(arm, number) if number else block.luck(arm)
                offers.fails[number, place, at] = luck[row] < rate
        for number in range(1, rounds):
            assert service.retries is not None
            luck = block.luck(arm + LUCK_OF_BACKOFF * number)[row]
            offers.wait[number, place, at] = service.retries.wait(number, luck)
