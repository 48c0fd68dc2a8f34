"""Requests that come in sessions: a user arrives, asks, and asks again for a while.

Sessions begin as a Poisson process. A block holds what falls into it of the sessions that began in it and in those
before it, as far back as a session may last: all of them drawn from their own blocks' streams, so that a block depends
on no other having been drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandbox.base.streams import stream
from sandbox.base.telemetry import Ints, Users
from sandbox.world.population import Sessions

Starts = Callable[[int, float], Ints]
"""Of block (number) and a part of the traffic's rate: (n,) ns, sorted, when that part of it would arrive."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """Draws the requests of blocks: slots (m,) as in `Crowd`, edge the begin of a block, starts its sessions'."""

    sessions: Sessions
    seed: int
    slots: npt.NDArray[np.int32]
    edge: Callable[[int], int]
    starts: Starts

    def requests(self, number: int) -> tuple[Ints, Users]:
        """When the requests of block `number` come, (n,) ns in order, and whose they are."""
        start, end = self.edge(number), self.edge(number + 1)
        times, users, begun = list[Ints](), list[Users](), number
        while self.edge(begun + 1) + self.sessions.longest > start:
            at, user = self._of(begun)
            inside = (at >= start) & (at < end)
            times.append(at[inside])
            users.append(user[inside])
            begun -= 1
        at, user = np.concatenate(times), np.concatenate(users)
        order = np.argsort(at, kind="stable")
        return at[order], user[order]

    def _of(self, number: int) -> tuple[Ints, Users]:
        """All requests of the sessions that begin in block `number`; below 0 they began before the flight did."""
        sessions = self.sessions
        starts = self.starts(number, 1.0 / sessions.mean_kept)
        n = len(starts)
        draws = stream(self.seed, "sessions" if number >= 0 else "sessions.before", block=abs(number))
        user = self.slots[draws.integers(0, len(self.slots), size=n, dtype=np.uint32)]
        lengths = draws.geometric(1.0 / sessions.requests, n)
        of = np.repeat(np.arange(n), lengths)
        gaps = draws.standard_exponential(len(of)) * sessions.gap
        first = np.cumsum(lengths) - lengths
        gaps[first] = 0.0
        passed = np.cumsum(gaps)
        since = (passed - passed[first][of]).astype(np.int64)
        kept = since < sessions.longest
        return (starts[of] + since)[kept], user[of][kept]
