"""What happened, on one axis of time, with a cursor on it."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from textual import events
from textual.message import Message

from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.report.harm import Harm
from tui.draw.lanes import at_cell, axis, done, lanes, others_of
from tui.draw.raster import RASTERS
from tui.widgets.drawn import Drawing, Drawn, line

NAME = 12
"""Cells for the names of the lanes."""


class Axis(Drawn, can_focus=True):
    """Lanes of a flight; the cursor is a moment."""

    class Moved(Message):
        """The cursor stands on another moment."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    def __init__(self, flight: Flight, suffered: Harm, *, id: str = "axis") -> None:  # noqa: A002
        super().__init__(id=id)
        self.flight, self.suffered = flight, suffered
        self.place, self._exact = 0, -1
        self.set_class(bool(others_of(flight)), "-others")

    @property
    def cells(self) -> int:
        """How many cells the axis has."""
        return max(1, self.content_size.width - NAME)

    @property
    def at(self) -> int:
        """The moment under the cursor."""
        if self._exact >= 0:
            return self._exact
        return at_cell(self.place, end=self.flight.ended_at, width=self.cells)

    @property
    def done(self) -> dict[str, tuple[str, ...]]:
        """What hands did in the cell under the cursor, by whose they are."""
        end, told = max(1, self.flight.ended_at), defaultdict[str, list[str]](list)
        for one in done(self.flight):
            if min(self.cells - 1, one.at * self.cells // end) == self.place:
                told[one.who].append(f"{one.what} at {clock(one.at // 10**9 * 10**9)}")
        return {who: tuple(what) for who, what in told.items()}

    def move(self, by: int) -> None:
        """Move the cursor by cells."""
        self.go(self.place + by)

    def go(self, place: int, *, exact: int = -1) -> None:
        """Put the cursor on a cell, or on a moment in it."""
        self.place, self._exact = max(0, min(self.cells - 1, place)), exact
        self.redraw()
        self.post_message(self.Moved(self.at))

    def go_to(self, at: int) -> None:
        """Put the cursor on a moment."""
        self.go(at * self.cells // max(1, self.flight.ended_at), exact=at)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there."""
        self.go(event.get_content_offset_capture(self).x - NAME)

    def drawn(self, width: int, height: int) -> Iterator[Drawing]:
        """The lanes, and the times below them."""
        cells = self.cells
        self.place = min(self.place, cells - 1)
        raster = RASTERS[getattr(self.app, "raster", "braille")]
        for name, row, ink in lanes(self.flight, self.suffered, width=cells, raster=raster):
            inks = ["faint" if cell == "·" else ink for cell in row]
            inks[self.place] = "cursor"
            runs = groupby(zip(row, inks, strict=True), key=lambda one: one[1])
            yield line((f"{name:<{NAME}}", "faint"), *(("".join(cell for cell, _ in run), one) for one, run in runs))
        words = axis(self.flight.ended_at, cells, clock)
        yield line((" " * NAME, "plain"), (words, "axis"))
        yield line((" " * NAME + " " * self.place + "^ " + clock(self.at // 10**9 * 10**9), "accent"))
