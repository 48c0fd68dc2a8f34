"""The compiled loops behind counting: one pass over the columns, integers only, imported when a collector is built.

Fixed-point terms are rounded one by one before they are added, so sums are exact and know no order.
"""

import math
from typing import Any

import numpy as np
from numba import njit

from sandbox.base.window import (
    FAILED_SOMEHOW,
    FEATURE_BINS,
    FIRST_SLOW,
    FIXED_POINT,
    LATENCY_BASE,
    LATENCY_BUCKETS,
    LATENCY_FLOOR_NS,
    LOSS_POINT,
    SCORE_BINS,
    USER_BRIER,
    USER_BUCKETS,
    USER_COST,
    USER_LATENCY,
    USER_OFFSET,
    USER_SLOW,
)

_BOUNDS = np.floor(LATENCY_FLOOR_NS * LATENCY_BASE ** np.arange(LATENCY_BUCKETS - 1)).astype(np.int64)
"""The longest latency in ns of each histogram bucket but the last."""
_NARROW = 14
_NEAREST = np.searchsorted(_BOUNDS, np.arange(1 << 16) << _NARROW).astype(np.int16)
"""The bucket of every multiple of 2**_NARROW ns up to a second: between two of them lies at most one bound."""
_COARSE = 64
"""Below so many of them buckets are narrower than that."""
_WRONG = 30
"""The bit of a user's events that says a wrong decision was counted; the lower ones are first events."""

LEAST_CHANCE = 2.0**-23
"""What a score gives the outcome it ruled out, so that the loss stays finite: the step of a 32-bit number below 1."""


@njit(cache=True, nogil=True)
def rounded(value: float) -> int:
    """The nearest whole number to one that is not negative, a half upwards: a cut, where `round` is a call."""
    return int(value + 0.5)


@njit(cache=True, nogil=True)
def number(score: Any) -> float:
    """A score as a label finds it: one that is not a number was taken for a no, as it passes no threshold, so 0."""
    return float(score) if score == score else 0.0


@njit(cache=True, nogil=True)
def bucket_of(latency: int) -> int:
    """The histogram bucket of a latency in ns: the first whose bound it does not exceed, or the last."""
    near = latency >> _NARROW
    if _COARSE <= near < _NEAREST.shape[0]:
        bucket = _NEAREST[np.uint64(near)]
        return int(bucket + (latency > _BOUNDS[np.uint64(bucket)]))
    return int(np.searchsorted(_BOUNDS, latency))


@njit(cache=True, nogil=True)
def bucket_of_user(user: Any) -> Any:
    """The bucket of a user: the upper bits of Knuth's multiplicative hash, modulo 2**32."""
    return ((np.int64(user) * 2654435761) >> 26) % USER_BUCKETS


@njit(cache=True, nogil=True)
def count_offered(cell: Any, offered: Any, routed: Any) -> None:
    """cell (n,) index: adds one to each, in the window's offered (cells,) and the cohort's routed (cells,)."""
    for i in range(cell.shape[0]):
        offered[cell[i]] += 1
        routed[cell[i]] += 1


@njit(cache=True, nogil=True)
def count_answers(
    arm: Any, shadow: Any, segment: Any, group: Any, status: Any, latency: Any, score: Any, decision: Any,
    cost: Any, segments: int, groups: int, statuses: Any, histogram: Any, latency_ns: Any, costs: Any, scores: Any,
    yes: Any,
) -> None:
    """Adds answers (n,) to status (cells * 4,), latency histogram and sum, cost, score histogram and yes (cells,).

    Answers and waits that ended in giving up have a latency; rejections and errors do not.
    """
    for i in range(arm.shape[0]):
        view = arm[i] * 2 + shadow[i]
        place = view * segments + segment[i]
        fate = status[i]
        statuses[(place * groups + group[i]) * 4 + fate] += 1
        costs[view] += cost[i]
        if fate == 0 or fate == 2:
            histogram[place * LATENCY_BUCKETS + bucket_of(latency[i])] += 1
            latency_ns[place] += latency[i]
        if fate == 0:
            if score[i] == score[i]:  # what is not a number is in no bin
                place = (view * 2 + decision[i]) * SCORE_BINS
                scores[place + min(int(score[i] * SCORE_BINS), SCORE_BINS - 1)] += 1
            yes[(view * segments + segment[i]) * groups + group[i]] += decision[i]


@njit(cache=True, nogil=True)
def cohorts_of(starts: Any, arrived: Any) -> Any:
    """(n,) which of the cohorts that began at starts (k,) ns each request at arrived (n,) ns is of; -1 for none."""
    count = starts.shape[0]
    places = np.full(arrived.shape[0], -1, np.int32)
    if count == 0:
        return places
    first = starts[0]
    # Cohorts are ticks, but for those that routing cut: a guess by proportion is seldom off by more than one.
    pace = (count - 1) / max(1, starts[count - 1] - first)
    for i in range(arrived.shape[0]):
        at = arrived[i]
        if at < first:
            continue
        place = min(int((at - first) * pace), count - 1)
        while place + 1 < count and starts[place + 1] <= at:
            place += 1
        while starts[place] > at:
            place -= 1
        places[i] = place
    return places


@njit(cache=True, nogil=True)
def count_labels(
    cohort: Any, rows: Any, arrived: Any, due: Any, arm: Any, shadow: Any, segment: Any, group: Any, score: Any,
    decision: Any, label: Any, segments: int, groups: int, confusion: Any, n: Any, score_bins: Any, positive: Any,
    score_sum: Any, brier: Any, log_loss: Any, seen: Any, delay_ms: Any, delay_square: Any,
) -> int:
    """Adds labels (n,) to the tables of their cohort (cohorts, ...): confusion, calibration bins, sums of scores
    and of their losses.

    cohort (n,) as `cohorts_of` has it, rows (k,) its place in the tables; seen (arms * 2,) counts every label,
    delay_ms and delay_square sum how late it was, in ms and in squared seconds.
    Returns how many came too late, for cohorts that are no longer open.
    """
    late = 0
    for i in range(arm.shape[0]):
        view = arm[i] * 2 + shadow[i]
        seen[view] += 1
        waited = int((due[i] - arrived[i]) / 1e6)
        delay_ms[view] += waited
        seconds = min(waited * 1e-3, 1e7)
        delay_square[view] += rounded(seconds * seconds)
        if cohort[i] < 0:
            late += 1
            continue
        home = rows[cohort[i]]
        cell = (view * segments + segment[i]) * groups + group[i]
        confusion[home, (cell * 2 + label[i]) * 2 + decision[i]] += 1
        value = number(score[i])
        place = view * SCORE_BINS + min(int(value * SCORE_BINS), SCORE_BINS - 1)
        n[home, place] += 1
        fixed = rounded(value * FIXED_POINT)
        score_bins[home, place] += fixed
        score_sum[home, cell] += fixed
        distance = value
        if label[i]:
            positive[home, place] += 1
            distance = 1.0 - value
        squared = distance * distance
        brier[home, cell * 2] += rounded(squared * FIXED_POINT)
        brier[home, cell * 2 + 1] += rounded(squared * squared * FIXED_POINT)
        loss = -math.log(max(1.0 - distance, LEAST_CHANCE))
        log_loss[home, cell * 2] += rounded(loss * LOSS_POINT)
        log_loss[home, cell * 2 + 1] += rounded(loss * loss * LOSS_POINT)
    return late


@njit(cache=True, nogil=True)
def count_voices(
    cohort: Any, rows: Any, arm: Any, segment: Any, group: Any, praise: Any, segments: int, groups: int, voices: Any,
) -> None:
    """Adds what users said (n,) to voices (cohorts, arms * segments * groups * 2) of the cohort they speak about.

    cohort (n,) and rows (k,) as for labels; what is said of cohorts that are no longer open is lost.
    """
    for i in range(arm.shape[0]):
        if cohort[i] >= 0:
            cell = (arm[i] * segments + segment[i]) * groups + group[i]
            voices[rows[cohort[i]], cell * 2 + praise[i]] += 1


@njit(cache=True, nogil=True)
def count_features(
    arm: Any, features: Any, watched: Any, first: int, every: int, edges: Any, table: Any, rows: Any
) -> None:
    """Adds every `every`-th request from `first` on: features (n, d) into table (arms, d, bins + 1), rows (arms,).

    Only where watched (n,) says so; all of them where it has no rows.
    """
    for i in range(first, features.shape[0], every):
        if watched.shape[0] and not watched[i]:
            continue
        rows[arm[i]] += 1
        for column in range(features.shape[1]):
            value = features[i, column]
            place = FEATURE_BINS
            if not np.isnan(value):
                place = 0
                for edge in range(FEATURE_BINS - 1):
                    place += edges[column, edge] <= value
            table[arm[i], column, place] += 1


@njit(cache=True, nogil=True)
def count_broken(
    arm: Any, features: Any, watched: Any, first: int, every: int, column: Any, low: Any, high: Any, coded: Any,
    allowed: Any, broken: Any,
) -> None:
    """Adds to broken (arms, d) the values of features (n, d), every `every`-th row, that break the contract's terms.

    column, low, high, coded (c,) and allowed (c, k) as `contract.Terms` has them; watched (n,) as for features.
    What is missing breaks nothing here.
    """
    for i in range(first, features.shape[0], every):
        if watched.shape[0] and not watched[i]:
            continue
        for term in range(column.shape[0]):
            value = features[i, column[term]]
            if np.isnan(value):
                continue
            if coded[term]:
                known = value >= 0 and value < allowed.shape[1] and value == np.floor(value)
                kept = known and allowed[term, int(value)]
            else:
                kept = low[term] <= value <= high[term]
            if not kept:
                broken[arm[i], column[term]] += 1


@njit(cache=True, nogil=True)
def count_answers_by_user(
    arm: Any, shadow: Any, segment: Any, user: Any, status: Any, latency: Any, cost: Any, limits: Any, split_at: int,
    part: Any, since: Any, events: Any, base: Any, width: int, slower: Any, first: Any, sums: Any,
) -> None:
    """Adds answers (n,) to slower (arms, 2, L), first (arms, 4 + L) and the users' sums (arms, 2, buckets, 6 + L).

    limits (L,) ns: an answer is beyond those it took longer than, a wait that ended in giving up beyond all of them.
    split_at is the epoch in which the request was routed, -1 where shares drew no arms. Where they did, the users' sums
    hold those alone whose arm was drawn by then (since (u,) epoch, -1 if never) and whose segment takes part (part
    (segments,)): others were not randomised. An event is its user's first where events (u,) has no bit for it yet.
    base (segments,) is the first bucket that a segment's users lie in, width how many there are for them.
    """
    count = limits.shape[0]
    for i in range(arm.shape[0]):
        a, s, u, fate = arm[i], int(shadow[i]), user[i], status[i]
        drawn = split_at < 0 or (0 <= since[u] <= split_at and part[segment[i]])
        if fate == 0 or fate == 2:
            for limit in range(count):
                if fate == 2 or latency[i] > limits[limit]:
                    slower[a, s, limit] += 1
        if not drawn:
            continue
        bucket = base[segment[i]] + bucket_of_user(u) % width
        sums[a, s, bucket, fate] += 1
        sums[a, s, bucket, USER_COST] += cost[i]
        bits = 0
        if fate != 0:
            bits = 1 << FAILED_SOMEHOW | 1 << fate
        if fate == 0 or fate == 2:
            sums[a, s, bucket, USER_LATENCY] += latency[i]
            for limit in range(count):
                if fate == 2 or latency[i] > limits[limit]:
                    sums[a, s, bucket, USER_SLOW + limit] += 1
                    bits |= 1 << (FIRST_SLOW + limit)
        if bits and split_at >= 0 and s == 0:
            new = bits & ~events[u]
            if new:
                events[u] |= new
                for event in range(FIRST_SLOW + count):
                    first[a, event] += (new >> event) & 1


@njit(cache=True, nogil=True)
def count_labels_by_user(
    cohort: Any, rows: Any, split_at: Any, part: Any, since: Any, arm: Any, shadow: Any, segment: Any, user: Any,
    score: Any, decision: Any, label: Any, base: Any, width: int, sums: Any,
) -> None:
    """Adds labels (n,) to their cohorts' sums by bucket of users (cohorts, arms * 2 * buckets * 6).

    split_at (k,), part (k, segments), since (u,), base, width as for answers: where shares drew arms, only those they
    drew count.
    """
    columns = USER_OFFSET + 1
    for i in range(arm.shape[0]):
        at = cohort[i]
        if at < 0:
            continue
        home, u = rows[at], user[i]
        if split_at[at] >= 0 and not (0 <= since[u] <= split_at[at] and part[at, segment[i]]):
            continue
        bucket = base[segment[i]] + bucket_of_user(u) % width
        place = ((arm[i] * 2 + int(shadow[i])) * USER_BUCKETS + bucket) * columns
        sums[home, place + label[i] * 2 + decision[i]] += 1
        offset = number(score[i]) - (1.0 if label[i] else 0.0)
        sums[home, place + USER_BRIER] += rounded(offset * offset * FIXED_POINT)
        sums[home, place + USER_OFFSET] += rounded((offset + 1.0) * FIXED_POINT) - FIXED_POINT


@njit(cache=True, nogil=True)
def maybe_first_wrong(shadow: Any, user: Any, decision: Any, label: Any, since: Any, events: Any) -> Any:
    """The rows of labels (n,) that may be their user's first wrong decision, of one whose arm shares drew."""
    rows = np.empty(shadow.shape[0], np.int64)
    found = 0
    for i in range(shadow.shape[0]):
        if label[i] != decision[i] and not shadow[i]:
            u = user[i]
            if since[u] >= 0 and not (events[u] >> _WRONG) & 1:
                rows[found] = i
                found += 1
    return rows[:found]


@njit(cache=True, nogil=True)
def count_first_wrong(
    cohort: Any, rows: Any, split_at: Any, part: Any, arm: Any, segment: Any, user: Any, since: Any, events: Any,
    first: Any,
) -> None:
    """Adds wrong decisions (n,) that are their users' first to the cohorts in which they were made (cohorts, arms).

    split_at (k,): for each open cohort the epoch in which it was routed, -1 where shares drew no arms; part
    (k, segments): who took part in it.
    """
    for i in range(arm.shape[0]):
        at, u = cohort[i], user[i]
        if at >= 0 and 0 <= since[u] <= split_at[at] and part[at, segment[i]] and not (events[u] >> _WRONG) & 1:
            events[u] |= 1 << _WRONG
            first[rows[at], arm[i]] += 1


@njit(cache=True, nogil=True)
def count_users(user: Any, arm: Any, epoch: int, split_now: bool, seen: Any, since: Any, users: Any) -> None:
    """Adds each user (n,) at its first request of the epoch to users (arms,); seen (u,) remembers.

    split_now: whether shares draw arms; since (u,) then remembers in which epoch they first drew the user's.
    """
    for i in range(user.shape[0]):
        if seen[user[i]] != epoch:
            seen[user[i]] = epoch
            users[arm[i]] += 1
            if split_now and since[user[i]] < 0:
                since[user[i]] = epoch
