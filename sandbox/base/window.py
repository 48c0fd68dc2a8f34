"""Mergeable window aggregates: one vector of integer counts whose layout names its parts.

Counts are integers, sums in fixed point, so merging is exact and knows no order: two halves of a window add up to the
window bit for bit, however time was cut.
"""

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.digest import fingerprint

SCHEMA = 3
"""Version of the layout; a stored window carries it."""

SERVED, SHADOW = 0, 1
"""Second axis of most parts: answers that users saw, and answers nobody was shown."""

LATENCY_ACCURACY = 0.01
"""A quantile read from the latency histogram is within this relative error."""

LATENCY_BASE = (1.0 + LATENCY_ACCURACY) / (1.0 - LATENCY_ACCURACY)
LATENCY_FLOOR_NS = 100_000
"""Latencies at or below this share the first bucket."""
LATENCY_BUCKETS = 2 + math.ceil(math.log(1_000 * 1_000_000_000 / LATENCY_FLOOR_NS) / math.log(LATENCY_BASE))
"""Buckets up to 1,000 seconds; what is slower shares the last."""

SCORE_BINS = 100
"""Equal-width bins of the score; calibration and AUC are read from them."""

FEATURE_BINS = 10
"""Reference-quantile bins of a feature; one more holds what is missing."""

USER_BUCKETS = 64
"""Users lie in buckets by a hash of who they are: sums by bucket tell how far users, not requests, agree."""

FAILED_SOMEHOW = 0
"""First events: 0 a request without an answer in time, 1 to 3 the status of one, 4 on an answer slower than a limit."""
FIRST_SLOW = 4
USER_LATENCY, USER_COST, USER_SLOW = 4, 5, 6
"""Columns of a bucket's sums: the four statuses, ns of latency, cost, and answers slower than each limit."""
USER_BRIER, USER_OFFSET = 4, 5
"""Columns of a bucket's label sums: the confusion matrix (label * 2 + decision), the Brier sum, and that of score minus
label."""

MOST_LIMITS = 24
"""More limits of latency than this cannot be watched in one flight."""

FIXED_POINT = 1 << 32
"""Sums of fractions are kept in units of 1 / FIXED_POINT."""

LOSS_POINT = 1 << 24
"""Sums of logarithmic losses are kept in units of 1 / LOSS_POINT: a loss can be 16, its square 260."""

GAUGES = ("waiting", "slots", "cpu", "memory")
"""What is read of a pool at every tick, kept as a sum and a sum of squares: requests, slots, thousandths of the slots
at work, megabytes of one replica."""

AGAIN = ("fallbacks", "seconds", "refused", "shed")
"""What clients did besides asking and asking again, and what turned them away, counted at a pool: as in
`telemetry.Again`."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """Which part of the vector holds what: (name, shape) in order."""

    arms: tuple[str, ...]
    segments: tuple[str, ...]
    groups: tuple[str, ...]
    features: tuple[str, ...]
    limits: tuple[int, ...] = ()
    """The latencies in ns that answers are counted beyond, rising."""
    strata: tuple[int, ...] = ()
    """For each segment its stratum, from 0, where segments have shares of their own: then the buckets of users are
    divided among strata, so that a bucket holds users of one. Empty where shares are the same for all."""
    grades: bool = False
    """Whether scores are counted by group and label: only where a policy may move a group's threshold by them."""

    again: bool = False
    """Whether more is counted at pools than retries: only where a service does more."""
    leaving: bool = False
    """Whether users who do not come again are counted: only where somebody asks."""

    @cached_property
    def buckets(self) -> tuple[Counts, int]:
        """For each segment (segments,) the first bucket that its users may lie in, and how many there are for them."""
        width = USER_BUCKETS // (max(self.strata, default=0) + 1)
        return np.array(self.strata or (0,) * len(self.segments), dtype=np.int64) * width, width

    @classmethod
    def stored(cls, facts: Mapping[str, Any]) -> "Layout":
        """The layout that a flight was landed with."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()
        }
        return cls(**values)

    @cached_property
    def parts(self) -> dict[str, tuple[int, tuple[int, ...]]]:
        """Offset and shape of each part, by name."""
        arms, segments, groups, features = map(len, (self.arms, self.segments, self.groups, self.features))
        limits = len(self.limits)
        cells = (arms, 2, segments, groups)
        shapes: dict[str, tuple[int, ...]] = {
            "offered": cells,
            "status": (*cells, 4),
            "latency": (arms, 2, segments, LATENCY_BUCKETS),
            "latency_ns": (arms, 2, segments),
            "cost": (arms, 2),
            "score": (arms, 2, 2, SCORE_BINS),
            "yes": cells,
            "users": (arms,),
            "feature": (arms, features, FEATURE_BINS + 1),
            "feature_rows": (arms,),
            "contract": (arms, features),
            "age_ns": (arms,),
            "age_rows": (arms,),
            "age_square": (arms, 2),
            "span_ns": (1,),
            "scrapes": (arms,),
            **{f"gauge_{name}": (arms, 2) for name in GAUGES},
            "retries": (arms,),
            "busy_ns": (arms,),
            "slot_ns": (arms,),
            "labels_seen": (arms, 2),
            "label_delay_ms": (arms, 2),
            "label_delay_square": (arms, 2),
            "slower": (arms, 2, limits),
            "first_event": (arms, FIRST_SLOW + limits),
            "user_sums": (arms, 2, USER_BUCKETS, USER_SLOW + limits),
            **dict.fromkeys(AGAIN if self.again else (), (arms,)),
        }
        return _offsets(shapes)

    @cached_property
    def label_parts(self) -> dict[str, tuple[int, tuple[int, ...]]]:
        """Offset and shape of each part of a matured cohort, by name."""
        arms, segments, groups = map(len, (self.arms, self.segments, self.groups))
        shapes: dict[str, tuple[int, ...]] = {
            "confusion": (arms, 2, segments, groups, 2, 2),
            "calibration_n": (arms, 2, SCORE_BINS),
            "calibration_score": (arms, 2, SCORE_BINS),
            "calibration_positive": (arms, 2, SCORE_BINS),
            "score_sum": (arms, 2, segments, groups),
            "brier": (arms, 2, segments, groups, 2),
            "log_loss": (arms, 2, segments, groups, 2),
            "routed": (arms, 2, segments, groups),
            "voices": (arms, segments, groups, 2),
            "first_wrong": (arms,),
            "user_labels": (arms, 2, USER_BUCKETS, USER_OFFSET + 1),
        }
        if self.grades:
            shapes["grades"] = (arms, groups, 2, SCORE_BINS)
        if self.leaving:
            shapes["gone"] = (arms, segments, groups)
        return _offsets(shapes)

    @cached_property
    def size(self) -> int:
        """Length of a window's vector."""
        return _size(self.parts)

    @cached_property
    def label_size(self) -> int:
        """Length of a matured cohort's vector."""
        return _size(self.label_parts)

    def part(self, counts: Counts, name: str) -> Counts:
        """A view of one part of a window's (or cohort's) vector, in its shape."""
        table = self.parts if name in self.parts else self.label_parts
        offset, shape = table[name]
        return counts[offset : offset + math.prod(shape)].reshape(shape)


def _offsets(shapes: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, tuple[int, ...]]]:
    offset, table = 0, {}
    for name, shape in shapes.items():
        table[name] = (offset, shape)
        offset += math.prod(shape)
    return table


def _size(parts: dict[str, tuple[int, tuple[int, ...]]]) -> int:
    return sum(math.prod(shape) for _, shape in parts.values())


@dataclass(frozen=True, slots=True)
class Sparse:
    """A vector of counts kept as its non-zero entries: at (k,) index, count (k,)."""

    size: int
    at: npt.NDArray[np.int32]
    count: Counts

    @classmethod
    def of(cls, counts: Counts) -> "Sparse":
        """The non-zero entries of a dense vector."""
        at = np.flatnonzero(counts)
        return cls(len(counts), at.astype(np.int32), counts[at])

    @property
    def hash(self) -> str:
        """What the journal says of the counts, so that nobody can change them unseen."""
        return fingerprint(self.at.tobytes() + self.count.tobytes())

    def dense(self) -> Counts:
        """The vector again."""
        counts = np.zeros(self.size, dtype=np.int64)
        counts[self.at] = self.count
        return counts

    def add_to(self, counts: Counts) -> None:
        """Merge into a dense accumulator that the caller owns."""
        counts[self.at] += self.count

    def packed(self) -> "Packed":
        """The same in few bytes, for windows that are kept and seldom read."""
        gaps = np.diff(self.at, prepend=0).astype(np.int32)
        return Packed(self.size, len(self.at), zlib.compress(self.count.tobytes() + gaps.tobytes(), level=1))


@dataclass(frozen=True, slots=True)
class Packed:
    """A sparse vector in few bytes: a long flight keeps thousands of them."""

    size: int
    entries: int
    data: bytes = field(repr=False)

    def opened(self) -> Sparse:
        """The vector as it was."""
        raw = zlib.decompress(self.data)
        at = np.cumsum(np.frombuffer(raw, np.int32, self.entries, 8 * self.entries), dtype=np.int32)
        return Sparse(self.size, at, np.frombuffer(raw, np.int64, self.entries))

    @property
    def hash(self) -> str:
        """What the journal says of the counts."""
        return self.opened().hash

    def packed(self) -> "Packed":
        """Itself."""
        return self

    @property
    def at(self) -> npt.NDArray[np.int32]:
        """The index of each entry (k,)."""
        return self.opened().at

    @property
    def count(self) -> Counts:
        """The count of each entry (k,)."""
        return self.opened().count

    def dense(self) -> Counts:
        """The vector again."""
        return self.opened().dense()

    def add_to(self, counts: Counts) -> None:
        """Merge into a dense accumulator that the caller owns."""
        self.opened().add_to(counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What was observed in [start, end) about requests routed at one step of the ramp.

    `visible_at` is when a decision may first read it; `matured` says that the counts are the labels of requests
    *routed* in [start, end), read once their labels had time to arrive.
    """

    index: int
    start: int
    end: int
    visible_at: int
    step: int
    share: tuple[float, ...]
    matured: bool
    counts: Sparse | Packed = field(repr=False)
