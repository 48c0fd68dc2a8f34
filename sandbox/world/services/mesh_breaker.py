"""The breaker before a pool: closed, tripped, or half open and letting a few tries through to see."""

from typing import Any

from numba import njit

from sandbox.world.services.mesh_tables import (
    AT_POOL,
    BAD,
    CLOSED,
    ERA,
    HALF_OPEN,
    MODE,
    NOW_ERA,
    OF_LAST,
    OPENED,
    PLACE,
    PROBES,
    PROBING,
    SEEN,
    STAYS,
    TRIPPED,
    TRIPS,
)


@njit(cache=True, nogil=True)
def let_through(pool: int, at: int, m: Any) -> bool:
    """Whether the breaker before a pool lets a try through."""
    if m.pools[pool, OF_LAST] < 0:
        return True
    breaker = m.pools[pool]
    if breaker[MODE] == TRIPPED:
        if at < breaker[OPENED] + m.pools[pool, STAYS]:
            return False
        _turn(breaker, HALF_OPEN)
    if breaker[MODE] == HALF_OPEN:
        if breaker[PROBING] >= m.pools[pool, PROBES]:
            return False
        breaker[PROBING] += 1
    return True


@njit(cache=True, nogil=True)
def count_outcome(this: int, failed: bool, at: int, m: Any) -> None:
    """Tell the breaker what came of a try; what it let through before it last turned tells it nothing."""
    pool = m.tries[this, AT_POOL]
    breaker = m.pools[pool]
    if m.pools[pool, OF_LAST] < 0 or breaker[NOW_ERA] != m.tries[this, ERA]:
        return
    if breaker[MODE] == CLOSED:
        size, ring = m.pools[pool, OF_LAST], m.ring[pool]
        if breaker[SEEN] < size:
            breaker[SEEN] += 1
        else:
            breaker[BAD] -= ring[breaker[PLACE]]
        ring[breaker[PLACE]] = failed
        breaker[PLACE] = (breaker[PLACE] + 1) % size
    else:
        size = m.pools[pool, PROBES]
        breaker[SEEN] += 1
    breaker[BAD] += failed
    if breaker[SEEN] < size:
        return
    if breaker[BAD] >= m.parts[pool, TRIPS] * size:
        _turn(breaker, TRIPPED)
        breaker[OPENED] = at
    elif breaker[MODE] == HALF_OPEN:
        _turn(breaker, CLOSED)


@njit(cache=True, nogil=True)
def _turn(breaker: Any, mode: int) -> None:
    breaker[MODE] = mode
    breaker[NOW_ERA] += 1
    breaker[SEEN] = breaker[PLACE] = breaker[BAD] = breaker[PROBING] = 0
