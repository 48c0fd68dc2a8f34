"""Pools whose clients ask again, ask twice, or ask somebody else: served together, event by event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandbox.base.telemetry import Codes, Flags, Ints
from sandbox.world.services import mesh_tables as tables
from sandbox.world.services.kernel import NEVER, PoolState
from sandbox.world.services.mesh_kernel import BUCKET, DONE, advance
from sandbox.world.services.mesh_tables import Mesh
from sandbox.world.services.service import Service

ROOM = 256
"""Requests that the tables hold at first."""

SLOTS: tuple[tuple[str, int], ...] = (
    ("free_at", int(NEVER)), ("open_key", -1), ("open_start", 0), ("open_published", 0), ("open_status", 0),
)
"""The columns of a pool's slots as `mesh_tables.FREE_AT` and on, and what stands in them where there is no slot."""


@dataclass(frozen=True, slots=True)
class Requests:
    """New requests in order of arrival: at (n,) ns, key, pool (n,); urgent, shadow (n,) flags."""

    at: Ints
    key: Ints
    pool: Ints
    urgent: Flags
    shadow: Flags

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True, slots=True)
class Offers:
    """What each pool is offered with each request m: demand (2, p, m) ns of a first and a second try, lost (2, p, m)
    whether it gets there, fails (16, p, m) by the number of the try, wait (8, p, m) ns before each round."""

    demand: Ints
    lost: Flags
    fails: Flags
    wait: Ints

    @classmethod
    def blank(cls, pools: int, n: int) -> "Offers":
        """Of n requests to so many pools, to be filled in: nothing errs and nothing is lost."""
        return cls(
            demand=np.zeros((2, pools, n), dtype=np.int64), lost=np.zeros((2, pools, n), dtype=np.bool_),
            fails=np.zeros((2 * tables.NUMBERS, pools, n), dtype=np.bool_),
            wait=np.zeros((tables.NUMBERS, pools, n), dtype=np.int64),
        )


@dataclass(frozen=True, slots=True)
class Endings:
    """Fates that are final, in the order in which they became known: key, pool asked first, status, published, start
    (n,), and by (n,) the pool whose answer it is."""

    key: Ints
    pool: Ints
    status: Codes
    published: Ints
    start: Ints
    by: Ints


OffersOf = Callable[[Ints, Ints], Offers]
"""What the pools are offered with requests key (m,) that are asked, for the time being, of pool (m,)."""


class MeshOfPools:
    """Some pools, everybody who asks them, and what stands between: a try that fails at one may come to another."""

    def __init__(
        self, services: Sequence[Service], pools: Sequence[PoolState], *, mean_service_s: Sequence[float],
        fallback: Sequence[int],
    ) -> None:
        """Each pool falls back to that one, to `mesh_tables.NOBODY`, or at -1 not at all."""
        self._pools = pools
        self._columns = _columns_of(services, fallback)
        self._parts = _parts_of(services, mean_service_s)
        self._ring = np.zeros((len(pools), max(1, int(self._columns[:, tables.OF_LAST].max()))), dtype=np.int64)
        self._requests, self._tries = _blank(ROOM)
        self._free_requests, self._free_tries = np.arange(ROOM)[::-1].copy(), np.arange(2 * ROOM)[::-1].copy()
        self._totals = np.zeros(tables.TOTALS, dtype=np.int64)
        self._totals[[tables.REQUESTS_FREE, tables.TRIES_FREE]] = ROOM, 2 * ROOM
        self._events = np.empty((8 * ROOM, tables.EVENT_COLUMNS), dtype=np.int64)
        self._now = 0

    def news(self, pool: int) -> tuple[int, ...]:
        """What was counted at a pool since the last time this was asked, as `mesh_tables.RETRIED` and on."""
        counted = self._columns[pool, tables.COUNTED]
        fresh = tuple(counted.tolist())
        counted[:] = 0
        return fresh

    @property
    def waiting(self) -> int:
        """How many requests have no fate and nothing at any pool: they wait to ask again."""
        asking = (self._requests[:, tables.KEY] >= 0) & (self._requests[:, tables.OVER] == 0)
        return int((asking & (self._requests[:, tables.OPEN] == 0)).sum())

    def serve(self, until: int, new: Requests, *, offers_of: OffersOf) -> Endings:
        """Advance to `until` over new requests, all before it; returns the fates that became final."""
        here = np.flatnonzero((self._requests[:, tables.KEY] >= 0) & (self._requests[:, tables.OVER] == 0))
        key = np.concatenate([self._requests[here, tables.KEY], new.key])
        pool = np.concatenate([self._requests[here, tables.POOL], new.pool])
        self._requests[here, tables.ROW] = np.arange(len(here))
        row = np.arange(len(here), len(key))
        asked = np.stack([new.at, new.key, new.pool, new.urgent, new.shadow, row]).astype(np.int64)
        offers = offers_of(key, pool)
        times, flags = np.concatenate([offers.demand, offers.wait]), np.concatenate([offers.lost, offers.fails])
        endings = np.empty((len(key), tables.ENDING_COLUMNS), dtype=np.int64)
        self._totals[[tables.ARRIVED, tables.ENDINGS]] = 0
        slots = self._gathered()
        while advance(self._now, until, Mesh(
            self._requests, self._tries, self._free_requests, self._free_tries, self._columns, self._parts, self._ring,
            slots, asked, times, flags, self._events, endings, self._totals,
        )) != DONE:
            self._grow()
        self._now = until
        self._scatter(slots)
        return _endings(endings[: self._totals[tables.ENDINGS]])

    def _gathered(self) -> Ints:
        """The slots of all pools side by side, as many for each as the largest has."""
        width = max(len(pool.free_at) for pool in self._pools)
        slots = np.empty((len(SLOTS), len(self._pools), width), dtype=np.int64)
        for table, (name, blank) in zip(slots, SLOTS, strict=True):
            table[:] = blank
            for number, pool in enumerate(self._pools):
                table[number, : len(pool.free_at)] = getattr(pool, name)
        return slots

    def _scatter(self, slots: Ints) -> None:
        for number, pool in enumerate(self._pools):
            for table, (name, _) in zip(slots, SLOTS, strict=True):
                getattr(pool, name)[:] = table[number, : len(pool.free_at)]
            pool.queue[1] = self._columns[number, tables.QUEUED]
            pool.busy_ns[0] += self._columns[number, tables.BUSY]
            self._columns[number, tables.BUSY] = 0

    def _grow(self) -> None:
        """Twice the room for what a stretch needs more of."""
        self._events = np.empty((2 * len(self._events), tables.EVENT_COLUMNS), dtype=np.int64)
        if self._totals[tables.REQUESTS_FREE] >= 1 and self._totals[tables.TRIES_FREE] >= 2:
            return
        old = len(self._requests)
        requests, tries = _blank(old)
        self._requests, self._tries = (
            np.concatenate([self._requests, requests]), np.concatenate([self._tries, tries])
        )
        self._free_requests = self._more_free(self._free_requests, old, tables.REQUESTS_FREE)
        self._free_tries = self._more_free(self._free_tries, 2 * old, tables.TRIES_FREE)

    def _more_free(self, stack: Ints, more: int, count: int) -> Ints:
        free, old = int(self._totals[count]), len(stack)
        self._totals[count] += more
        return np.concatenate([stack[:free], np.arange(old, old + more)[::-1], np.zeros(old - free, dtype=np.int64)])


def _columns_of(services: Sequence[Service], fallback: Sequence[int]) -> Ints:
    columns = np.zeros((len(services), tables.POOL_COLUMNS), dtype=np.int64)
    columns[:, [tables.HEAD, tables.HEAD + 1, tables.TAIL, tables.TAIL + 1]] = -1
    for column, service, place in zip(columns, services, fallback, strict=True):
        column[tables.RULES] = (
            service.timeout, service.queue, _said(service, "retries", "attempts", 1), place,
            _said(service, "hedge", "after", -1), _said(service, "breaker", "of", -1),
            _said(service, "breaker", "stays", -1), _said(service, "breaker", "probes", -1),
            _said(service, "shed", "extra", -1), _said(service, "shed", "wait", -1), _said(service, "batch", "size", 1),
        )
    return columns


def _parts_of(services: Sequence[Service], mean_service_s: Sequence[float]) -> npt.NDArray[np.float64]:
    unbounded = float("nan")
    return np.array([
        (
            BUCKET, BUCKET, _said(service, "retries", "budget", unbounded),
            _said(service, "hedge", "budget", unbounded), _said(service, "breaker", "trips", 1.0),
            _said(service, "batch", "each", 0.0), mean * 1e9,
        )
        for service, mean in zip(services, mean_service_s, strict=True)
    ])


def _said(service: Service, option: str, key: str, unused: float) -> float:
    value = getattr(getattr(service, option), key, None)
    return unused if value is None else value


def _blank(room: int) -> tuple[Ints, Ints]:
    """Tables of so many requests and twice as many tries, all of them free."""
    requests = np.zeros((room, tables.REQUEST_COLUMNS), dtype=np.int64)
    requests[:, tables.KEY] = -1
    return requests, np.zeros((2 * room, tables.TRY_COLUMNS), dtype=np.int64)


def _endings(table: Ints) -> Endings:
    return Endings(
        key=table[:, tables.E_KEY].copy(), pool=table[:, tables.E_POOL].copy(),
        status=table[:, tables.E_STATUS].astype(np.uint8), published=table[:, tables.E_PUBLISHED].copy(),
        start=table[:, tables.E_START].copy(), by=table[:, tables.E_BY].copy(),
    )
