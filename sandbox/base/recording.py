"""Recorded traffic as columns, in order of time, before any scenario bends it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Recording:
    """What a replay file says, sorted by time.

    at (n,) ns from the start of the flight, already divided by the speed-up; features (n, d) float64, categorical
    ones as codes into `categories[name]`, NaN where missing; user, segment, group (n,) codes into the names beside
    them; label (n,) 0, 1 or -1 where it never came; label_at (n,) ns on the clock of `at`, -1 where it never came;
    scores and latencies (n,) by model, latencies in ns as recorded (not divided by the speed-up).
    began is when the first request came, in seconds since 1970, where the file says dates.
    """

    at: npt.NDArray[np.int64]
    feature_names: tuple[str, ...]
    features: npt.NDArray[np.float64]
    categories: dict[str, tuple[str, ...]]
    user: npt.NDArray[np.int32]
    users: int
    segment: npt.NDArray[np.uint8]
    segments: tuple[str, ...]
    group: npt.NDArray[np.uint8]
    groups: tuple[str, ...]
    label: npt.NDArray[np.int8]
    label_at: npt.NDArray[np.int64]
    scores: dict[str, npt.NDArray[np.float32]] = field(default_factory=dict)
    latencies: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    user_names: tuple[str, ...] | None = None
    began: float | None = None

    def __len__(self) -> int:
        return len(self.at)

    def taken(self, rows: npt.NDArray[np.int64]) -> "Recording":
        """The requests of these rows (m,), in this order."""
        columns: dict[str, Any] = {name: getattr(self, name)[rows] for name in _COLUMNS}
        scores = {name: column[rows] for name, column in self.scores.items()}
        latencies = {name: column[rows] for name, column in self.latencies.items()}
        return replace(self, **columns, scores=scores, latencies=latencies)


_COLUMNS = ("at", "features", "user", "segment", "group", "label", "label_at")
"""What holds a value a request, beside what is told by model."""


class FeatureColumns(Mapping[str, npt.NDArray[np.generic]]):
    """What a callable model is given: feature name to column, numbers as float64 and categories as text."""

    def __init__(
        self, *, names: tuple[str, ...], matrix: npt.NDArray[np.floating], categories: dict[str, tuple[str, ...]]
    ) -> None:
        self._names = names
        self._matrix = matrix
        self._categories = categories

    def __getitem__(self, name: str) -> npt.NDArray[np.generic]:
        column = self._matrix[:, self._names.index(name)] if name in self._names else None
        if column is None:
            raise KeyError(name)
        if name not in self._categories:
            return column.astype(np.float64)
        words = np.array([*self._categories[name], ""], dtype=object)
        codes = np.where(np.isnan(column), len(words) - 1, column).astype(np.int64)
        return words[codes]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
