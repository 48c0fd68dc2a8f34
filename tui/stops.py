"""What stops the clock by itself, so that nobody has to stare at it."""

import math
from collections.abc import Callable, Iterable

from sandbox.report.log import Line
from tui.pace import Pace

Stop = Callable[[Line], bool]


def _pages(line: Line) -> bool:
    return line.who == "alert" and line.verdict == "FIRING" and line.aside.startswith("page")


def _alerts(line: Line) -> bool:
    return line.who == "alert" and line.verdict == "FIRING"


def _moves(line: Line) -> bool:
    return line.who == "ramp" and not line.what.startswith("holds")


STOPS: dict[str, Stop] = {
    "page": _pages,
    "any alert": _alerts,
    "page or ramp step": lambda line: _pages(line) or _moves(line),
    "nothing": lambda _: False,
}
"""By the name that people choose it by."""


def stop_when(name: str) -> Stop:
    """Whether a line of the log stops the clock."""
    return STOPS[name]


class Stoppable:
    """A flight, in the air or on record, of which the clock runs until somebody or something stops it."""

    gives_way = False
    """Whether something is to be shown first: a slice in hand ends at the next look."""

    def __init__(self, pace: Pace | None) -> None:
        self.pace = pace or Pace()
        self.stop_when: Stop = lambda _: False
        self.stopped_by: Line | None = None
        self._until_event = False

    @property
    def ended(self) -> bool:
        """Whether the day is over."""
        raise NotImplementedError

    def play(self) -> None:
        """Let the clock run."""
        self.pace.play()

    def pause(self) -> None:
        """Stop the clock."""
        self._until_event = False
        self.pace.pause()

    def to_next_event(self) -> None:
        """On, as fast as it goes, until something happens that the log tells."""
        if not self.ended:
            self._until_event = True
            self.pace.play()

    def _due(self) -> float:
        """How much is to be flown now, in ns; infinite when as fast as it goes."""
        return math.inf if self._until_event else self.pace.due()

    def _stopping(self, news: Iterable[Line]) -> Line | None:
        """The first line that stops the clock, if any does."""
        return next((line for line in news if self._until_event or self.stop_when(line)), None)
