"""Who is answered by which arm: an ordered, versioned table that decisions set and the world applies."""

from dataclasses import dataclass

from sandbox.base.arms import INCUMBENT


@dataclass(frozen=True, slots=True)
class Route:
    """One row: the segments it speaks for (None: all of them) and the share of each arm there."""

    shares: tuple[float, ...]
    segments: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if any(share < 0.0 for share in self.shares) or abs(sum(self.shares) - 1.0) > 1e-9:
            raise ValueError(f"the shares of a route add up to 1, not {self.shares}")


@dataclass(frozen=True, slots=True)
class RoutingTable:
    """The first row that speaks for a segment decides; who opted out stays on the incumbent.

    `shadow` is, for each arm, the part of other arms' requests it answers unseen.
    """

    version: int
    step: int
    routes: tuple[Route, ...]
    shadow: tuple[float, ...]

    @property
    def drawn(self) -> tuple[str, ...]:
        """The segments in which a share draws who is answered by whom; none says that it is so in all of them.

        Where nothing is drawn it is those of the first row.
        """
        rows = [route for route in self.routes if any(0.0 < share < 1.0 for share in route.shares)]
        rows = rows or [self.routes[0]]
        if any(route.segments is None for route in rows):
            return ()
        return tuple(name for route in rows for name in route.segments or ())

    def shares(self, segment: str) -> tuple[float, ...]:
        """The share of each arm in one segment."""
        for route in self.routes:
            if route.segments is None or segment in route.segments:
                return route.shares
        return (1.0,) + (0.0,) * (len(self.shadow) - 1)


def lanes(shares: tuple[float, ...]) -> tuple[tuple[float, int], ...]:
    """Where each arm lies on the unit line: (upper edge, arm) in rising order, the last edge 1.

    With K candidates each has its own lane of width 1/K and grows from the lane's left end, so a user who is on a
    candidate stays there as its share grows. What does not fit in its lane spills into room that lanes left free,
    first lane first; with one candidate nothing ever spills.
    """
    count = len(shares) - 1
    width = 1.0 / count
    spill = [(arm, shares[arm] - width) for arm in range(1, count + 1) if shares[arm] > width]
    edges: list[tuple[float, int]] = []
    for arm in range(1, count + 1):
        left, right = (arm - 1) * width, arm * width if arm < count else 1.0
        at = min(left + shares[arm], right)
        edges.append((at, arm))
        while spill and at < right:
            other, rest = spill[0]
            taken = min(rest, right - at)
            at += taken
            edges.append((at, other))
            spill = ([(other, rest - taken)] if rest - taken > 1e-12 else []) + spill[1:]
        edges.append((right, INCUMBENT))
    return tuple(edges)


def lowers(before: RoutingTable, wanted: RoutingTable) -> bool:
    """Whether the incumbent gets a larger share anywhere than it had."""
    names = _named(before, wanted)
    return any(wanted.shares(name)[INCUMBENT] > before.shares(name)[INCUMBENT] + 1e-12 for name in names)


def blended(before: RoutingTable, wanted: RoutingTable, *, part: float) -> tuple[Route, ...]:
    """The routes that are wanted, but where they lower a candidate's share `part` of what they take from it stays."""
    alike: dict[tuple[float, ...], list[str]] = {}
    for name in _named(before, wanted):
        had, gets = before.shares(name), wanted.shares(name)
        kept = [new + max(0.0, old - new) * part for old, new in zip(had[1:], gets[1:], strict=True)]
        alike.setdefault((1.0 - sum(kept), *kept), []).append(name)
    rest = next(shares for shares, names in alike.items() if "" in names)
    some = tuple(Route(shares, tuple(names)) for shares, names in alike.items() if shares != rest)
    return (*some, Route(rest))


def _named(*tables: RoutingTable) -> tuple[str, ...]:
    """Every segment that a table names, and at last the empty name, which stands for the rest."""
    named = [name for table in tables for route in table.routes for name in route.segments or ()]
    return (*dict.fromkeys(named), "")


def idle_table(arms: int) -> RoutingTable:
    """The table before a ramp begins: the incumbent answers everybody."""
    shares = (1.0,) + (0.0,) * (arms - 1)
    return RoutingTable(version=0, step=-1, routes=(Route(shares),), shadow=(0.0,) * arms)
