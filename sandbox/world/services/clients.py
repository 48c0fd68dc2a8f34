"""Clients who ask again: their retries enter the pool at their exact time.

A failure at time t brings a retry at t + backoff or later. So a stretch that is no longer than the backoff sees none of
its own retries, and a pool that is served in such stretches meets every retry as if it were served event by event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from sandbox.base.telemetry import Flags, Floats, Ints
from sandbox.world.services.kernel import ANSWERED, Outcomes, PoolState, serve
from sandbox.world.services.limbo import Limbo
from sandbox.world.services.retries import Retries

ATTEMPT_BITS = 60
"""A request's key and the number of its attempt share a word: the number is shifted by this."""

KEY = (1 << ATTEMPT_BITS) - 1
BUCKET = 100.0
"""So many retries the budget holds at most."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a pool is offered: demand (n,) ns; fails, lost (n,)."""

    demand: Ints
    fails: Flags
    lost: Flags


Offer = Callable[[Ints, Ints], Offered]
"""Of requests key (n,) at their attempt (n,), 0 for the first."""

Jitter = Callable[[Ints, Ints], Floats]
"""Of requests key (n,) at their attempt (n,): uniform (n,)."""


class Clients:
    """Everybody who asks one pool, and may ask it again."""

    def __init__(self, retries: Retries, pool: PoolState, limbo: Limbo, *, jitter: Jitter) -> None:
        self.retried = 0
        self._told = 0
        self._retries = retries
        self._pool, self._limbo, self._jitter = pool, limbo, jitter
        self._now = 0
        self._at = np.empty(0, dtype=np.int64)
        self._key = np.empty(0, dtype=np.int64)
        self._tokens = np.full(1, BUCKET)

    @property
    def waiting(self) -> int:
        """How many wait to ask again."""
        return len(self._key)

    def news(self) -> int:
        """How many retries reached the pool since the last time this was asked."""
        fresh, self._told = self.retried - self._told, self.retried
        return fresh

    def serve(self, until: int, *, at: Ints, key: Ints, offer: Offer) -> Outcomes:
        """Advance the pool to `until` over new requests key (n,) at (n,) ns; returns the fates that are final."""
        final = list[Outcomes]()
        low = 0
        while True:
            stop = min(until, self._now + self._retries.backoff)
            if not self.waiting and not self._pool.in_flight and not len(self._limbo):
                nothing_before = int(at[low]) if low < len(at) else until
                stop = min(until, max(stop, nothing_before))
            high = low + int(np.searchsorted(at[low:], stop))
            final.append(self._stretch(stop, at=at[low:high], key=key[low:high], offer=offer))
            low, self._now = high, stop
            if stop == until or (low == len(at) and not self.waiting and not self._pool.in_flight
                                 and not len(self._limbo)):
                self._now = until
                return _joined(final)

    def _stretch(self, stop: int, *, at: Ints, key: Ints, offer: Offer) -> Outcomes:
        due = self._at < stop
        again_at, again = self._at[due], self._key[due]
        self._at, self._key = self._at[~due], self._key[~due]
        self.retried += len(again)
        both_at, both = np.concatenate([at, again_at]), np.concatenate([key, again])
        order = np.argsort(both_at, kind="stable")
        both_at, both = both_at[order], both[order]
        put = offer(both & KEY, both >> ATTEMPT_BITS)
        come = ~put.lost
        self._limbo.lose(both[put.lost], both_at[put.lost])
        outcomes = serve(
            self._pool, stop, arrived=both_at[come], demand=put.demand[come], fails=put.fails[come], key=both[come]
        )
        return self._final(self._limbo.give_up(outcomes, stop), at)

    def _final(self, outcomes: Outcomes, arrived: Ints) -> Outcomes:
        """The fates that no attempt follows; retries of the others are noted."""
        attempt = outcomes.key >> ATTEMPT_BITS
        again = (outcomes.status != ANSWERED) & (attempt + 1 < self._retries.attempts)
        if self._retries.budget is not None:
            rows = np.flatnonzero(again)
            rows = rows[np.lexsort((outcomes.key[rows], outcomes.published[rows]))]
            paid = paid_for(arrived, outcomes.published[rows], self._retries.budget, BUCKET, self._tokens)
            again = np.zeros_like(again)
            again[rows[paid]] = True
        if again.any():
            self._note(outcomes.key[again], outcomes.published[again])
        return _of(outcomes, ~again)

    def _note(self, key: Ints, failed_at: Ints) -> None:
        attempt = (key >> ATTEMPT_BITS) + 1
        longest = self._retries.backoff * 2.0 ** (attempt - 1)
        waits = (longest * (1.0 + self._jitter(key & KEY, attempt).astype(np.float64))).astype(np.int64)
        at = np.concatenate([self._at, failed_at + waits])
        keys = np.concatenate([self._key, (key & KEY) | attempt << ATTEMPT_BITS])
        order = np.lexsort((keys, at))
        self._at, self._key = at[order], keys[order]


@njit(cache=True)
def paid_for(arrived: Any, failed: Any, deposit: float, most: float, tokens: Any) -> npt.NDArray[np.bool_]:
    """Which of those who failed (m,) ns find a retry in the bucket, to which each that arrived (n,) ns adds; both in
    order, arrivals first at one instant. tokens (1,) is the bucket, at most `most`."""
    paid = np.zeros(failed.shape[0], np.bool_)
    level, i = tokens[0], 0
    for j in range(failed.shape[0]):
        while i < arrived.shape[0] and arrived[i] <= failed[j]:
            level = min(most, level + deposit)
            i += 1
        if level >= 1.0:
            level -= 1.0
            paid[j] = True
    while i < arrived.shape[0]:
        level = min(most, level + deposit)
        i += 1
    tokens[0] = level
    return paid


def _of(outcomes: Outcomes, rows: Flags) -> Outcomes:
    chosen = Outcomes(0)
    chosen.key, chosen.status = outcomes.key[rows] & KEY, outcomes.status[rows]
    chosen.published, chosen.start = outcomes.published[rows], outcomes.start[rows]
    return chosen


def _joined(parts: list[Outcomes]) -> Outcomes:
    if len(parts) == 1:
        return parts[0]
    whole = Outcomes(0)
    whole.key = np.concatenate([one.key for one in parts])
    whole.status = np.concatenate([one.status for one in parts])
    whole.published = np.concatenate([one.published for one in parts])
    whole.start = np.concatenate([one.start for one in parts])
    return whole
