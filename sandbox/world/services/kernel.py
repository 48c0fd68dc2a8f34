"""The compiled server: one pool, first come first served, advanced to an instant in arrays.

A pool is c slots and a bounded queue. Work that started is never undone by a later call; what has not started waits in
a ring and is carried, so cutting time differently changes nothing (Kiefer, Wolfowitz: On the theory of queues with
many servers, Trans. AMS 78 (1955), for the free times per slot). All times are int64 nanoseconds.

Ties, written down: at one instant slots fall free first, then waiting requests start or leave, then new ones arrive;
a request whose turn comes exactly at its deadline has left; of several free slots the next in turn after the one that
started last serves.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

NEVER = np.int64(2**62)
"""Later than any flight: a slot that is closed falls free then."""

ANSWERED, REJECTED, TIMED_OUT, ERRORED = 0, 1, 2, 3
"""`base.status.Status` as the compiler wants it."""

Int64s = npt.NDArray[np.int64]


class PoolState:
    """The carried state of one pool.

    free_at (c,) ns when a slot falls free; open_* (c,) the request in a slot whose fate is not yet published, -1 for
    none; wait_* (q,) ring of those who wait; queue holds the ring's head and length, its room, and the slot next in
    turn; busy_ns the running total of work begun.
    """

    __slots__ = (
        "busy_ns", "clock", "free_at", "open_arrived", "open_end", "open_fails", "open_key", "open_start", "queue",
        "timeout", "wait_arrived", "wait_demand", "wait_fails", "wait_key",
    )

    def __init__(self, *, slots: int, room: int, timeout: int) -> None:
        self.free_at = np.full(slots, NEVER, dtype=np.int64)
        self.open_key = np.full(slots, -1, dtype=np.int64)
        self.open_arrived = np.zeros(slots, dtype=np.int64)
        self.open_start = np.zeros(slots, dtype=np.int64)
        self.open_end = np.zeros(slots, dtype=np.int64)
        self.open_fails = np.zeros(slots, dtype=np.bool_)
        size = max(1, room)
        self.wait_key = np.zeros(size, dtype=np.int64)
        self.wait_arrived = np.zeros(size, dtype=np.int64)
        self.wait_demand = np.zeros(size, dtype=np.int64)
        self.wait_fails = np.zeros(size, dtype=np.bool_)
        self.queue = np.array([0, 0, room, 0], dtype=np.int64)
        self.timeout = timeout
        self.busy_ns = np.zeros(1, dtype=np.int64)

    @property
    def waiting(self) -> int:
        """How many wait in the queue (some may have left without anybody having looked)."""
        return int(self.queue[1])

    @property
    def in_flight(self) -> int:
        """How many have arrived and have no published fate."""
        return self.waiting + int((self.open_key >= 0).sum())

    @property
    def slots(self) -> int:
        """How many slots there are, at work, idle or still starting."""
        return int((self.free_at < NEVER).sum())

    def open_slots(self, wanted: int, *, now: int, ready_at: int) -> None:
        """Have `wanted` slots: new ones serve from `ready_at`; closed ones are the soonest free, and finish their work.

        A slot that is closed keeps its open request until that ends and then never falls free.
        """
        live = np.flatnonzero(self.free_at < NEVER)
        if wanted > len(live):
            idle = np.flatnonzero((self.free_at == NEVER) & (self.open_key < 0))[: wanted - len(live)]
            if len(idle) < wanted - len(live):
                idle = np.concatenate([idle, self._grow(wanted - len(live) - len(idle))])
            self.free_at[idle] = ready_at
            self.open_end[idle] = np.minimum(self.open_end[idle], now)
        else:
            order = np.lexsort((-live, self.free_at[live]))
            self.free_at[live[order[: len(live) - wanted]]] = NEVER

    def _grow(self, count: int) -> Int64s:
        old = len(self.free_at)
        self.free_at = np.concatenate([self.free_at, np.full(count, NEVER, dtype=np.int64)])
        self.open_key = np.concatenate([self.open_key, np.full(count, -1, dtype=np.int64)])
        for name in ("open_arrived", "open_start", "open_end"):
            setattr(self, name, np.concatenate([getattr(self, name), np.zeros(count, dtype=np.int64)]))
        self.open_fails = np.concatenate([self.open_fails, np.zeros(count, dtype=np.bool_)])
        return np.arange(old, old + count)


class Outcomes:
    """Room for what a call publishes: key, status, published, start (n,); only the first `n` of a call count."""

    __slots__ = ("key", "published", "start", "status")

    def __init__(self, room: int) -> None:
        self.key = np.empty(room, dtype=np.int64)
        self.status = np.empty(room, dtype=np.uint8)
        self.published = np.empty(room, dtype=np.int64)
        self.start = np.empty(room, dtype=np.int64)


def serve(
    pool: PoolState, until: int, *, arrived: Int64s, demand: Int64s, fails: npt.NDArray[np.bool_], key: Int64s
) -> Outcomes:
    """Advance a pool to `until` over new arrivals, all before it; returns the fates published before `until`.

    arrived (n,) sorted ns; demand (n,) ns of service; fails (n,) whether it errors when served; key (n,) the caller's
    name for it. A status is published when the client learns of it: at the end of service, at its deadline, or at
    once when rejected. `start` is -1 for those who never started.
    """
    room = len(arrived) + pool.waiting + len(pool.free_at)
    out = Outcomes(room)
    n = _serve(
        until, arrived, demand, fails, key, pool.timeout, pool.free_at, pool.open_key, pool.open_arrived,
        pool.open_start, pool.open_end, pool.open_fails, pool.wait_key, pool.wait_arrived, pool.wait_demand,
        pool.wait_fails, pool.queue, pool.busy_ns, out.key, out.status, out.published, out.start,
    )
    out.key, out.status, out.published, out.start = out.key[:n], out.status[:n], out.published[:n], out.start[:n]
    return out


@njit(cache=True, inline="always")
def _publish(
    slot: int, n: int, timeout: int, open_key: Any, open_arrived: Any, open_start: Any, open_end: Any, open_fails: Any,
    out_key: Any, out_status: Any, out_published: Any, out_start: Any,
) -> int:
    deadline = open_arrived[slot] + timeout
    out_key[n] = open_key[slot]
    out_start[n] = open_start[slot]
    if open_end[slot] > deadline:
        out_status[n] = TIMED_OUT
        out_published[n] = deadline
    else:
        out_status[n] = ERRORED if open_fails[slot] else ANSWERED
        out_published[n] = open_end[slot]
    open_key[slot] = -1
    return n + 1


@njit(cache=True)
def _serve(
    until: int, arrived: Any, demand: Any, fails: Any, key: Any, timeout: int, free_at: Any, open_key: Any,
    open_arrived: Any, open_start: Any, open_end: Any, open_fails: Any, wait_key: Any, wait_arrived: Any,
    wait_demand: Any, wait_fails: Any, queue: Any, busy: Any, out_key: Any, out_status: Any, out_published: Any,
    out_start: Any,
) -> int:
    slots = free_at.shape[0]
    ring = wait_key.shape[0]
    head, length, room, turn = queue[0], queue[1], queue[2], queue[3]
    arrivals = arrived.shape[0]
    n = 0
    work = busy[0]
    for i in range(arrivals + 1):
        # The last round has no arrival: it only lets happen what happens before `until`.
        now = arrived[i] if i < arrivals else until - 1
        while length > 0:
            slot = 0
            soonest = free_at[0]
            for j in range(1, slots):
                if free_at[j] < soonest:
                    soonest = free_at[j]
                    slot = j
            start = max(soonest, wait_arrived[head])
            deadline = wait_arrived[head] + timeout
            if deadline <= start:
                if deadline > now:
                    break
                out_key[n] = wait_key[head]
                out_status[n] = TIMED_OUT
                out_published[n] = deadline
                out_start[n] = -1
                n += 1
            else:
                if start > now:
                    break
                if open_key[slot] >= 0:
                    n = _publish(
                        slot, n, timeout, open_key, open_arrived, open_start, open_end, open_fails, out_key, out_status,
                        out_published, out_start,
                    )
                open_key[slot] = wait_key[head]
                open_arrived[slot] = wait_arrived[head]
                open_start[slot] = start
                open_end[slot] = start + wait_demand[head]
                open_fails[slot] = wait_fails[head]
                free_at[slot] = open_end[slot]
                turn = slot + 1
                work += wait_demand[head]
            head = head + 1 if head + 1 < ring else 0
            length -= 1
        if i == arrivals:
            break
        slot = -1
        if length == 0:
            for j in range(turn, slots):
                if free_at[j] <= now:
                    slot = j
                    break
            if slot < 0:
                for j in range(min(turn, slots)):
                    if free_at[j] <= now:
                        slot = j
                        break
        if slot >= 0:
            if open_key[slot] >= 0:
                n = _publish(
                    slot, n, timeout, open_key, open_arrived, open_start, open_end, open_fails, out_key, out_status,
                    out_published, out_start,
                )
            open_key[slot] = key[i]
            open_arrived[slot] = now
            open_start[slot] = now
            open_end[slot] = now + demand[i]
            open_fails[slot] = fails[i]
            free_at[slot] = open_end[slot]
            turn = slot + 1
            work += demand[i]
        elif length < room:
            tail = head + length
            if tail >= ring:
                tail -= ring
            wait_key[tail] = key[i]
            wait_arrived[tail] = now
            wait_demand[tail] = demand[i]
            wait_fails[tail] = fails[i]
            length += 1
        else:
            out_key[n] = key[i]
            out_status[n] = REJECTED
            out_published[n] = now
            out_start[n] = -1
            n += 1
    for slot in range(slots):
        if open_key[slot] >= 0 and min(open_end[slot], open_arrived[slot] + timeout) < until:
            n = _publish(
                slot, n, timeout, open_key, open_arrived, open_start, open_end, open_fails, out_key, out_status,
                out_published, out_start,
            )
    queue[0] = head
    queue[1] = length
    queue[3] = turn
    busy[0] = work
    return n
