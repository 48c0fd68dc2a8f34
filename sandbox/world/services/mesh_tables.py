"""The mesh as the compiler sees it: tables of integers, their columns, the heap of events and the queues."""

from typing import Any, NamedTuple

from numba import njit

NUMBERS = 8
"""A request is asked of one pool in at most so many rounds; the second try of a round counts on from here."""

NOBODY = -2
"""In place of a pool: nobody's, a default answer."""

# Columns of a request.
KEY, ASKED, POOL, ROUND, STAGE, OPEN, OVER, HEDGE_AT, NEXT_AT, ROW, URGENT, SHADOW, FIRST, SECOND = range(14)
REQUEST_COLUMNS = 14
# Columns of a try.
REQUEST, AT_POOL, NUMBER, DEADLINE, DEMAND, FAILS, STATE, START, ENDS, STATUS = range(10)
BEFORE, AFTER, SLOT, ERA, STAMP = range(10, 15)
TRY_COLUMNS = 15
FREE, WAITING, SERVING, LOST = range(4)
# Columns of a pool: what holds for it, -1 where an option is not used; what is carried; what is counted.
TIMEOUT, PLACES, ATTEMPTS, FALLBACK, HEDGE_AFTER, OF_LAST, STAYS, PROBES, SHED_EXTRA, SHED_WAIT, BATCH = range(11)
HEAD, TAIL, QUEUED, TURN, BUSY = 11, 13, 15, 16, 17
MODE, OPENED, NOW_ERA, SEEN, PLACE, BAD, PROBING = range(18, 25)
RETRIED, FELL_BACK, HEDGED, REFUSED, SHED = range(25, 30)
POOL_COLUMNS = 30
RULES, COUNTED = slice(TIMEOUT, BATCH + 1), slice(RETRIED, SHED + 1)
CLOSED, TRIPPED, HALF_OPEN = range(3)
# Columns of a pool that are no whole numbers; a budget is NaN where there is none.
TOKENS, BUDGET, TRIPS, BATCH_EACH, MEAN = 0, 2, 4, 5, 6
PART_COLUMNS = 7
OF_RETRIES, OF_SECONDS = 0, 1
# Tables of slots, as in `PoolState`.
FREE_AT, OPEN_KEY, OPEN_START, OPEN_PUBLISHED, OPEN_STATUS = range(5)
# Columns of what is asked.
A_AT, A_KEY, A_POOL, A_URGENT, A_SHADOW, A_ROW = range(6)
# Tables of what is offered: ns of service of a first and a second try, ns before each round; and how tries fare.
O_DEMAND, O_WAIT, OFFER_TIMES = 0, 2, 2 + NUMBERS
O_LOST, O_FAILS, OFFER_FLAGS = 0, 2, 2 + 2 * NUMBERS
# Order at one instant.
KNOWN, FALLS_FREE, LEAVES, ARRIVES = range(4)
# Columns of an event.
AT, RANK, FIRST_BY, THEN_BY, WHAT, WHICH = range(6)
EVENT_COLUMNS = 6
NEXT_ROUND, SECOND_TRY = 0, 1
# Columns of an ending.
E_KEY, E_POOL, E_STATUS, E_PUBLISHED, E_START, E_BY = range(6)
ENDING_COLUMNS = 6
# What is counted along.
TRIES_FREE, REQUESTS_FREE, EVENTS, ENDINGS, ARRIVED, STAMPS = range(6)
TOTALS = 6


class Mesh(NamedTuple):
    """All of it. requests (r, …), tries (2 r, …) and free rows of either; pools (p, …), parts (p, …), ring (p, …) of
    outcomes before a breaker; slots (…, p, c), of which OPEN_KEY is the last of the tries that a slot serves, the
    others hanging on it by AFTER; asked (…, n) in order of arrival; times (…, p, m) and flags (…, p, m) that each pool
    is offered with each request m; events (e, …) as room for a heap; endings (n, …) to be filled; totals (…).

    Few arrays of many columns: each is passed to every function, and many make a compiler slow.
    """

    requests: Any
    tries: Any
    free_requests: Any
    free_tries: Any
    pools: Any
    parts: Any
    ring: Any
    slots: Any
    asked: Any
    times: Any
    flags: Any
    events: Any
    endings: Any
    totals: Any


@njit(cache=True, nogil=True)
def push(at: int, rank: int, first_by: int, then_by: int, what: int, which: int, m: Any) -> None:
    """Note an event."""
    heap, i = m.events, m.totals[EVENTS]
    heap[i, AT], heap[i, RANK], heap[i, FIRST_BY], heap[i, THEN_BY] = at, rank, first_by, then_by
    heap[i, WHAT], heap[i, WHICH] = what, which
    m.totals[EVENTS] += 1
    while i > 0 and _before(heap, i, (i - 1) // 2):
        _swap(heap, i, (i - 1) // 2)
        i = (i - 1) // 2


@njit(cache=True, nogil=True)
def pop(top: Any, m: Any) -> None:
    """Take the next event into top (EVENT_COLUMNS,)."""
    heap, i = m.events, 0
    m.totals[EVENTS] -= 1
    n = m.totals[EVENTS]
    top[:] = heap[0]
    heap[0] = heap[n]
    while True:
        down = 2 * i + 1
        if down + 1 < n and _before(heap, down + 1, down):
            down += 1
        if down >= n or not _before(heap, down, i):
            return
        _swap(heap, down, i)
        i = down


@njit(cache=True, nogil=True)
def _before(heap: Any, i: int, j: int) -> bool:
    for column in range(WHAT):
        if heap[i, column] != heap[j, column]:
            return bool(heap[i, column] < heap[j, column])
    return False


@njit(cache=True, nogil=True)
def _swap(heap: Any, i: int, j: int) -> None:
    for column in range(EVENT_COLUMNS):
        heap[i, column], heap[j, column] = heap[j, column], heap[i, column]


@njit(cache=True, nogil=True)
def order(it: Any, row: Any) -> int:
    """The place of a try, it, among others at one instant: by how often its request, row, was asked before."""
    return int(row[STAGE] * 2 * NUMBERS + it[NUMBER])


@njit(cache=True, nogil=True)
def enqueue(this: int, pool: int, queue: int, m: Any) -> None:
    """A try waits, last of its queue."""
    last = m.pools[pool, TAIL + queue]
    m.tries[this, BEFORE], m.tries[this, AFTER] = last, -1
    if last >= 0:
        m.tries[last, AFTER] = this
    else:
        m.pools[pool, HEAD + queue] = this
    m.pools[pool, TAIL + queue] = this
    m.pools[pool, QUEUED] += 1


@njit(cache=True, nogil=True)
def dequeue(this: int, pool: int, queue: int, m: Any) -> None:
    """A try waits no longer, wherever it stood."""
    before, after = m.tries[this, BEFORE], m.tries[this, AFTER]
    if before >= 0:
        m.tries[before, AFTER] = after
    else:
        m.pools[pool, HEAD + queue] = after
    if after >= 0:
        m.tries[after, BEFORE] = before
    else:
        m.pools[pool, TAIL + queue] = before
    m.pools[pool, QUEUED] -= 1


@njit(cache=True, nogil=True)
def forget_try(this: int, m: Any) -> None:
    """A try is over; its row may be used again."""
    request = m.tries[this, REQUEST]
    row = m.requests[request]
    row[OPEN] -= 1
    if row[FIRST] == this:
        row[FIRST] = -1
    if row[SECOND] == this:
        row[SECOND] = -1
    m.tries[this, STATE], m.tries[this, STAMP] = FREE, 0
    m.free_tries[m.totals[TRIES_FREE]] = this
    m.totals[TRIES_FREE] += 1


@njit(cache=True, nogil=True)
def forget_request(one: int, m: Any) -> None:
    """Nothing of a request is on its way any more; its row may be used again."""
    m.requests[one, KEY] = -1
    m.free_requests[m.totals[REQUESTS_FREE]] = one
    m.totals[REQUESTS_FREE] += 1
