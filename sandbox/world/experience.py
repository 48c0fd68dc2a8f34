"""`[experience]`: how many users say what they think of how they were served, or act on it; what they say on its way.

The chance to speak and the time it takes are drawn for every request, whoever answers it: two arms that serve a request
alike hear the same.
"""

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.telemetry import Codes, Feedback, Flags, Ints, joined, only
from sandbox.base.units import Duration, Share
from sandbox.world.block import EXPERIENCE_DELAY, EXPERIENCE_LUCK, Block

WELL, WRONG, LATE, FAILED = range(4)
"""How a request was served, as `world.harm` ranks it."""


class Chances(Spec):
    """How often a user does something, by how they were served."""

    well: Share = 0.0
    """After a right answer in time."""
    wrong: Share = 0.0
    """After a wrong answer in time."""
    late: Share = 0.0
    """After an answer slower than `users.slow`, or a wait that ended in giving up."""
    failed: Share = 0.0
    """After an error or a rejection."""

    @property
    def by_rank(self) -> tuple[float, ...]:
        """The chances in the order of `world.harm`'s ranks."""
        return self.well, self.wrong, self.late, self.failed


class Complaints(Chances):
    """How often a user complains, by how they were served."""

    well: Share = 0.0005
    """After a right answer in time."""
    wrong: Share = 0.01
    """After a wrong answer in time."""
    late: Share = 0.02
    """After an answer slower than `users.slow`, or a wait that ended in giving up."""
    failed: Share = 0.05
    """After an error or a rejection."""


class Experience(Spec):
    """Sparse and late: what users say about an answer, long before or after its label is known."""

    complaints: Complaints = Complaints()
    """How often users complain: `{ well = "0.05%", wrong = "1%", late = "2%", failed = "5%" }`."""
    praise: Share = Field(default=0.002, le=0.5)
    """How often users praise what served them well."""
    delay: Duration = 5 * 60 * 1_000_000_000
    """Mean time from the answer to what they say, exponential."""
    opting_out: Chances = Chances()
    """How often users whom a candidate served so opt out of candidates, from the next tick on: `{ wrong = "1%" }`."""
    leaving: Chances = Chances()
    """How often users who were served so, by any model, never come again from the next tick on: `{ failed = "2%" }`."""

    @property
    def turns_away(self) -> bool:
        """Whether anybody ever opts out or leaves."""
        return any((*self.opting_out.by_rank, *self.leaving.by_rank))


class Voices:
    """What users are about to say, until it is due."""

    def __init__(self, experience: Experience, *, slow_ns: int) -> None:
        self._chance = np.array(experience.complaints.by_rank, dtype=np.float32)
        self._praise = np.float32(experience.praise)
        self._delay, self._slow_ns = experience.delay, slow_ns
        self._coming: list[Feedback] = []

    def hear(self, block: Block, arm: int, *, row: Ints, status: Codes, latency: Ints, right: Flags) -> None:
        """Requests row (n,) of a block ended: status, latency, right (n,); some of their users will speak."""
        served = ranks(status, latency, right, slow_ns=self._slow_ns)
        luck = block.luck(EXPERIENCE_LUCK)[row]
        complains = luck < self._chance[served]
        praises = (luck >= np.float32(1.0) - self._praise) & (served == WELL)
        speaks = np.flatnonzero(complains | praises)
        if not speaks.size:
            return
        row = row[speaks]
        patience = -np.log1p(-block.luck(EXPERIENCE_DELAY)[row].astype(np.float64))
        due = block.at[row] + latency[speaks] + (patience * self._delay).astype(np.int64)
        self._coming.append(Feedback(
            arm=np.full(speaks.size, arm, dtype=np.uint8), segment=block.segment[row], group=block.group[row],
            arrived=block.at[row], due=due, praise=praises[speaks],
        ))

    def take(self, before: int) -> tuple[Feedback, ...]:
        """What was said before an instant, and forget it."""
        if not self._coming:
            return ()
        coming = joined(self._coming)
        now = coming.due < before
        self._coming = [] if now.all() else [only(coming, ~now)]
        return (only(coming, now),) if now.any() else ()


def ranks(status: Codes, latency: Ints, right: Flags, *, slow_ns: int) -> npt.NDArray[np.int64]:
    """(n,) how each request was served."""
    failed, late = (status == 1) | (status == 3), (status == 2) | (latency > slow_ns)
    return np.select([failed, late, ~right], [FAILED, LATE, WRONG], default=WELL)

