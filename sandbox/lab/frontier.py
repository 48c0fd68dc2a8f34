"""What settings come to, and which of them are worth a look: those that nothing else beats, and the best of all."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.lab.ranges import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What settings come to on one day, or on average over some: the mean net harm of harmful candidates, the ns until
    the null had everybody, the whole flight where it never had, and the parts of flights of harmful ones that were not
    rolled back and that were promoted, and of the null's that were rolled back and promoted.
    """

    harm: float
    exposure: float
    missed: float
    let_through: float
    false_rollbacks: float
    promoted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Settings that were tried, what they came to, by how much they break which bounds, and how many of them are not as
    the plan is written.
    """

    settings: Settings
    score: Score
    breaches: dict[str, float] = field(default_factory=dict)
    changes: int = 0

    @property
    def broken(self) -> tuple[str, ...]:
        """The bounds that are not kept."""
        return tuple(name for name, beyond in self.breaches.items() if beyond > 0.0)

    @property
    def allowed(self) -> bool:
        """Whether every bound is kept."""
        return not self.broken


def average(numbers: Sequence[float]) -> float:
    """The mean, 0 of none."""
    return math.fsum(numbers) / len(numbers) if numbers else 0.0


def frontier(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """The allowed trials that no other beats in both harm and exposure, by exposure.

    Of those that are equal in both it is the one with the fewest changes, and of these the first.
    """
    allowed = [one for one in trials if one.allowed]
    kept: dict[tuple[float, float], Trial] = {}
    for one in sorted(allowed, key=lambda one: one.changes):
        if not any(_beats(other.score, one.score) for other in allowed):
            kept.setdefault((one.score.exposure, one.score.harm), one)
    return tuple(kept[both] for both in sorted(kept))


def _beats(one: Score, other: Score) -> bool:
    return not _worse(one, other) and (one.harm, one.exposure) != (other.harm, other.exposure)


def _worse(one: Score, other: Score) -> bool:
    """Whether it is worse in either."""
    return one.harm > other.harm or one.exposure > other.exposure


def best(trials: Sequence[Trial], *, objective: str) -> Trial | None:
    """What the objective prefers among those allowed.

    Of equals it is the one with the fewest changes, and of these the first. Of a frontier it is what is nearest to the
    best of both, each measured from its best to its worst there; where the plan as written is allowed, only what is no
    worse than that in either, for to trade one for the other is nothing that a search may decide.
    """
    allowed = [one for one in trials if one.allowed]
    if not allowed:
        return None
    if objective != "frontier":
        return min(allowed, key=lambda one: (*in_order(one.score, objective), one.changes))
    edge = frontier(trials)
    written = next((one for one in allowed if not one.settings), None)
    if written is not None:
        edge = tuple(one for one in edge if not _worse(one.score, written.score))
    harms, exposures = [one.score.harm for one in edge], [one.score.exposure for one in edge]
    return min(edge, key=lambda one: _placed(one.score.harm, harms) + _placed(one.score.exposure, exposures))


def _placed(value: float, values: Sequence[float]) -> float:
    width = max(values) - min(values)
    return (value - min(values)) / width if width else 0.0


def in_order(score: Score, objective: str) -> tuple[float, ...]:
    """What an objective other than the frontier looks at, the first thing first."""
    return {
        "harm": (score.harm, score.exposure), "exposure": (score.exposure, score.harm),
        "misses": (score.missed, score.harm, score.exposure),
    }[objective]
