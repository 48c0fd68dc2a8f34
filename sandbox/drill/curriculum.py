"""The order in which a team sits families, and what one operator should sit next."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.drill.family import Family
from sandbox.record.sittings import Filed
from sandbox.scenario.tables.curriculum import LAST, PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Curriculum:
    """Families in the order in which they are sat; one counts as learned from `passed` points on, on average over its
    last sittings, so many.
    """

    families: tuple[Family, ...]
    passed: float = PASSED
    last: int = LAST
    title: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """What its families are called."""
        return tuple(one.name for one in self.families)

    def suggested(self, sat: Sequence[Filed]) -> str:
        """The first family that is not learned; else the one with the fewest points."""
        averages = {name: self.average(sat, name) for name in self.names}
        for name, points in averages.items():
            if points is None or points < self.passed:
                return name
        return min(averages, key=lambda name: averages[name] or 0.0)

    def average(self, sat: Sequence[Filed], family: str) -> float | None:
        """The mean of the last sittings of a family that were scored; None where there were none."""
        scored = [points(one) for one in sat if one.family == family and one.debriefed and one.mode != "practice"]
        counted = scored[-self.last :]
        return sum(counted) / len(counted) if counted else None


def in_order(families: Sequence[Family]) -> list[Family]:
    """Families from the easy to the hard, and by name: the order where nobody wrote another."""
    return sorted(families, key=lambda one: (one.table.level, one.name))


def points(one: Filed) -> float:
    """The points of a sitting that was debriefed."""
    return float(one.debriefed["points"]["total"])
