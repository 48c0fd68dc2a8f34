"""What will happen in the world by itself at known instants: a pool that grows late, a table in force, a crash."""

import heapq
from collections.abc import Callable

Deed = Callable[[], None]


class Agenda:
    """Deeds by the instant at which they are due; of those at one instant the first that was noted comes first."""

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Deed]] = []
        self._noted = 0

    def note(self, at: int, deed: Deed) -> None:
        """Have something happen at an instant."""
        self._noted += 1
        heapq.heappush(self._due, (at, self._noted, deed))

    def next_before(self, end: int) -> int:
        """The instant at which something is due next, or `end` where that comes first."""
        return min(self._due[0][0], end) if self._due else end

    def keep(self, now: int) -> None:
        """Let happen what is due by now."""
        while self._due and self._due[0][0] <= now:
            heapq.heappop(self._due)[2]()
