"""What passes between the world and its pools: requests that are asked of an arm, and what became of them."""

from dataclasses import dataclass

from sandbox.base.telemetry import Codes, Flags, Ints
from sandbox.world.striking import Aside


@dataclass(frozen=True, slots=True)
class Question:
    """Requests `rows` of a block, in order, that an arm is asked, by key (n,), and what faults may know of them."""

    arm: int
    rows: Ints | slice
    key: Ints
    aside: Aside | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """Requests key (n,) that an arm was asked and whose answer is `by` an arm: status, published (n,)."""

    arm: int
    by: int
    key: Ints
    status: Codes
    published: Ints

    def only(self, chosen: Flags) -> "Ended":
        """Some of them."""
        return Ended(self.arm, self.by, self.key[chosen], self.status[chosen], self.published[chosen])
