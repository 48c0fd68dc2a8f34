"""Who comes when: the requests of a block, in order, and whose they are.

Most traffic is a Poisson process, drawn block by block, each request of a user drawn by activity. Where requests hang
together over time, as in sessions or behind a connection that comes and goes, a block holds what falls into it of what
began in it and in those before it, as far back as that may reach: all drawn from the streams of the blocks in which it
began, so that a block depends on no other having been drawn. Who draws them in order has what was left over from the
last at hand; who does not draws it again.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sandbox.base.streams import stream
from sandbox.base.telemetry import Ints, Users
from sandbox.base.units import NS_PER_SECOND
from sandbox.world.drift.feedback import Feedback
from sandbox.world.population import Sessions
from sandbox.world.spec import WorldSpec
from sandbox.world.traffic.edge import Edge
from sandbox.world.traffic.replay import Replay

Requests = tuple[Ints, Users]
"""When requests come, (n,) ns, and whose they are, (n,)."""


class Coming:
    """The requests of made-up traffic; slots (m,) as in `Crowd`."""

    def __init__(self, spec: WorldSpec, slots: npt.NDArray[np.int32], *, block_ns: int) -> None:
        assert not isinstance(spec.traffic, Replay)
        self._traffic = spec.traffic
        self._seed, self._duration, self._slots = spec.seed, spec.duration, slots
        self._sessions = spec.users.sessions
        self._block_ns = block_ns
        self._beat = next((drift.every for drift in spec.drift if isinstance(drift, Feedback)), None)
        self._over: tuple[int, Requests] = -1, (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32))
        self._phase = _phases(spec.traffic, users=spec.users.count, seed=spec.seed)

    def edge(self, number: int) -> int:
        """When block `number` begins: every so often, and where there is a feedback loop at its instants too."""
        if self._beat is None:
            return number * self._block_ns
        parts = -(-self._beat // self._block_ns)
        return number // parts * self._beat + number % parts * self._beat // parts

    def requests(self, number: int) -> Requests:
        """Those of block `number`, in order."""
        if self._sessions is not None:
            sessions = self._sessions
            return self._reaching_into(number, lambda begun: self._sessions_of(begun, sessions), sessions.longest)
        if isinstance(self._traffic, Edge):
            traffic = self._traffic
            return self._reaching_into(number, lambda begun: self._sent(begun, traffic), traffic.longest)
        at = self._poisson("traffic", number)
        return at, self.askers("user", number, len(at))

    def askers(self, component: str, number: int, n: int) -> Users:
        """(n,) who asks, each drawn by activity."""
        draws = stream(self._seed, component, block=number)
        return self._slots[draws.integers(0, len(self._slots), size=n, dtype=np.uint32)]

    def _reaching_into(self, number: int, begun_in: Callable[[int], Requests], longest: int) -> Requests:
        """Those of a block, of all that began in a block and reach at most `longest` ns further."""
        if self._over[0] != number:
            self._over = number, self._left_over(number, begun_in, longest)
        begun, over = begun_in(number), self._over[1]
        at, user = np.concatenate([begun[0], over[0]]), np.concatenate([begun[1], over[1]])
        inside = at < min(self.edge(number + 1), self._duration)
        self._over = number + 1, (at[~inside], user[~inside])
        at, user = at[inside], user[inside]
        order = np.lexsort((user, at))
        return at[order], user[order]

    def _left_over(self, number: int, begun_in: Callable[[int], Requests], longest: int) -> Requests:
        """What began before a block and comes in it or later."""
        start, begun = self.edge(number), number - 1
        times, users = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int32)]
        while self.edge(begun + 1) + longest > start:
            at, user = begun_in(begun)
            times.append(at[at >= start])
            users.append(user[at >= start])
            begun -= 1
        return np.concatenate(times), np.concatenate(users)

    def _sessions_of(self, number: int, sessions: Sessions) -> Requests:
        """All requests of the sessions that begin in a block."""
        starts = self._poisson("sessions", number, part=1.0 / sessions.mean_kept)
        user = self.askers(*_before("sessions.user", number), len(starts))
        component, block = _before("sessions.within", number)
        of, since = sessions.drawn(len(starts), stream(self._seed, component, block=block))
        return starts[of] + since, user[of]

    def _sent(self, number: int, traffic: Edge) -> Requests:
        """All requests that clients had in a block, when they were sent."""
        assert self._phase is not None
        had = self._poisson("traffic", number, steady=traffic.mean)
        user = self.askers(*_before("user", number), len(had))
        component, block = _before("traffic.sent", number)
        luck = stream(self._seed, component, block=block).random(len(had))
        return traffic.sent(had, self._phase[user], luck), user

    def _poisson(self, component: str, number: int, *, part: float = 1.0, steady: float | None = None) -> Ints:
        """(n,) ns of a Poisson process at a part of the traffic's rate, or at a `steady` one of so many a second."""
        start, end = self.edge(number), min(self.edge(number + 1), self._duration)
        if number < 0 and steady is None:  # before the flight as many come as in its first moments
            moment = 1e-3 * (end - start) / NS_PER_SECOND
            steady = part * float(np.diff(self._traffic.expected(np.array([0.0, moment])))[0]) / moment
        edges = np.linspace(start, end, 65)
        if steady is not None:
            expected = steady * edges / NS_PER_SECOND
        else:
            corners = self._traffic.corners(start / NS_PER_SECOND, end / NS_PER_SECOND) * NS_PER_SECOND
            if len(corners):
                edges = np.union1d(edges, np.clip(corners, start, end))
            expected = self._traffic.expected(edges / NS_PER_SECOND) * part
        expected -= expected[0]
        component, block = _before(component, number)
        draws = stream(self._seed, component, block=block)
        count = int(draws.poisson(expected[-1]))
        gaps = draws.standard_exponential(count + 1)
        points = np.cumsum(gaps)
        points *= expected[-1] / points[-1]
        at = np.interp(points[:count], expected, edges)
        return np.minimum(at.astype(np.int64), end - 1)


def _before(component: str, number: int) -> tuple[str, int]:
    """The stream of a block that may lie before the flight."""
    return (component, number) if number >= 0 else (f"{component}.before", -number)


def _phases(traffic: object, *, users: int, seed: int) -> Ints | None:
    """(u,) ns into a cycle at which each client connects; None where clients are always connected."""
    if not isinstance(traffic, Edge):
        return None
    phase = (stream(seed, "traffic.phase").random(users) * traffic.every).astype(np.int64)
    return np.where(stream(seed, "traffic.together").random(users) < traffic.together, 0, phase)
