"""Who does not come again: of each user the last request and who answered it, kept only where somebody asks."""

import numpy as np
import numpy.typing as npt

from sandbox.base.telemetry import Arrivals
from sandbox.base.window import Counts, Layout

NEVER = -1


class Leaving:
    """The last request of every user: when it came, and the cell (arm, segment, group) that it is counted in."""

    def __init__(self, layout: Layout, *, users: int) -> None:
        self._layout = layout
        self._at = np.full(users, NEVER, dtype=np.int64)
        self._cell: npt.NDArray[np.int32] = np.zeros(users, dtype=np.int32)

    def meet(self, arrivals: Arrivals) -> None:
        """Requests came, in order of arrival: of each user the last one counts."""
        segments, groups = len(self._layout.segments), len(self._layout.groups)
        cell = (arrivals.arm.astype(np.int32) * segments + arrivals.segment) * groups + arrivals.group
        last = np.unique(arrivals.user[::-1], return_index=True)
        rows = len(arrivals.user) - 1 - last[1]
        self._at[last[0]], self._cell[last[0]] = arrivals.at[rows], cell[rows]

    def count(self, cohort: Counts, *, start: int, end: int) -> None:
        """A cohort [start, end) ns has matured: adds whoever came then and not since to what it counts (size,)."""
        gone = self._layout.part(cohort, "gone")
        away = (start <= self._at) & (self._at < end)
        gone += np.bincount(self._cell[away], minlength=gone.size).reshape(gone.shape)
