"""What a model that is fitted in the flight learns from: the snapshot, as it was seen when the training began."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sandbox.base.status import Status
from sandbox.base.telemetry import Codes, Flags, Ints
from sandbox.world.block import Block
from sandbox.world.crowd import Crowd


@dataclass(frozen=True, slots=True)
class Lesson:
    """A training: of which arm, begun when on the requests of which stretch before, every how many-th of them; and what
    it takes of the incumbent's pool.
    """

    arm: int
    begins: int
    window: int
    stride: int
    replicas: int


@dataclass(slots=True)
class Notebook:
    """Rows of the snapshot as their answers come: number (n,), features (n, d) as logged, label (n,), due (n,) ns."""

    lesson: Lesson
    crowd: Crowd
    _parts: list[tuple[Ints, npt.NDArray[np.float32], Flags, Ints]] = field(default_factory=list)

    def note(
        self, block: Block, arm: int, *, row: Ints, shadow: Flags, status: Codes, published: Ints, learned: Flags
    ) -> None:
        """Requests row (n,) of a block ended at (n,) ns; learned (n,) says whether anybody will know the truth."""
        begins, window = self.lesson.begins, self.lesson.window
        at, number = block.at[row], row + block.first_key
        kept = (at >= begins - window) & (at < begins) & (number % self.lesson.stride == 0)
        kept &= learned & ~shadow & (status == Status.ANSWERED) & (block.label_at[row] >= 0)
        if block.known is not None:
            kept &= block.known[row]
        if self.crowd.private is not None:
            kept &= ~self.crowd.private[block.user[row]]
        if not kept.any():
            return
        row, due = row[kept], np.maximum(block.label_at[row[kept]], published[kept])
        served, _ = block.served_to(np.full(len(row), arm, dtype=np.uint8), row)
        assert served is not None
        self._parts.append((number[kept], served, block.reported_label[row], due))

    def snapshot(self) -> tuple[npt.NDArray[np.float32], Flags]:
        """Features (n, d), a missing one as its mean, and labels (n,) of all that was known when training began."""
        if not self._parts:
            return np.empty((0, 0), dtype=np.float32), np.empty(0, dtype=np.bool_)
        number, served, label, due = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        order = np.argsort(number)
        known = order[due[order] < self.lesson.begins]
        return np.nan_to_num(served[known], nan=0.0), label[known]
