"""Blocks some of whose requests are still open, in the flight that is flown or in the one that stays."""

from dataclasses import dataclass

from sandbox.base.status import Status
from sandbox.base.telemetry import Flags
from sandbox.world.block import Block, Fate


@dataclass(slots=True)
class Open:
    """A block, what became of its requests in either flight, and how many shadow answers are still to come."""

    block: Block
    flown: Fate
    stayed: Fate
    shadows: int

    @classmethod
    def fresh(cls, block: Block, *, falls_back: bool) -> "Open":
        """A block of which nothing has arrived yet."""
        n = len(block)
        return cls(block, Fate.unknown(n, falls_back=falls_back), Fate.unknown(n, falls_back=falls_back), 0)

    def without(self, rows: slice, *, gone: Flags) -> Flags:
        """Requests of users who are gone (n,) do not come in the flight that is flown: (n,) which do."""
        return _absent(self.flown, rows, gone)

    def without_stay(self, rows: slice, *, gone: Flags) -> Flags:
        """The same in the flight that stays."""
        return _absent(self.stayed, rows, gone)

    def settled(self, now: int) -> bool:
        """Whether every fate in it is known."""
        return self.block.end <= now and not (self.flown.open or self.stayed.open or self.shadows)


def _absent(fate: Fate, rows: slice, gone: Flags) -> Flags:
    fate.status[rows][gone] = Status.ABSENT
    fate.open -= int(gone.sum())
    return ~gone
