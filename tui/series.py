"""What an instrument read over time, as columns: a chart costs the same however long the flight is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Instants = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


class Point(NamedTuple):
    """The end of a window in ns, what it read of the incumbent and of the candidate (None: nothing), and of how many.

    An n of -1 is not known.
    """

    at: int
    incumbent: float | None
    candidate: float | None
    n_incumbent: int = -1
    n_candidate: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Points in order of time: when, and for the incumbent and the candidate a row of what was read (or NaN) and n."""

    at: Instants
    values: Values
    counts: Instants

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Series):
            return NotImplemented
        mine, theirs = (self.at, self.values, self.counts), (other.at, other.values, other.counts)
        return all(
            np.array_equal(one, two, equal_nan=one.dtype.kind == "f") for one, two in zip(mine, theirs, strict=True)
        )

    def __len__(self) -> int:
        return len(self.at)

    @property
    def last(self) -> Point | None:
        """The last point."""
        return self._point(len(self.at) - 1) if len(self.at) else None

    @property
    def latest(self) -> Point | None:
        """The last point that says anything."""
        known = np.flatnonzero(~np.isnan(self.values).all(axis=0))
        return self._point(int(known[-1])) if len(known) else None

    def reach(self, start: int, end: int) -> tuple[float, ...]:
        """The least and the largest value after an instant, up to and with another; none where nothing was read."""
        first, past = np.searchsorted(self.at, (start, end), side="right")
        seen = self.values[:, first:past]
        known = seen[~np.isnan(seen)]
        return (float(known.min()), float(known.max())) if len(known) else ()

    def _point(self, place: int) -> Point:
        incumbent, candidate = (None if np.isnan(one) else float(one) for one in self.values[:, place])
        return Point(int(self.at[place]), incumbent, candidate, *self.counts[:, place].tolist())


class Growing:
    """A series that points are added to; what was handed out stays as it was."""

    def __init__(self, points: Iterable[Point] = ()) -> None:
        self._at, self._values, self._counts = np.empty(64, np.int64), np.empty((2, 64)), np.empty((2, 64), np.int64)
        self._length = 0
        self._series: Series | None = None
        for point in points:
            self.append(point)

    def append(self, point: Point) -> None:
        """Add a point."""
        place, room = self._length, len(self._at)
        if place == room:
            self._at = np.append(self._at, np.empty_like(self._at))
            self._values = np.append(self._values, np.empty_like(self._values), axis=1)
            self._counts = np.append(self._counts, np.empty_like(self._counts), axis=1)
        self._at[place] = point.at
        self._values[:, place] = [np.nan if one is None else one for one in (point.incumbent, point.candidate)]
        self._counts[:, place] = point.n_incumbent, point.n_candidate
        self._length, self._series = place + 1, None

    @property
    def series(self) -> Series:
        """All so far; the same object until a point is added."""
        series = self._series
        if series is None:
            length = self._length
            series = self._series = Series(self._at[:length], self._values[:, :length], self._counts[:, :length])
        return series


EMPTY = Growing().series


def side_by_side(one: Series, other: Series) -> Series:
    """What two flights read of their candidates, the first in the incumbent's place."""
    at = np.union1d(one.at, other.at)
    values, counts = np.full((2, len(at)), np.nan), np.full((2, len(at)), -1)
    for row, series in enumerate((one, other)):
        places = np.searchsorted(at, series.at)
        values[row, places], counts[row, places] = series.values[1], series.counts[1]
    return Series(at, values, counts)
