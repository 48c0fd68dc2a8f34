"""The wire between the collector and whoever reads it: faults of observability lose, delay and distort windows."""

from collections import deque
from collections.abc import Iterable, Iterator

from sandbox.base.window import Layout, Window
from sandbox.world.faults.bout import Bout


class Wire:
    """Windows on their way, in the order in which they were sent; with no fault they arrive as they are."""

    def __init__(self, faults: Iterable[Bout], layout: Layout) -> None:
        self._faults = [fault for fault in faults if type(fault).tell is not Bout.tell]
        self._layout = layout
        self._on_its_way: deque[tuple[int, Window]] = deque()
        self._last: dict[tuple[int, bool], Window] = {}

    def carry(self, windows: Iterable[Window], now: int) -> Iterator[Window]:
        """The windows that arrive by now, given those that were sent."""
        if not self._faults:
            yield from windows
            return
        for window in windows:
            self._send(window)
        while self._on_its_way and self._on_its_way[0][0] <= now:
            yield self._on_its_way.popleft()[1]

    def _send(self, window: Window) -> None:
        at, told = window.visible_at, window
        for number, fault in enumerate(self._faults):
            if not self._falls_in(fault, window):
                self._last[number, window.matured] = told
                continue
            later, after = fault.tell(told, self._last.get((number, window.matured)), self._layout)
            if after is None:
                return
            at, told = at + later, after
        # Nothing overtakes what was sent before it.
        at = max(at, self._on_its_way[-1][0]) if self._on_its_way else at
        self._on_its_way.append((at, told))

    @staticmethod
    def _falls_in(fault: Bout, window: Window) -> bool:
        ended = window.visible_at if window.matured else window.end
        return fault.at < ended <= fault.until
