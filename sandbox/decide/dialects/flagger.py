"""How Flagger's analysis loop checks metrics, counts failures, and decides to advance, halt or roll back.

fluxcd/flagger: pkg/controller/scheduler.go (advanceCanary, runAnalysis), scheduler_metrics.go, 2026.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from sandbox.base.units import NS_PER_SECOND

SHORTEST = 10 * NS_PER_SECOND
"""The shortest interval; Flagger takes what is shorter for this."""


class Answer(Enum):
    """What one metric says at one check."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    MISSING = "missing"


class Move(Enum):
    """What a tick concludes."""

    ADVANCE = "advance"
    HALT = "halt"
    WAIT = "wait"
    ROLL_BACK = "roll back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Failed checks of the whole rollout, which no success takes back; and what was concluded last, and when.

    `first` is which metric said so, -1 where none did.
    """

    failed: int = 0
    move: Move | None = None
    first: int = -1
    since: int = -1
    last_at: int = 0


def answered(value: float, *, low: float | None, high: float | None) -> Answer:
    """Whether a value is inside its range, its ends included."""
    if math.isnan(value):
        return Answer.MISSING
    outside = (low is not None and value < low) or (high is not None and value > high)
    return Answer.OUTSIDE if outside else Answer.INSIDE


def in_whole_ms(seconds: float) -> float:
    """A duration as request-duration counts it: milliseconds that have not ended do not count."""
    if math.isnan(seconds):
        return seconds
    # 0.3 s must be 300 ms although 0.3 * 1000 may fall short of it.
    return math.floor(round(seconds * 1_000.0, 6)) / 1_000.0


def due(loop: Loop, *, at: int, since: int, interval: int) -> bool:
    """Whether a tick is due: an interval after the step began, and then one every interval."""
    last = loop.last_at if loop.since == since else since
    return at >= last + interval


def ticked(
    loop: Loop, answers: Sequence[Answer], *, at: int, since: int, threshold: int, missing_fails: bool = True
) -> Loop:
    """One tick: rollback where enough checks have failed by then, else the check, which counts once at most.

    `missing_fails` as in Flagger; otherwise a check that misses a metric, and fails on none, is not counted.
    """
    after = replace(loop, since=since, last_at=at)
    if loop.failed >= threshold:
        return replace(after, move=Move.ROLL_BACK)
    bad = (Answer.OUTSIDE, Answer.MISSING) if missing_fails else (Answer.OUTSIDE,)
    for kinds, move in ((bad, Move.HALT), ((Answer.MISSING,), Move.WAIT)):
        first = next((place for place, answer in enumerate(answers) if answer in kinds), -1)
        if first >= 0:
            return replace(after, move=move, first=first, failed=loop.failed + (move is Move.HALT))
    return replace(after, move=Move.ADVANCE, first=-1)
