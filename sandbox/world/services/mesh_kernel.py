"""The compiled mesh: several pools and the clients between them, advanced to an instant event by event.

Clients ask again, ask twice, and ask somebody else, at once or later, and what one pool does changes what the next is
asked. So here every event is met in its order. A pool serves as in `kernel`, and the ties are the same, written down:
at one instant answers become known first, then slots fall free and waiting requests start, then those leave whose
clients give up, then requests arrive, those that never asked before first. All order comes of what an event is, never
of when it was noted: cutting time differently changes nothing.
"""

from typing import Any

import numpy as np
from numba import njit

from sandbox.world.services.kernel import ANSWERED, NEVER, REJECTED, TIMED_OUT
from sandbox.world.services.mesh_breaker import count_outcome, let_through
from sandbox.world.services.mesh_pools import call_next, idle, sheds, start_alone, undo_what_died, vacate
from sandbox.world.services.mesh_tables import (
    A_AT,
    A_KEY,
    A_POOL,
    A_ROW,
    A_SHADOW,
    A_URGENT,
    AFTER,
    ARRIVED,
    ARRIVES,
    ASKED,
    AT,
    AT_POOL,
    ATTEMPTS,
    BEFORE,
    BUDGET,
    DEADLINE,
    DEMAND,
    E_BY,
    E_KEY,
    E_POOL,
    E_PUBLISHED,
    E_START,
    E_STATUS,
    ENDINGS,
    ENDS,
    ERA,
    EVENT_COLUMNS,
    EVENTS,
    FAILS,
    FALLBACK,
    FALLS_FREE,
    FELL_BACK,
    FIRST,
    FIRST_BY,
    FREE,
    FREE_AT,
    HALF_OPEN,
    HEDGE_AFTER,
    HEDGE_AT,
    HEDGED,
    KEY,
    KNOWN,
    LEAVES,
    LOST,
    MODE,
    NEXT_AT,
    NEXT_ROUND,
    NOBODY,
    NOW_ERA,
    NUMBER,
    NUMBERS,
    O_DEMAND,
    O_FAILS,
    O_LOST,
    O_WAIT,
    OF_RETRIES,
    OF_SECONDS,
    OPEN,
    OVER,
    PLACES,
    POOL,
    PROBING,
    QUEUED,
    RANK,
    REFUSED,
    REQUEST,
    REQUESTS_FREE,
    RETRIED,
    ROUND,
    ROW,
    SECOND,
    SECOND_TRY,
    SERVING,
    SHADOW,
    SHED,
    SLOT,
    STAGE,
    STAMP,
    STAMPS,
    START,
    STATE,
    STATUS,
    THEN_BY,
    TIMEOUT,
    TOKENS,
    TRIES_FREE,
    URGENT,
    WAITING,
    WHAT,
    WHICH,
    dequeue,
    enqueue,
    forget_request,
    forget_try,
    order,
    pop,
    push,
)

DONE, MORE_ROOM = 0, 1
"""What `advance` returns: that it got there, or that tables must grow before it can go on."""

BUCKET = 100.0
"""So many retries or second tries a budget holds at most."""


@njit(cache=True, nogil=True)
def advance(now: int, until: int, m: Any) -> int:
    """Advance from `now` to `until`, or for as long as there is room in the tables of m."""
    totals, top = m.totals, np.empty(EVENT_COLUMNS, np.int64)
    _note_all(now, m)
    while True:
        if (totals[TRIES_FREE] < 2 or totals[REQUESTS_FREE] < 1
                or totals[EVENTS] + 2 * m.tries.shape[0] + 8 > m.events.shape[0]):
            return MORE_ROOM
        coming = m.asked[A_AT, totals[ARRIVED]] if totals[ARRIVED] < m.asked.shape[1] else NEVER
        noted = m.events[0, AT] if totals[EVENTS] else NEVER
        if min(coming, noted) >= until:
            return DONE
        if noted > coming or (noted == coming and m.events[0, RANK] == ARRIVES):
            _arrive(int(coming), m)
            continue
        pop(top, m)
        if top[RANK] == KNOWN:
            _end_service(top[WHAT], top[AT], m)
        elif top[RANK] == FALLS_FREE:
            call_next(top[FIRST_BY], top[AT], m)
        elif top[RANK] == LEAVES:
            _leave(top[WHAT], top[WHICH], top[AT], m)
        else:
            _come_again(top, m)


@njit(cache=True, nogil=True)
def _note_all(now: int, m: Any) -> None:
    """Note what is bound to happen by what is carried."""
    m.totals[EVENTS] = 0
    for pool in range(m.slots.shape[1]):
        for slot in range(m.slots.shape[2]):
            undo_what_died(pool, slot, m)
            if m.slots[FREE_AT, pool, slot] < NEVER and (m.slots[FREE_AT, pool, slot] > now or m.pools[pool, QUEUED]):
                push(max(now, m.slots[FREE_AT, pool, slot]), FALLS_FREE, pool, slot, 0, 0, m)
    for this in range(m.tries.shape[0]):
        it = m.tries[this]
        if it[STATE] != FREE:
            row = m.requests[it[REQUEST]]
            if it[STATE] == SERVING:
                push(it[ENDS], KNOWN, order(it, row), row[KEY], this, it[STAMP], m)
            else:
                push(it[DEADLINE], LEAVES, order(it, row), row[KEY], this, it[STAMP], m)
    for one in range(m.requests.shape[0]):
        row = m.requests[one]
        if row[KEY] >= 0 and row[NEXT_AT] >= 0:
            _note_round(one, m)
        if row[KEY] >= 0 and row[HEDGE_AT] >= 0:
            _note_second(one, m)


@njit(cache=True, nogil=True)
def _note_round(one: int, m: Any) -> None:
    row = m.requests[one]
    push(row[NEXT_AT], ARRIVES, row[STAGE] * 2 * NUMBERS + row[ROUND], row[KEY], one, NEXT_ROUND, m)


@njit(cache=True, nogil=True)
def _note_second(one: int, m: Any) -> None:
    row = m.requests[one]
    push(row[HEDGE_AT], ARRIVES, row[STAGE] * 2 * NUMBERS + NUMBERS + row[ROUND], row[KEY], one, SECOND_TRY, m)


# What clients do.


@njit(cache=True, nogil=True)
def _arrive(at: int, m: Any) -> None:
    """A request that never asked before."""
    totals = m.totals
    i = totals[ARRIVED]
    totals[ARRIVED] += 1
    totals[REQUESTS_FREE] -= 1
    one, pool = m.free_requests[totals[REQUESTS_FREE]], m.asked[A_POOL, i]
    row = m.requests[one]
    row[KEY], row[ASKED], row[POOL], row[ROUND], row[STAGE] = m.asked[A_KEY, i], pool, pool, 0, 0
    row[OPEN], row[OVER], row[HEDGE_AT], row[NEXT_AT], row[ROW] = 0, 0, -1, -1, m.asked[A_ROW, i]
    row[URGENT], row[SHADOW], row[FIRST], row[SECOND] = m.asked[A_URGENT, i], m.asked[A_SHADOW, i], -1, -1
    for whose in (OF_RETRIES, OF_SECONDS):
        if not np.isnan(m.parts[pool, BUDGET + whose]):
            m.parts[pool, TOKENS + whose] = min(BUCKET, m.parts[pool, TOKENS + whose] + m.parts[pool, BUDGET + whose])
    _ask(one, at, m)


@njit(cache=True, nogil=True)
def _ask(one: int, at: int, m: Any) -> None:
    """The first try of a round."""
    row = m.requests[one]
    pool = row[POOL]
    deadline = at + m.pools[pool, TIMEOUT]
    if row[ROUND] > 0:
        m.pools[pool, RETRIED] += 1
    after = m.pools[pool, HEDGE_AFTER]
    if 0 <= after < m.pools[pool, TIMEOUT]:
        row[HEDGE_AT] = at + after
        _note_second(one, m)
    _try(one, row[ROUND], at, deadline, m)


@njit(cache=True, nogil=True)
def _come_again(event: Any, m: Any) -> None:
    """A retry, a fallback or a second try whose time has come, unless nobody wants it any more."""
    one, at = event[WHAT], event[AT]
    row = m.requests[one]
    if row[KEY] != event[THEN_BY]:
        return
    if event[WHICH] == NEXT_ROUND and row[NEXT_AT] == at:
        row[NEXT_AT] = -1
        _ask(one, at, m)
    elif event[WHICH] == SECOND_TRY and row[HEDGE_AT] == at:
        row[HEDGE_AT] = -1
        pool = row[POOL]
        if _pays(pool, OF_SECONDS, m):
            m.pools[pool, HEDGED] += 1
            _try(one, NUMBERS + row[ROUND], at, m.tries[row[FIRST], DEADLINE], m)


@njit(cache=True, nogil=True)
def _try(one: int, number: int, at: int, deadline: int, m: Any) -> None:
    """A try gets to its pool, or does not."""
    row, totals = m.requests[one], m.totals
    pool, place = row[POOL], row[ROW]
    if not let_through(pool, at, m):
        m.pools[pool, REFUSED] += 1
        _failed(one, REJECTED, at, -1, m)
        return
    totals[TRIES_FREE] -= 1
    this = m.free_tries[totals[TRIES_FREE]]
    totals[STAMPS] += 1
    it = m.tries[this]
    it[REQUEST], it[AT_POOL], it[NUMBER], it[DEADLINE] = one, pool, number, deadline
    second = 1 if number >= NUMBERS else 0
    it[DEMAND] = m.times[O_DEMAND + second, pool, place]
    it[FAILS] = m.flags[O_FAILS + number, pool, place]
    it[START], it[BEFORE], it[AFTER], it[SLOT] = -1, -1, -1, -1
    it[ERA], it[STAMP] = m.pools[pool, NOW_ERA], totals[STAMPS]
    row[OPEN] += 1
    row[SECOND if second else FIRST] = this
    if m.flags[O_LOST + second, pool, place]:
        it[STATE] = LOST
        push(deadline, LEAVES, order(it, row), row[KEY], this, it[STAMP], m)
        return
    slot = idle(pool, at, m) if m.pools[pool, QUEUED] == 0 else -1
    if slot < 0 and sheds(pool, number, row, m):
        m.pools[pool, SHED] += 1
        _turn_away(this, at, m)
    elif slot >= 0:
        start_alone(this, pool, slot, at, m)
    elif m.pools[pool, QUEUED] < m.pools[pool, PLACES]:
        it[STATE] = WAITING
        enqueue(this, pool, 0 if row[URGENT] else 1, m)
        push(deadline, LEAVES, order(it, row), row[KEY], this, it[STAMP], m)
    else:
        _turn_away(this, at, m)


@njit(cache=True, nogil=True)
def _turn_away(this: int, at: int, m: Any) -> None:
    one = m.tries[this, REQUEST]
    count_outcome(this, True, at, m)
    forget_try(this, m)
    _failed(one, REJECTED, at, -1, m)


@njit(cache=True, nogil=True)
def _failed(one: int, status: int, at: int, start: int, m: Any) -> None:
    """A try failed: unless another is still on its way, the client asks again, or somebody else, or has failed."""
    row = m.requests[one]
    if row[OVER]:
        if row[OPEN] == 0:
            forget_request(one, m)
        return
    if row[OPEN] > 0:
        return
    pool = row[POOL]
    row[HEDGE_AT] = -1
    if row[ROUND] + 1 < m.pools[pool, ATTEMPTS] and _pays(pool, OF_RETRIES, m):
        row[ROUND] += 1
        row[NEXT_AT] = at + m.times[O_WAIT + row[ROUND], pool, row[ROW]]
    elif m.pools[pool, FALLBACK] >= 0 and not row[SHADOW]:
        m.pools[pool, FELL_BACK] += 1
        row[POOL], row[ROUND], row[NEXT_AT] = m.pools[pool, FALLBACK], 0, at
        row[STAGE] += 1
    elif m.pools[pool, FALLBACK] == NOBODY and not row[SHADOW]:
        m.pools[pool, FELL_BACK] += 1
        _conclude(one, ANSWERED, at, start, NOBODY, m)
        return
    else:
        _conclude(one, status, at, start, pool, m)
        return
    _note_round(one, m)


@njit(cache=True, nogil=True)
def _pays(pool: int, whose: int, m: Any) -> bool:
    """Whether a bucket holds what a retry or a second try costs, which is then taken out."""
    if np.isnan(m.parts[pool, BUDGET + whose]):
        return True
    if m.parts[pool, TOKENS + whose] < 1.0:
        return False
    m.parts[pool, TOKENS + whose] -= 1.0
    return True


@njit(cache=True, nogil=True)
def _conclude(one: int, status: int, at: int, start: int, by: int, m: Any) -> None:
    """The fate of a request is known; a try of it that still waits leaves, one that is served is served to its end."""
    row, n = m.requests[one], m.totals[ENDINGS]
    m.endings[n, E_KEY], m.endings[n, E_POOL], m.endings[n, E_STATUS] = row[KEY], row[ASKED], status
    m.endings[n, E_PUBLISHED], m.endings[n, E_START], m.endings[n, E_BY] = at, start, by
    m.totals[ENDINGS] += 1
    row[OVER], row[HEDGE_AT] = 1, -1
    for column in (FIRST, SECOND):
        other = row[column]
        if other >= 0 and m.tries[other, STATE] == WAITING:
            pool = m.tries[other, AT_POOL]
            dequeue(other, pool, 0 if row[URGENT] else 1, m)
            breaker = m.pools[pool]
            if breaker[MODE] == HALF_OPEN and breaker[NOW_ERA] == m.tries[other, ERA]:
                breaker[PROBING] -= 1
            forget_try(other, m)
    if row[OPEN] == 0:
        forget_request(one, m)


@njit(cache=True, nogil=True)
def _end_service(this: int, at: int, m: Any) -> None:
    """What came of a try that was served becomes known."""
    it = m.tries[this]
    one, status, start = it[REQUEST], it[STATUS], it[START]
    vacate(this, it[AT_POOL], it[SLOT], m)
    count_outcome(this, status != ANSWERED, at, m)
    forget_try(this, m)
    row = m.requests[one]
    if status == ANSWERED and not row[OVER]:
        _conclude(one, ANSWERED, at, start, row[POOL], m)
    else:
        _failed(one, status, at, start, m)


@njit(cache=True, nogil=True)
def _leave(this: int, stamp: int, at: int, m: Any) -> None:
    """The client of a try that waits, or that was lost, gives up; nothing if it does neither any more."""
    it = m.tries[this]
    if it[STAMP] != stamp or it[STATE] == SERVING:
        return
    one = it[REQUEST]
    if it[STATE] == WAITING:
        dequeue(this, it[AT_POOL], 0 if m.requests[one, URGENT] else 1, m)
    count_outcome(this, True, at, m)
    forget_try(this, m)
    _failed(one, TIMED_OUT, at, -1, m)


