"""What the pools of a mesh do: slots are taken, alone or by several at once, fall free, die, and too much is shed."""

from typing import Any

from numba import njit

from sandbox.world.services.kernel import ANSWERED, ERRORED, NEVER, TIMED_OUT
from sandbox.world.services.mesh_tables import (
    AFTER,
    BATCH,
    BATCH_EACH,
    BUSY,
    DEADLINE,
    DEMAND,
    ENDS,
    FAILS,
    FALLS_FREE,
    FREE_AT,
    HEAD,
    KEY,
    KNOWN,
    MEAN,
    OPEN_KEY,
    OPEN_PUBLISHED,
    OPEN_START,
    OPEN_STATUS,
    QUEUED,
    REQUEST,
    SERVING,
    SHADOW,
    SHED_EXTRA,
    SHED_WAIT,
    SLOT,
    STAGE,
    STAMP,
    START,
    STATE,
    STATUS,
    TURN,
    dequeue,
    order,
    push,
)


@njit(cache=True, nogil=True)
def idle(pool: int, at: int, m: Any) -> int:
    """A slot that is free, the next in turn; -1 for none."""
    free_at, turn = m.slots[FREE_AT, pool], m.pools[pool, TURN]
    for j in range(turn, free_at.shape[0]):
        if free_at[j] <= at:
            return j
    for j in range(min(turn, free_at.shape[0])):
        if free_at[j] <= at:
            return j
    return -1


@njit(cache=True, nogil=True)
def start_alone(this: int, pool: int, slot: int, at: int, m: Any) -> None:
    """A try takes a free slot for itself."""
    _occupy(pool, slot, at, at + m.tries[this, DEMAND], m)
    _serve(this, pool, slot, at, at + m.tries[this, DEMAND], m)


@njit(cache=True, nogil=True)
def _occupy(pool: int, slot: int, at: int, end: int, m: Any) -> None:
    m.slots[FREE_AT, pool, slot] = end
    m.slots[OPEN_KEY, pool, slot], m.slots[OPEN_PUBLISHED, pool, slot], m.slots[OPEN_START, pool, slot] = -1, at, at
    m.pools[pool, TURN] = slot + 1
    m.pools[pool, BUSY] += end - at
    m.parts[pool, MEAN] += ((end - at) - m.parts[pool, MEAN]) / 32.0
    push(end, FALLS_FREE, pool, slot, 0, 0, m)


@njit(cache=True, nogil=True)
def _serve(this: int, pool: int, slot: int, at: int, end: int, m: Any) -> None:
    """A try is served by a slot, perhaps beside others, up to `end`."""
    it = m.tries[this]
    it[STATE], it[SLOT], it[START] = SERVING, slot, at
    it[ENDS] = min(end, it[DEADLINE])
    it[STATUS] = TIMED_OUT if end > it[DEADLINE] else ERRORED if it[FAILS] else ANSWERED
    it[AFTER] = m.slots[OPEN_KEY, pool, slot]
    m.slots[OPEN_KEY, pool, slot], m.slots[OPEN_STATUS, pool, slot] = this, it[STATUS]
    m.slots[OPEN_PUBLISHED, pool, slot] = max(m.slots[OPEN_PUBLISHED, pool, slot], it[ENDS])
    row = m.requests[it[REQUEST]]
    push(it[ENDS], KNOWN, order(it, row), row[KEY], this, it[STAMP], m)


@njit(cache=True, nogil=True)
def call_next(pool: int, at: int, m: Any) -> None:
    """Whoever is first of those who wait starts, with as many beside it as a slot serves at once."""
    while True:
        slot = idle(pool, at, m)
        if slot < 0:
            return
        chosen, longest = 0, 0
        for queue in range(2):
            this = m.pools[pool, HEAD + queue]
            while this >= 0 and chosen < m.pools[pool, BATCH]:
                if m.tries[this, DEADLINE] > at:
                    chosen += 1
                    longest = max(longest, m.tries[this, DEMAND])
                this = m.tries[this, AFTER]
        if chosen == 0:
            return
        end = int(at + longest)
        if chosen > 1:
            end = at + int(longest * (1.0 + m.parts[pool, BATCH_EACH] * (chosen - 1)))
        _occupy(pool, slot, at, end, m)
        for queue in range(2):
            this = m.pools[pool, HEAD + queue]
            while this >= 0 and chosen > 0:
                after = m.tries[this, AFTER]
                if m.tries[this, DEADLINE] > at:
                    dequeue(this, pool, queue, m)
                    _serve(this, pool, slot, at, end, m)
                    chosen -= 1
                this = after


@njit(cache=True, nogil=True)
def vacate(this: int, pool: int, slot: int, m: Any) -> None:
    """A try is no longer one of those that a slot serves."""
    last = m.slots[OPEN_KEY, pool, slot]
    if last == this:
        m.slots[OPEN_KEY, pool, slot] = m.tries[this, AFTER]
        return
    while m.tries[last, AFTER] != this:
        last = m.tries[last, AFTER]
    m.tries[last, AFTER] = m.tries[this, AFTER]


@njit(cache=True, nogil=True)
def sheds(pool: int, number: int, row: Any, m: Any) -> bool:
    """Whether a pool without a free slot turns a try away that it would have room for."""
    most, longest = m.pools[pool, SHED_EXTRA], m.pools[pool, SHED_WAIT]
    if most >= 0 and m.pools[pool, QUEUED] >= most and (number > 0 or row[STAGE] > 0 or row[SHADOW]):
        return True
    if longest < 0:
        return False
    at_once = (m.slots[FREE_AT, pool] < NEVER).sum() * m.pools[pool, BATCH]
    return bool((m.pools[pool, QUEUED] + 1) * m.parts[pool, MEAN] > longest * at_once)


@njit(cache=True, nogil=True)
def undo_what_died(pool: int, slot: int, m: Any) -> None:
    """If a slot died while it served, so did every try in it whose answer was still to come."""
    died, this = m.slots[OPEN_PUBLISHED, pool, slot], m.slots[OPEN_KEY, pool, slot]
    while this >= 0:
        it = m.tries[this]
        if it[ENDS] > died:
            it[ENDS], it[STATUS] = died, ERRORED
        this = it[AFTER]
