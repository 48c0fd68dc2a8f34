"""An instrument: both arms over time, with the lines no value should cross."""

from collections.abc import Iterator

from sandbox.base.clock import clock
from sandbox.base.units import format_duration
from tui.draw.plot import Curve, Row, Span, bars, place, plot
from tui.draw.raster import RASTERS, Raster
from tui.draw.scale import cover
from tui.names import shortened
from tui.series import EMPTY, Point, Series
from tui.sheet import Dial
from tui.widgets.drawn import Drawing, Drawn, Piece, line

GUTTER = 7
"""Cells for the numbers at the left."""
NAME, TAIL = 18, 18
"""Cells of a chart of one row for its sign and name, and for its limit and how late it is."""
READINGS = 14 + 12 + TAIL
"""Cells for its numbers."""
SECOND = 10**9


class Chart(Drawn, can_focus=True):
    """One dial with its curves; in one row it is a bar of levels with the numbers beside it."""

    DEFAULT_CSS = "Chart { height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.dial: Dial | None = None
        self._series = EMPTY
        self._start, self._end, self._matured, self._each = 0, 1, 0, 0
        self._set, self._failed = 0.0, False

    @property
    def raster(self) -> Raster:
        """How dots are set."""
        return RASTERS[getattr(self.app, "raster", "braille")]

    def show(
        self, dial: Dial, series: Series, *, start: int, end: int, matured_to: int, each: int = 0,
        set_share: float = 0.0, failed: bool = True,
    ) -> None:
        """Show what a dial read between two instants; `each` is how long the window of a point is.

        `set_share` is the share that is set now; `failed` says that a gate fails on this metric, or an alert fires.
        """
        fresh = (dial, series, start, end, matured_to, set_share, failed)
        if fresh == (self.dial, self._series, self._start, self._end, self._matured, self._set, self._failed):
            return
        self.dial, self._series, self._start, self._end, self._matured, self._set, self._failed = fresh
        self._each = each
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
        if self.dial is None or last is None or last.candidate is None:
            return False
        lower = self.dial.measure.lower_is_better
        limits = [limit for bound in self.dial.bounds if (limit := bound.at(last.incumbent)) is not None]
        return any(last.candidate > limit if lower else last.candidate < limit for limit in limits)

    @property
    def sign(self) -> Piece:
        """✖ beyond a limit, ! where whoever judges it has not said so, ? where it rests on too little; or nothing."""
        if not self.breached:
            return "", "plain"
        return ("? ", "limit") if self.few else ("✖ ", "page") if self._failed else ("! ", "limit")

    @property
    def few(self) -> bool:
        """Whether what it shows of the candidate rests on too little to go by."""
        last = self.latest
        return self.dial is not None and last is not None and self.dial.few(last.n_candidate)

    def _titles(self) -> None:
        assert self.dial is not None
        shares = self.dial.name == "traffic.share"
        sign = self.glyphs.spell(self.sign[0])
        self.set_class(self.breached and self._failed and not self.few, "-breached")
        name = "share of traffic" if shares else self.dial.title
        room = max(8, self.content_size.width - 2)
        brief = f"{sign}{name}"
        title = f"{brief}, each {format_duration(self._each)}" if self._each else brief
        moves = self.dial.moves(self.latest)
        said = [*(f"{title} ┄ {one}" for one in moves), *(f"{brief} ┄ {one}" for one in moves[-1:])]
        title = next((one for one in map(self.glyphs.spell, said) if len(one) <= room - 2), title)
        self.entitle(title, self.glyphs.spell(self._reading(room)))

    def _reading(self, width: int) -> str:
        """What it reads now, in so many cells: how late its labels are stays, what the incumbent reads goes first."""
        assert self.dial is not None
        last, late = self.latest, self._late()
        behind = f"labels {late}  " if late else ""
        if last is None:
            return f"{behind}no data yet"
        names = ("set", "seen") if self.dial.name == "traffic.share" else ("inc", "cand")
        said = f"{names[1]} {self.dial.words_of(last.candidate, last.n_candidate)}"
        other = f" {names[0]} {self.dial.words_of(last.incumbent, last.n_incumbent)}"
        if names[0] == "set":
            other = f" set {self.dial.words(self._set)}"
        ways = (f"{behind}{said}{other}", f"{late}  {said}{other}" if late else f"{said}{other}", f"{behind}{said}")
        return next((one for one in ways if len(one) <= width), f"{late}  {said}" if late else said)

    def _late(self, *, finest: int = SECOND) -> str:
        """How far what it shows is behind the clock, where it waits for labels: "5m30s late"."""
        last = self._series.last
        if self.dial is None or not self.dial.measure.matured or last is None:
            return ""
        behind = max(0, self._end - last.at)
        fine = finest if behind < 3_600 * SECOND else 60 * SECOND
        return f"{format_duration(behind // fine * fine)} late"

    def on_resize(self) -> None:
        """What it reads is said in as many cells as there are."""
        if self.dial is not None:
            self._titles()
        super().on_resize()

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
        reach = self._series.reach(self._start, self._end)
        low, high = cover(reach, self._limits(), top=1.0 if self.dial.unit == "share" else None)
        return Span(self._start, self._end, low, high)

    def _limits(self) -> list[float]:
        return [at for at, _ in self._lines()]

    def _lines(self) -> list[tuple[float, str]]:
        """Where the limits are now, and whose they are: a gate's or an alert's."""
        last = self.latest
        incumbent = None if last is None else last.incumbent
        bounds = self.dial.bounds if self.dial else ()
        words = {True: "alert", False: "limit"}
        return [
            (at, words[bound.words == "alert"]) for bound in bounds if (at := bound.at(incumbent)) is not None
        ]

    def _curves(self) -> tuple[Curve, Curve]:
        at, (incumbent, candidate) = self._series.at, self._series.values
        return Curve("incumbent", at, incumbent, dotted=True), Curve("candidate", at, candidate)

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
        """One row: a sign, a name, a bar of levels, and the numbers; the bar gives way, and then the limit."""
        assert self.dial is not None
        last, dial = self.latest or Point(0, None, None), self.dial
        said = dial.words_of(last.candidate, last.n_candidate)
        near = next(iter(self._limits()), None)
        limit = "" if near is None else f"{'≤' if dial.measure.lower_is_better else '≥'}{dial.words(near)}"
        limit = self.glyphs.spell(limit)  # which may take another cell
        late = self._late()
        if len(limit) + len(late) + 2 > TAIL:
            late = self._late(finest=60 * SECOND)
        room = max(4, width - NAME - READINGS)
        bar = bars(self._curves()[1], self._span(), width=room, raster=self.raster)
        sign, ink = self.sign
        name = self.glyphs.spell(shortened(dial.title, NAME - 3))
        free = TAIL - len(late) - 2
        return line(
            (f"{sign:<2}", ink), (f"{name:<{NAME - 3}.{NAME - 3}} ", "plain"), (bar, "candidate"),
            (f" {said:>12} ", "faint" if self.few else "plain"), (f"{self._other(last):<12.12}", "incumbent"),
            (f" {limit:<{free}.{free}} ", "limit"), (late, "faint"),
        )

    def _other(self, last: Point) -> str:
        """What the incumbent reads, or what share was set, in twelve cells."""
        assert self.dial is not None
        if self.latest is None:
            return ""
        if self.dial.name == "traffic.share":
            return f"set {self.dial.words(self._set)}"
        if self.dial.few(last.n_incumbent):
            return f"inc few ({last.n_incumbent})"
        return f"inc {self.dial.words(last.incumbent)}"


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
