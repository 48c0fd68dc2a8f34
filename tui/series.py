"""What an instrument read over time, as columns: a chart costs the same however long the flight is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Point = tuple[int, float | None, float | None]
"""The end of a window in ns, and what it read of the incumbent and of the candidate (None: nothing)."""
Instants = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Points in order of time, one column each; NaN is where nothing was read."""

    at: Instants
    incumbent: Values
    candidate: Values

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Series):
            return NotImplemented
        mine, theirs = (self.at, self.incumbent, self.candidate), (other.at, other.incumbent, other.candidate)
        return all(np.array_equal(one, two, equal_nan=True) for one, two in zip(mine, theirs, strict=True))

    def __len__(self) -> int:
        return len(self.at)

    @property
    def last(self) -> Point | None:
        """The last point."""
        return self._point(len(self.at) - 1) if len(self.at) else None

    @property
    def latest(self) -> Point | None:
        """The last point that says anything."""
        known = np.flatnonzero(~np.isnan(self.incumbent) | ~np.isnan(self.candidate))
        return self._point(int(known[-1])) if len(known) else None

    def between(self, start: int, end: int) -> "Series":
        """The points after an instant, up to and with another."""
        first, past = np.searchsorted(self.at, (start, end), side="right")
        return Series(self.at[first:past], self.incumbent[first:past], self.candidate[first:past])

    def _point(self, place: int) -> Point:
        return int(self.at[place]), _read(self.incumbent[place]), _read(self.candidate[place])


EMPTY = Series(np.empty(0, np.int64), np.empty(0), np.empty(0))


def side_by_side(one: Series, other: Series) -> Series:
    """What two flights read of their candidates, the first in the incumbent's place."""
    at = np.union1d(one.at, other.at)
    columns = np.full((2, len(at)), np.nan)
    columns[0, np.searchsorted(at, one.at)] = one.candidate
    columns[1, np.searchsorted(at, other.at)] = other.candidate
    return Series(at, *columns)


class Growing:
    """A series that points are added to; what was handed out stays as it was."""

    def __init__(self) -> None:
        self._at, self._values, self._length = np.empty(64, np.int64), np.empty((2, 64)), 0
        self._series: Series | None = EMPTY

    def append(self, point: Point) -> None:
        """Add a point."""
        if self._length == len(self._at):
            self._at = np.concatenate((self._at, np.empty_like(self._at)))
            self._values = np.concatenate((self._values, np.empty_like(self._values)), axis=1)
        at, incumbent, candidate = point
        self._at[self._length] = at
        self._values[:, self._length] = _written(incumbent), _written(candidate)
        self._length += 1
        self._series = None

    @property
    def series(self) -> Series:
        """All so far; the same object until a point is added."""
        series = self._series
        if series is None:
            length = self._length
            series = self._series = Series(self._at[:length], *self._values[:, :length])
        return series


def _read(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


def _written(value: float | None) -> float:
    return np.nan if value is None else value
