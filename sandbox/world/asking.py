"""What passes between the world and its pools: requests that are asked of an arm, and what became of them."""

from dataclasses import dataclass

import numpy as np

from sandbox.base.telemetry import Codes, Flags, Ints
from sandbox.world.block import SHADOW_BIT, Block
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


def question_of(index: int, block: Block, shown: Flags, shadow: Flags, *, low: int, aside: Aside | None) -> Question:
    """What the pool of an arm is asked of the requests from row `low` on: shown, shadow (n,) say which."""
    served, unseen = np.flatnonzero(shown) + low, np.flatnonzero(shadow) + low
    rows, marks = served, served
    if len(unseen):
        rows = np.concatenate([served, unseen])
        order = np.argsort(rows, kind="stable")
        marks = np.concatenate([served, unseen | SHADOW_BIT])[order]
        rows = rows[order]
    if aside is not None:
        aside = aside.of(rows - low, (marks & SHADOW_BIT) == 0)
    return Question(index, rows, marks + block.first_key, aside)
