"""Curves as rows of cells: every point is seen, gaps stay gaps, and the newest stands at the right edge."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.draw.raster import Raster

Sample = tuple[int, float | None]
"""When, and what; None is a gap."""
Row = list[tuple[str, str]]
"""Cells as (character, whose): "incumbent", "candidate", "limit" or nobody's."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One series: whose it is and its samples in order of time; `dotted` ones are drawn at every other dot."""

    whose: str
    samples: Sequence[Sample]
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """What the plot covers: from when to when, and from which value to which."""

    start: int
    end: int
    low: float
    high: float


def plot(curves: Sequence[Curve], span: Span, *, width: int, height: int, raster: Raster) -> list[Row]:
    """Curves in a field of cells, later ones over earlier ones; no row where there is no room."""
    if width < 1 or height < 1:
        return []
    dots = [[0] * width for _ in range(height)]
    owner = [[-1] * width for _ in range(height)]
    for number, curve in enumerate(curves):
        for x, low, high in _columns(curve, span, columns=width * raster.wide, rows=height * raster.high):
            if curve.dotted and x % 2:
                continue
            for y in range(low, high + 1):
                row, column = y // raster.high, x // raster.wide
                if owner[row][column] != number:
                    owner[row][column], dots[row][column] = number, 0
                dots[row][column] |= 1 << (y % raster.high) * raster.wide + x % raster.wide
    return [
        [_cell(curves, owner[row][column], dots[row][column], raster) for column in range(width)]
        for row in range(height)
    ]


def _cell(curves: Sequence[Curve], number: int, mask: int, raster: Raster) -> tuple[str, str]:
    if number < 0:
        return " ", ""
    return (raster.second if number else raster.characters)[mask], curves[number].whose


def _columns(curve: Curve, span: Span, *, columns: int, rows: int) -> list[tuple[int, int, int]]:
    """(column, first row, last row) of the dots of a curve: all values of a column, joined with the one before."""
    found: dict[int, tuple[int, int]] = {}
    before: tuple[int, int] | None = None
    start, end, width = span.start, span.end, max(1, span.end - span.start)
    for at, value in curve.samples:
        if value is None:
            before = None
            continue
        if not start < at <= end:
            continue
        x, y = min(columns - 1, (at - start) * columns // width), _row(value, span, rows)
        low, high = found.get(x, (rows, -1))
        if not low <= y <= high:
            found[x] = (min(low, y), max(high, y))
        if before is not None and before[0] != x:
            _join(found, before, (x, y))
        before = (x, y)
    return [(x, low, high) for x, (low, high) in sorted(found.items())]


def _join(found: dict[int, tuple[int, int]], start: tuple[int, int], end: tuple[int, int]) -> None:
    """A straight line between two dots, so that a curve hangs together however steep it is."""
    (x0, y0), (x1, y1) = start, end
    wide = max(1, x1 - x0)
    for step in range(wide + 1 if x1 > x0 else 1):
        left = y0 + (y1 - y0) * step // wide
        right = y0 + (y1 - y0) * min(wide, step + 1) // wide
        x = x0 + step
        low, high = found.get(x, (left, left))
        found[x] = (min(low, left, right if step < wide else left), max(high, left, right if step < wide else left))


def _row(value: float, span: Span, rows: int) -> int:
    """The dot row of a value, 0 at the top."""
    wide = span.high - span.low or 1.0
    share = (value - span.low) / wide
    return rows - 1 - max(0, min(rows - 1, int(share * (rows - 1) + 0.5)))


def place(value: float, span: Span, *, height: int) -> int:
    """The cell row in which a value lies."""
    return _row(value, span, height)


def bars(samples: Sequence[Sample], span: Span, *, width: int, raster: Raster) -> str:
    """A chart of one row: the highest of each column in nine levels, a gap as a blank."""
    cells: list[float | None] = [None] * width
    for at, value in samples:
        if value is None or not width or not span.start < at <= span.end:
            continue
        x = min(width - 1, (at - span.start) * width // max(1, span.end - span.start))
        known = cells[x]
        cells[x] = value if known is None else max(known, value)
    top = len(raster.bars) - 1
    wide = span.high - span.low or 1.0
    return "".join(
        " " if one is None else raster.bars[max(1, min(top, round((one - span.low) / wide * top)))] for one in cells
    )
