"""What was scraped, and what a query at one instant finds of it: staleness, lookback, and the edges of a range.

Prometheus, promql/engine.go and "Staleness" in docs/querying/basics.md: an instant query takes the newest sample of the
last five minutes unless a stale marker came after it. Version 2 counts a sample on the left edge of a range or of the
lookback, version 3 does not (the 3.0 migration guide, "Range selectors and lookback exclude samples coinciding with the
left boundary").
"""

import math
from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

Compat = Literal["prom2", "prom3"]
"""Whose range windows: [t - w, t] of Prometheus 2 or (t - w, t] of Prometheus 3."""

LOOKBACK = 300 * 1_000_000_000
"""How old a sample an instant query still takes, in ns."""

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


class Series:
    """Samples in order of time: when (n,) in ns, value (n,), stale (n,) where the series ended; append-only."""

    __slots__ = ("_at", "_count", "_stale", "_value")

    def __init__(self) -> None:
        self._at = np.empty(16, dtype=np.int64)
        self._value = np.empty(16)
        self._stale = np.empty(16, dtype=np.bool_)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, at: int, value: float) -> None:
        """A sample was scraped."""
        self._append(at, value, stale=False)

    def end(self, at: int) -> None:
        """A scrape no longer found the series: a stale marker."""
        self._append(at, math.nan, stale=True)

    def _append(self, at: int, value: float, *, stale: bool) -> None:
        if self._count and at <= self._at[self._count - 1]:
            raise ValueError(f"a sample at {at} does not come after the one at {self._at[self._count - 1]}")
        if self._count == len(self._at):
            self._at, self._value, self._stale = (
                np.concatenate([column, np.empty_like(column)]) for column in (self._at, self._value, self._stale)
            )
        self._at[self._count], self._value[self._count], self._stale[self._count] = at, value, stale
        self._count += 1

    @property
    def times(self) -> Times:
        """When each sample was scraped."""
        return self._at[: self._count]

    def samples(self) -> Iterator[tuple[int, float, bool]]:
        """Every sample as (when, value, whether it is a stale marker)."""
        columns = (column[: self._count].tolist() for column in (self._at, self._value, self._stale))
        return zip(*columns, strict=True)

    def between(self, first: int, last: int) -> tuple[Times, Values]:
        """The samples first <= index < last, without stale markers."""
        there = ~self._stale[first:last]
        return self._at[first:last][there], self._value[first:last][there]

    def newest(self, upto: int) -> tuple[int, float, bool] | None:
        """The last sample at or before an instant, as (when, value, whether it is a stale marker)."""
        index = int(np.searchsorted(self.times, upto, side="right")) - 1
        if index < 0:
            return None
        return int(self._at[index]), float(self._value[index]), bool(self._stale[index])


def begins_after(edge: int, compat: Compat) -> int:
    """The earliest instant that a range with this left edge holds."""
    return edge if compat == "prom2" else edge + 1


def instant(series: Series, at: int, *, compat: Compat) -> float | None:
    """The value that an instant query finds; None where there is none, or it is stale."""
    found = series.newest(at)
    if found is None or found[2] or found[0] < begins_after(at - LOOKBACK, compat):
        return None
    return found[1]


def within(series: Series, at: int, width: int, *, compat: Compat) -> tuple[Times, Values]:
    """The samples of a range query of a width that ends at an instant, stale markers left out."""
    times = series.times
    first = int(np.searchsorted(times, begins_after(at - width, compat), side="left"))
    return series.between(first, int(np.searchsorted(times, at, side="right")))
