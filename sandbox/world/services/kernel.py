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

    free_at (c,) ns when a slot falls free; open_* (c,) the request in a slot whose fate is not yet published, its key
    -1 for none; wait_* (q,) ring of those who wait; queue holds the ring's head and length, its room, and the slot next
    in turn; busy_ns the work begun since the caller last set it to 0.
    """

    __slots__ = (
        "busy_ns", "free_at", "open_key", "open_published", "open_start", "open_status", "queue", "timeout",
        "wait_arrived", "wait_demand", "wait_fails", "wait_key",
    )

    def __init__(self, *, slots: int, room: int, timeout: int) -> None:
        self.free_at = np.full(slots, NEVER, dtype=np.int64)
        self.open_key = np.full(slots, -1, dtype=np.int64)
        self.open_start = np.zeros(slots, dtype=np.int64)
        self.open_published = np.zeros(slots, dtype=np.int64)
        self.open_status = np.zeros(slots, dtype=np.uint8)
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

    def at_work(self, now: int) -> int:
        """How many slots are not free: at work, even for a client who left, or still starting."""
        return int(((self.free_at > now) & (self.free_at < NEVER)).sum())

    @property
    def slots(self) -> int:
        """How many slots there are, at work, idle or still starting."""
        return int((self.free_at < NEVER).sum())

    def open_slots(self, wanted: int, *, ready_at: int) -> None:
        """Have `wanted` slots: new ones serve from `ready_at`; closed ones are the soonest free, and finish their work.

        A slot that is closed keeps its open request until that ends and then never falls free.
        """
        live = np.flatnonzero(self.free_at < NEVER)
        if wanted > len(live):
            idle = np.flatnonzero((self.free_at == NEVER) & (self.open_key < 0))[: wanted - len(live)]
            if len(idle) < wanted - len(live):
                idle = np.concatenate([idle, self._grow(wanted - len(live) - len(idle))])
            self.free_at[idle] = ready_at
        else:
            order = np.lexsort((-live, self.free_at[live]))
            self.free_at[live[order[: len(live) - wanted]]] = NEVER

    def _grow(self, count: int) -> Int64s:
        old = len(self.free_at)
        self.free_at = np.concatenate([self.free_at, np.full(count, NEVER, dtype=np.int64)])
        self.open_key = np.concatenate([self.open_key, np.full(count, -1, dtype=np.int64)])
        for name in ("open_start", "open_published", "open_status"):
            column = getattr(self, name)
            setattr(self, name, np.concatenate([column, np.zeros(count, dtype=column.dtype)]))
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
        until, arrived, demand, fails, key, pool.timeout, pool.free_at, pool.open_key, pool.open_start,
        pool.open_published, pool.open_status, pool.wait_key, pool.wait_arrived, pool.wait_demand, pool.wait_fails,
        pool.queue, pool.busy_ns, out.key, out.status, out.published, out.start,
    )
    out.key, out.status, out.published, out.start = out.key[:n], out.status[:n], out.published[:n], out.start[:n]
    return out


@njit(cache=True, nogil=True)
def _serve(
    until: int, arrived: Any, demand: Any, fails: Any, key: Any, timeout: int, free_at: Any, open_key: Any,
    open_start: Any, open_published: Any, open_status: Any, wait_key: Any, wait_arrived: Any, wait_demand: Any,
    wait_fails: Any, queue: Any, busy: Any, out_key: Any, out_status: Any, out_published: Any, out_start: Any,
) -> int:
    # One function and unsigned indices: passing columns to an inlined function counts references in the innermost loop,
    # and an index that may be negative is tested at every access. Either makes it half as fast as C.
    zero, one = np.uint64(0), np.uint64(1)
    slots, ring, arrivals = np.uint64(free_at.shape[0]), np.uint64(wait_key.shape[0]), np.uint64(arrived.shape[0])
    head, length, room, turn = np.uint64(queue[0]), np.uint64(queue[1]), np.uint64(queue[2]), np.uint64(queue[3])
    n, i = zero, zero
    work = busy[0]
    while i <= arrivals:
        # The last round has no arrival: it only lets happen what happens before `until`.
        now = arrived[i] if i < arrivals else until - 1
        while length > zero:
            slot, soonest, j = zero, free_at[zero], one
            while j < slots:
                if free_at[j] < soonest:
                    slot, soonest = j, free_at[j]
                j += one
            start = max(soonest, wait_arrived[head])
            deadline = wait_arrived[head] + timeout
            if min(start, deadline) > now:
                break
            if deadline <= start:
                out_key[n], out_status[n], out_published[n], out_start[n] = wait_key[head], TIMED_OUT, deadline, -1
                n += one
            else:
                if open_key[slot] >= 0:
                    out_key[n], out_status[n] = open_key[slot], open_status[slot]
                    out_published[n], out_start[n] = open_published[slot], open_start[slot]
                    n += one
                end = start + wait_demand[head]
                free_at[slot] = end
                open_key[slot], open_start[slot], open_published[slot] = wait_key[head], start, min(end, deadline)
                open_status[slot] = TIMED_OUT if end > deadline else ERRORED if wait_fails[head] else ANSWERED
                turn = slot + one
                work += wait_demand[head]
            head = head + one if head + one < ring else zero
            length -= one
        if i == arrivals:
            break
        slot = slots
        if length == zero:
            j = turn
            while j < slots:
                if free_at[j] <= now:
                    slot = j
                    break
                j += one
            j = zero
            while slot == slots and j < min(turn, slots):
                if free_at[j] <= now:
                    slot = j
                j += one
        if slot < slots:
            if open_key[slot] >= 0:
                out_key[n], out_status[n] = open_key[slot], open_status[slot]
                out_published[n], out_start[n] = open_published[slot], open_start[slot]
                n += one
            end, deadline = now + demand[i], now + timeout
            free_at[slot] = end
            open_key[slot], open_start[slot], open_published[slot] = key[i], now, min(end, deadline)
            open_status[slot] = TIMED_OUT if end > deadline else ERRORED if fails[i] else ANSWERED
            turn = slot + one
            work += demand[i]
        elif length < room:
            tail = head + length if head + length < ring else head + length - ring
            wait_key[tail], wait_arrived[tail], wait_demand[tail], wait_fails[tail] = key[i], now, demand[i], fails[i]
            length += one
        else:
            out_key[n], out_status[n], out_published[n], out_start[n] = key[i], REJECTED, now, -1
            n += one
        i += one
    slot = zero
    while slot < slots:
        if open_key[slot] >= 0 and open_published[slot] < until:
            out_key[n], out_status[n] = open_key[slot], open_status[slot]
            out_published[n], out_start[n] = open_published[slot], open_start[slot]
            open_key[slot] = -1
            n += one
        slot += one
    queue[0], queue[1], queue[3] = head, length, turn
    busy[0] = work
    return int(n)
