"""The order of things at one instant: the world changes, then it is observed, judged, and acted upon."""

from enum import IntEnum

import simpy


class Rank(IntEnum):
    """Who goes first at one instant; SimPy runs lower ranks first and keeps 0 for its own."""

    WORLD = 1
    OBSERVE = 2
    DECIDE = 3
    ACT = 4


class Instant(simpy.Event):
    """An event at a time of the flight's clock, in ns, in the order of its rank."""

    def __init__(self, env: simpy.Environment, *, at: int, rank: Rank) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, priority=int(rank), delay=at - env.now)  # type: ignore[arg-type]
