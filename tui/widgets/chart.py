"""An instrument: both arms over time, with the lines no value should cross."""

from collections.abc import Iterator

import numpy as np

from sandbox.base.clock import clock
from tui.draw.plot import Curve, Row, Span, bars, place, plot
from tui.draw.raster import RASTERS, Raster
from tui.draw.scale import cover
from tui.series import EMPTY, Point, Series
from tui.sheet import Dial
from tui.widgets.drawn import Drawing, Drawn, Piece, line

GUTTER = 7
"""Cells for the numbers at the left."""


class Chart(Drawn, can_focus=True):
    """One dial with its curves; in one row it is a bar of levels with the numbers beside it."""

    DEFAULT_CSS = "Chart { height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.dial: Dial | None = None
        self._series = EMPTY
        self._start, self._end, self._matured = 0, 1, 0

    @property
    def raster(self) -> Raster:
        """How dots are set."""
        return RASTERS[getattr(self.app, "raster", "braille")]

    def show(self, dial: Dial, series: Series, *, start: int, end: int, matured_to: int) -> None:
        """Show what a dial read, between two instants."""
        fresh = (dial, series, start, end, matured_to)
        if fresh == (self.dial, self._series, self._start, self._end, self._matured):
            return
        self.dial, self._series, self._start, self._end, self._matured = fresh
        self._titles()
        self.redraw()

    @property
    def latest(self) -> Point | None:
        """The last point that says anything."""
        return self._series.latest

    @property
    def breached(self) -> bool:
        """Whether the candidate stands beyond a limit now."""
        last = self._series.last
        if self.dial is None or last is None:
            return False
        _, incumbent, candidate = last
        if candidate is None:
            return False
        lower = self.dial.measure.lower_is_better
        limits = [limit for bound in self.dial.bounds if (limit := bound.at(incumbent)) is not None]
        return any(candidate > limit if lower else candidate < limit for limit in limits)

    def _titles(self) -> None:
        assert self.dial is not None
        shares = self.dial.name == "traffic.share"
        sign = self.glyphs.spell("✖ ") if self.breached else ""
        self.set_class(self.breached, "-breached")
        last, late = self.latest, self._late()
        names = ("set", "seen") if shares else ("inc", "cand")
        said = "no data yet"
        if last is not None:
            said = f"{names[1]} {self.dial.words(last[2])} {names[0]} {self.dial.words(last[1])}"
        self.entitle(f"{sign}{'share of traffic' if shares else self.dial.title}", self.glyphs.spell(f"{said}{late}"))

    def _late(self) -> str:
        """How far what it shows is behind the clock, where it waits for labels."""
        last = self._series.last
        if self.dial is None or not self.dial.measure.matured or last is None:
            return ""
        return f" (labels {clock(max(0, self._end - last[0]))} late)"

    def drawn(self, width: int, height: int) -> Iterator[Drawing]:
        """The chart in as much room as there is."""
        if self.dial is None:
            return
        if height < 3:
            yield self._vital(width)
            return
        yield from self._field(width, height - 1)
        yield self._axis(width)

    def _span(self) -> Span:
        assert self.dial is not None
        seen = self._series.between(self._start, self._end)
        values = np.concatenate((seen.incumbent, seen.candidate))
        known = values[~np.isnan(values)]
        reach = (float(known.min()), float(known.max())) if len(known) else ()
        low, high = cover(reach, self._limits(), top=1.0 if self.dial.unit == "share" else None)
        return Span(self._start, self._end, low, high)

    def _limits(self) -> list[float]:
        return [at for at, _ in self._lines()]

    def _lines(self) -> list[tuple[float, str]]:
        """Where the limits are now, and whose they are: a gate's or an alert's."""
        last = self.latest
        incumbent = None if last is None else last[1]
        bounds = self.dial.bounds if self.dial else ()
        words = {True: "alert", False: "limit"}
        return [
            (at, words[bound.words == "alert"]) for bound in bounds if (at := bound.at(incumbent)) is not None
        ]

    def _curves(self) -> tuple[Curve, Curve]:
        return (
            Curve("incumbent", self._series.at, self._series.incumbent, dotted=True),
            Curve("candidate", self._series.at, self._series.candidate),
        )

    def _field(self, width: int, height: int) -> Iterator[Drawing]:
        assert self.dial is not None
        span, wide = self._span(), max(0, width - GUTTER)
        rows = plot(self._curves(), span, width=wide, height=height, raster=self.raster)
        drawn = [(place(at, span, height=height), at, word) for at, word in self._lines() if at <= span.high]
        limits, words = {y: at for y, at, _ in drawn}, {y: word for y, _, word in drawn}
        labels = {0: span.high, height - 1: span.low} | limits
        for y, row in enumerate(rows):
            limited = y in limits
            number = self.dial.brief(labels[y]) if y in labels else ""
            edge = (f"{number:>{GUTTER - 1}}{'┼' if limited else '│'}", "limit" if limited else "axis")
            yield line(edge, *_joined(_ruled(row, words[y]) if limited else row))

    def _axis(self, width: int) -> Drawing:
        wide = max(0, width - GUTTER)
        left, right = clock(max(0, self._start)), clock(self._end)
        rule = f"└{left}{'─' * max(1, wide - len(left) - len(right))}{right}"
        return line((" " * (GUTTER - 1) + rule, "axis"))

    def _vital(self, width: int) -> Drawing:
        """One row: a sign, a name, a bar of levels, and the numbers."""
        assert self.dial is not None
        last = self.latest
        shares = self.dial.name == "traffic.share"
        said = self.dial.words(None if last is None else last[2])
        other = "" if last is None else f"{'set' if shares else 'inc'} {self.dial.words(last[1])}"
        near = next(iter(self._limits()), None)
        limit = "" if near is None else f"{'≤' if self.dial.measure.lower_is_better else '≥'}{self.dial.words(near)}"
        room = max(4, width - 18 - 36)
        bar = bars(self._curves()[1], self._span(), width=room, raster=self.raster)
        sign = ("✖ ", "page") if self.breached else ("  ", "plain")
        return line(
            sign, (f"{self.dial.title:<15.15} ", "plain"), (bar, "candidate"), f" {said:>8} ",
            (f"{other:<13.13}", "incumbent"), (f" {limit:<9.9}", "limit"),
            (self._late().strip(" ()").removeprefix("labels ").removesuffix(" late"), "faint"),
        )


def _ruled(row: Row, word: str) -> Row:
    """A row with the limit's line where nothing else is, and the word at its right end."""
    ruled = [("┄", "limit") if ink == "" else (letter, ink) for letter, ink in row]
    start = len(ruled) - len(word) - 1
    if start > 8 and all(ink in ("limit", "") for _, ink in ruled[start:]):
        ruled[start:] = [*((letter, "limit") for letter in f"{word} ")]
    return ruled


def _joined(row: Row) -> list[Piece]:
    pieces: list[Piece] = []
    for letter, ink in row:
        ink = ink or "plain"
        if pieces and pieces[-1][1] == ink:
            pieces[-1] = (pieces[-1][0] + letter, ink)
        else:
            pieces.append((letter, ink))
    return pieces
