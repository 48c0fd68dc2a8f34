"""The oracle: the script with the least harm among those it tried, on the same day; it alone knows the truth.

It tries each move and each recipe it is given at the first instant, the best of them at later ones, and then each move
again after the best: no more than `budget` flights in all, and never more than two moves but for recipes. That is a
stated set, not all that could be done: whoever does better than the oracle has found a reason to widen it. Doing
nothing is one of the scripts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.base.units import NS_PER_SECOND
from sandbox.drill.air import Script
from sandbox.record.sittings import Given

MINUTE = 60 * NS_PER_SECOND
LATER = (5 * MINUTE, 15 * MINUTE)
"""How much later than the first instant the better moves are tried, too."""
BETTER = 2
"""How many of the moves those are."""
THEN = 10 * MINUTE
"""How long after the best move a second one is tried."""
BUDGET = 24

Move = tuple[str, dict[str, Any]]
"""A command's kind and arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """The best script, what it cost, the flight it made, and how many were tried."""

    script: Script
    cost: int
    flight: Flight = field(repr=False)
    tried: int

    @property
    def says(self) -> str:
        """Its script in words."""
        done = ", ".join(f"{told(one)} at {clock(one.at)}" for one in self.script)
        among = f"the best of {self.tried} scripts tried" if self.tried > 1 else "nothing else had to be tried"
        return f"{done or 'nothing, at any time'}; {among}"


def told(given: Given) -> str:
    """A command in words."""
    arguments = " ".join(f"{key} {value}" for key, value in given.arguments.items())
    return f"{given.kind} ({arguments})" if arguments else given.kind


def oracle(
    fly: Callable[[Script], Flight], cost: Callable[[Flight], int], *, still: Flight, moves: Sequence[Move],
    recipes: Sequence[Script] = (), first: int, budget: int = BUDGET,
) -> Oracle:
    """The best script; `still` is the flight in which nothing is done, `first` the instant from which it may act, and
    at which recipes begin.
    """
    tried = [_Tried((), cost(still), still)]

    def attempt(scripts: Iterator[Script]) -> None:
        for script in scripts:
            if len(tried) < budget and script[-1].at < still.ended_at:
                flight = fly(script)
                tried.append(_Tried(script, cost(flight), flight))

    attempt((Given(at=first, kind=kind, arguments=said),) for kind, said in moves)
    attempt(iter(recipes))
    good = sorted(tried[1:], key=_Tried.rank)[:BETTER]
    attempt(moved(one.script, by=late) for one in good for late in LATER)
    best = min(tried, key=_Tried.rank).script
    if best:
        attempt((*best, Given(at=best[-1].at + THEN, kind=kind, arguments=said)) for kind, said in moves)
    least = min(tried, key=_Tried.rank)
    return Oracle(script=least.script, cost=least.cost, flight=least.flight, tried=len(tried))


@dataclass(frozen=True, slots=True)
class _Tried:
    script: Script
    cost: int
    flight: Flight

    def rank(self) -> tuple[int, int]:
        """The cheaper comes first, and of equals the one that does less."""
        return self.cost, len(self.script)


def moved(script: Script, *, by: int) -> Script:
    """The same commands, later."""
    return tuple(Given(at=one.at + by, kind=one.kind, arguments=one.arguments) for one in script)
