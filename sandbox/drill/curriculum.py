"""The order in which a team sits families, and what one operator should sit next."""

from collections.abc import Sequence

from sandbox.drill.family import Family
from sandbox.record.sittings import Filed

PASSED = 70.0
"""Points from which a family counts as learned, on average over the last sittings of it."""
LAST = 3
"""So many."""


def in_order(families: Sequence[Family]) -> list[Family]:
    """Families from the easy to the hard, and by name."""
    return sorted(families, key=lambda one: (one.table.level, one.name))


def suggested(families: Sequence[Family], sat: Sequence[Filed]) -> str:
    """The first family of the curriculum that is not learned; else the one with the fewest points."""
    averages = {one.name: average(sat, one.name) for one in in_order(families)}
    for name, points in averages.items():
        if points is None or points < PASSED:
            return name
    return min(averages, key=lambda name: averages[name] or 0.0)


def average(sat: Sequence[Filed], family: str) -> float | None:
    """The mean of the last sittings of a family that were scored; None where there were none."""
    points = [scored(one) for one in sat if one.family == family and one.debriefed and one.mode != "practice"][-LAST:]
    return sum(points) / len(points) if points else None


def scored(one: Filed) -> float:
    """The points of a sitting that was debriefed."""
    return float(one.debriefed["points"]["total"])
