"""What a service could report about itself: the only columns that observation ever sees."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]
Users = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

Columns = TypeVar("Columns", "Arrivals", "Answers", "Labels", "Feedback")


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Requests as they were routed, in order of arrival.

    first_seq number of the first request; at (n,) ns; arm, segment, group (n,) codes; user (n,) index;
    shadow (n, arms) whether the arm also answers unseen; features (n, d) as served, NaN where missing, or None
    where nobody reads them; age (n,) ns of the features, or None; split (n,) whether a share of its step drew the
    arm (an opt-out or a segment without one did not), or None: one always did; came (n,) whether the request came at
    all (its user had not left), watched (n,) whether anybody may look at its features; None: all did, all may.
    """

    first_seq: int
    at: Ints
    arm: Codes
    segment: Codes
    group: Codes
    user: Users
    shadow: Flags
    features: Floats | None
    age: Ints | None
    split: Flags | None = None
    came: Flags | None = None
    watched: Flags | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """Requests that ended, by when they ended; a shadow row is an answer nobody was shown.

    arm, segment, group, status (n,) codes; shadow (n,) flag; arrived (n,) ns; latency (n,) ns from arrival to end;
    score (n,) 0 to 1, NaN where none was given; decision (n,) flag; cost (n,) micro-units; user (n,) index.
    """

    arm: Codes
    shadow: Flags
    segment: Codes
    group: Codes
    user: Users
    status: Codes
    arrived: Ints
    latency: Ints
    score: Floats
    decision: Flags
    cost: Ints

    def __len__(self) -> int:
        return len(self.arm)


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels that became known, joined to the answer they speak about.

    arm, segment, group (n,) codes; shadow (n,) flag; arrived (n,) ns of the request; due (n,) ns when the label became
    known; score (n,); decision (n,) flag; label (n,) flag; user (n,) index.
    """

    arm: Codes
    shadow: Flags
    segment: Codes
    group: Codes
    user: Users
    arrived: Ints
    due: Ints
    score: Floats
    decision: Flags
    label: Flags

    def __len__(self) -> int:
        return len(self.arm)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What users said about how they were served.

    arm, segment, group (n,) codes; arrived (n,) ns of the request; due (n,) ns when they said it; praise (n,) flag,
    else a complaint.
    """

    arm: Codes
    segment: Codes
    group: Codes
    arrived: Ints
    due: Ints
    praise: Flags

    def __len__(self) -> int:
        return len(self.arm)


@dataclass(frozen=True, slots=True)
class Again:
    """What clients and what stands between them and a pool did over a stretch: retries that reached it, requests that
    fell back from it, second tries, tries that its breaker refused, and those that it shed."""

    retries: int = 0
    fallbacks: int = 0
    seconds: int = 0
    refused: int = 0
    shed: int = 0


NOTHING_AGAIN = Again()


@dataclass(frozen=True, slots=True)
class PoolReading:
    """One pool at the end of a stretch: slots that exist, those at work, requests that wait, bytes that one replica
    holds; and over the stretch in ns of slot time, the work that was started and the work that could have been, and
    what came again.

    `scraped` says that the stretch ended where gauges are read, at the end of a tick.
    """

    arm: int
    slots: int
    busy: int
    waiting: int
    memory: int
    work_ns: int
    room_ns: int
    scraped: bool
    again: Again = NOTHING_AGAIN


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Everything a stretch of time [start, end) reported."""

    start: int
    end: int
    arrivals: tuple[Arrivals, ...]
    answers: tuple[Answers, ...]
    labels: tuple[Labels, ...]
    pools: tuple[PoolReading, ...]
    feedback: tuple[Feedback, ...] = ()


def only(columns: Columns, rows: Flags | slice | npt.NDArray[np.intp]) -> Columns:
    """Some of the rows (n,) of columns that were reported together."""
    taken: dict[str, Any] = {
        one.name: getattr(columns, one.name)[rows] for one in fields(columns)
        if isinstance(getattr(columns, one.name), np.ndarray)
    }
    return replace(columns, **taken)


def joined(parts: Sequence[Columns]) -> Columns:
    """The rows of all parts as one; what is no column is the first one's."""
    return parts[0] if len(parts) == 1 else gathered([(part, slice(None)) for part in parts])


def gathered(parts: Sequence[tuple[Columns, slice]]) -> Columns:
    """Some rows of each part as one, as if each were cut out and all were joined; what is no column is the first's."""
    first, rows = parts[0]
    if len(parts) == 1:
        return only(first, rows)
    whole: dict[str, Any] = {
        one.name: np.concatenate([getattr(part, one.name)[rows] for part, rows in parts]) for one in fields(first)
        if isinstance(getattr(first, one.name), np.ndarray)
    }
    return replace(first, **whole)
