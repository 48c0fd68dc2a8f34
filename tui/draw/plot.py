"""Curves as rows of cells: every point is seen, gaps stay gaps, and the newest stands at the right edge."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.draw.raster import Raster

Instants = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Row = list[tuple[str, str]]
"""Cells as (character, whose): "incumbent", "candidate", "limit" or nobody's."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One series: whose it is, when and what in order of time, NaN for a gap; `dotted` is drawn at every other dot."""

    whose: str
    at: Instants
    values: Values
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
    owner, dots = np.full((height, width), -1), np.zeros((height, width), dtype=np.int64)
    for number, curve in enumerate(curves):
        own = _cells(curve, span, width=width, height=height, raster=raster)
        owner[own > 0], dots = number, np.where(own > 0, own, dots)
    return [
        [_cell(curves, number, mask, raster) for number, mask in zip(numbers, masks, strict=True)]
        for numbers, masks in zip(owner.tolist(), dots.tolist(), strict=True)
    ]


def _cell(curves: Sequence[Curve], number: int, mask: int, raster: Raster) -> tuple[str, str]:
    if number < 0:
        return " ", ""
    return (raster.second if number else raster.characters)[mask], curves[number].whose


def _cells(curve: Curve, span: Span, *, width: int, height: int, raster: Raster) -> Instants:
    """The dots that a curve sets in each cell, as bits."""
    columns, rows = width * raster.wide, height * raster.high
    lowest, highest = np.full(columns, rows), np.full(columns, -1)
    for x, low, high in _columns(curve, span, columns=columns, rows=rows):
        if not (curve.dotted and x % 2):
            lowest[x], highest[x] = low, high
    y = np.arange(rows)[:, None]
    dots = ((lowest <= y) & (y <= highest)).reshape(height, raster.high, width, raster.wide)
    bits = 1 << np.arange(raster.high * raster.wide).reshape(raster.high, 1, raster.wide)
    found: Instants = (dots * bits).sum(axis=(1, 3))
    return found


def _columns(curve: Curve, span: Span, *, columns: int, rows: int) -> list[tuple[int, int, int]]:
    """(column, first row, last row) of the dots of a curve: all values of a column, joined with the one before."""
    first, past = np.searchsorted(curve.at, (span.start, span.end), side="right")
    places = first + np.flatnonzero(~np.isnan(curve.values[first:past]))
    if not len(places):
        return []
    y = _rows(curve.values[places], span, rows)
    begins, xs = _begins(curve.at[places], span, columns)
    lows, highs = np.minimum.reduceat(y, begins).tolist(), np.maximum.reduceat(y, begins).tolist()
    found = {x: (low, high) for x, low, high in zip(xs, lows, highs, strict=True)}
    for number, begin in enumerate(begins.tolist()):
        if number and places[begin] == places[begin - 1] + 1:
            _join(found, (xs[number - 1], int(y[begin - 1])), (xs[number], int(y[begin])))
    return [(x, low, high) for x, (low, high) in sorted(found.items())]


def _begins(at: Instants, span: Span, columns: int) -> tuple[Instants, list[int]]:
    """Where in order of time each column that holds any begins, and which columns those are."""
    width = max(1, span.end - span.start)
    edges = np.array([span.start - (-x * width // columns) for x in range(columns)])
    begins = np.append(np.searchsorted(at, edges), len(at))
    filled = np.flatnonzero(begins[1:] > begins[:-1])
    return begins[filled], filled.tolist()


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


def _rows(values: Values, span: Span, rows: int) -> Instants:
    """The dot rows of values, 0 at the top."""
    shares = (values - span.low) / (span.high - span.low or 1.0)
    found: Instants = rows - 1 - np.clip(shares * (rows - 1) + 0.5, 0, rows - 1).astype(np.int64)
    return found


def place(value: float, span: Span, *, height: int) -> int:
    """The cell row in which a value lies."""
    return int(_rows(np.array([value]), span, height)[0])


def bars(curve: Curve, span: Span, *, width: int, raster: Raster) -> str:
    """A chart of one row: the highest of each column in nine levels, a gap as a blank."""
    cells = [" "] * width
    first, past = np.searchsorted(curve.at, (span.start, span.end), side="right")
    places = first + np.flatnonzero(~np.isnan(curve.values[first:past]))
    if not width or not len(places):
        return "".join(cells)
    begins, xs = _begins(curve.at[places], span, width)
    top, wide = len(raster.bars) - 1, span.high - span.low or 1.0
    for x, value in zip(xs, np.maximum.reduceat(curve.values[places], begins).tolist(), strict=True):
        cells[x] = raster.bars[max(1, min(top, round((value - span.low) / wide * top)))]
    return "".join(cells)
