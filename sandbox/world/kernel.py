"""The compiled loops over a block that are neither queue nor count: scores along a curve, and the settling of harm.

Rows are unsigned where they index: one that may be negative is tested at every access.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from sandbox.base.status import Status

ABSENT = int(Status.ABSENT)
"""What never came is served neither well nor badly; where it came in one flight only there is nothing to compare."""

REACH = 8.0
"""A score curve covers indices from -REACH to REACH; beyond it is flat."""

POINTS = 4_097
"""Points of a score curve: between them it is linear, and off by less than 1e-6."""


def curve_points() -> npt.NDArray[np.float64]:
    """(POINTS,) indices at which a score curve is given."""
    return np.linspace(-REACH, REACH, POINTS)


@njit(cache=True, nogil=True)
def look_up(place: Any, table: Any, found: Any) -> None:
    """Fills found (n,) with table (65,536,) at place (at least n,)."""
    for i in range(found.shape[0]):
        found[i] = table[place[i]]


@njit(cache=True, nogil=True)
def along_curve(index: Any, curve: Any, lower: Any, group: Any, against: int, score: Any) -> None:
    """index (n,): fills score (n,) along curve (POINTS,), or along lower (POINTS,) where group (n,) is `against`."""
    steps = (POINTS - 1) / (2.0 * REACH)
    for i in range(index.shape[0]):
        place = (index[i] + REACH) * steps
        place = min(max(place, 0.0), POINTS - 1.001)
        left = int(place)
        part = place - left
        if group[i] == against:
            score[i] = lower[left] + (lower[left + 1] - lower[left]) * part
        else:
            score[i] = curve[left] + (curve[left + 1] - curve[left]) * part


@njit(cache=True, nogil=True)
def badness(status: int, latency: int, right: bool, slow_ns: int) -> int:
    """How badly a request was served: 0 well, 1 wrong, 2 late, 3 failed (`world.harm` defines them)."""
    if status == 1 or status == 3:
        return 3
    if status == 2 or latency > slow_ns:
        return 2
    return 0 if right else 1


@njit(cache=True, nogil=True)
def settle(
    status: Any, latency: Any, right: Any, stayed_status: Any, stayed_latency: Any, stayed_right: Any, slow_ns: int,
    window: Any, arm: Any, segment: Any, group: Any, user: Any, requests: Any, harmed: Any, helped: Any,
    harm_of_user: Any, help_of_user: Any, on_candidate: Any, kinds: Any,
) -> None:
    """Adds a block's requests to requests (W, arms, segments, groups), harmed and helped (..., 3) and the users' sums.

    kinds (n,) is filled with the kind of harm of each request, 0 for none.
    """
    for i in range(status.shape[0]):
        if status[i] == ABSENT:
            kinds[i] = 0
            continue
        flown = badness(status[i], latency[i], right[i], slow_ns)
        stayed = badness(stayed_status[i], stayed_latency[i], stayed_right[i], slow_ns)
        if stayed_status[i] == ABSENT:
            stayed = flown
        requests[window[i], arm[i], segment[i], group[i]] += 1
        kinds[i] = 0
        if arm[i] > 0:
            on_candidate[user[i]] = True
        if flown > stayed:
            harmed[window[i], arm[i], segment[i], group[i], flown - 1] += 1
            harm_of_user[user[i]] += 1
            kinds[i] = flown
        elif flown < stayed:
            helped[window[i], arm[i], segment[i], group[i], stayed - 1] += 1
            help_of_user[user[i]] += 1


@njit(cache=True, nogil=True)
def count_right(window: Any, right: Any, hits: Any, trials: Any) -> None:
    """window, right (n,): adds to hits and trials (W,)."""
    for i in range(window.shape[0]):
        trials[window[i]] += 1
        if right[i]:
            hits[window[i]] += 1


@njit(cache=True, nogil=True)
def publish(
    key: Any, status: Any, published: Any, row_mask: int, shadow_bit: int, at: Any, user: Any, segment: Any, group: Any,
    score: Any, decision: Any, fate_status: Any, fate_latency: Any, statuses: Any, out: Any,
) -> int:
    """Writes the fates of requests key (n,) into their block, and what telemetry says of them into out's columns.

    out holds row, shadow, user, segment, group, arrived, latency, score, decision (n,); statuses (4,) counts those that
    users saw. Returns how many were shadows.
    """
    rows, shadows, users, segments, groups, arrived, latencies, scores, decisions = out
    unseen = 0
    for i in range(key.shape[0]):
        row = np.uint64(key[i] & row_mask)
        latency = published[i] - at[row]
        shadow = (key[i] & shadow_bit) != 0
        rows[i] = row
        shadows[i] = shadow
        users[i] = user[row]
        segments[i] = segment[row]
        groups[i] = group[row]
        arrived[i] = at[row]
        latencies[i] = latency
        scores[i] = score[row]
        decisions[i] = decision[row]
        if shadow:
            unseen += 1
        else:
            fate_status[row] = status[i]
            fate_latency[row] = latency
            statuses[status[i]] += 1
    return unseen


@njit(cache=True, nogil=True)
def remember(
    key: Any, status: Any, published: Any, row_mask: int, at: Any, fate_status: Any, fate_latency: Any
) -> None:
    """Writes the fates of requests key (n,) into their block, and tells nobody."""
    for i in range(key.shape[0]):
        row = np.uint64(key[i] & row_mask)
        fate_status[row] = status[i]
        fate_latency[row] = published[i] - at[row]


@njit(cache=True, nogil=True)
def labels_by_tick(
    row: Any, shadow: Any, status: Any, published: Any, label_at: Any, known: Any, all_known: bool, at: Any,
    segment: Any, group: Any, user: Any, score: Any, decision: Any, label: Any, tick: int, until: int,
) -> Any:
    """The labels of answers row (n,) that will come before `until`, sorted by the tick in which they do.

    Returns the first tick, edges (ticks + 1,) into the columns, and the columns due, shadow, segment, group, user,
    arrived, score, decision, label.
    """
    n = row.shape[0]
    due, ticked = np.empty(n, np.int64), np.empty(n, np.int64)
    first, last, coming = np.int64(2**62), np.int64(-1), 0
    for i in range(n):
        ticked[i] = -1
        at_row = np.uint64(row[i])
        if status[i] == 0 and label_at[at_row] >= 0 and (all_known or known[at_row]):
            due[i] = max(label_at[at_row], published[i])
            if due[i] >= until:
                continue
            ticked[i] = due[i] // tick
            first, last = min(first, ticked[i]), max(last, ticked[i])
            coming += 1
    ticks = int(last - first + 1) if coming else 0
    edges = np.zeros(ticks + 1, np.int64)
    for i in range(n):
        if ticked[i] >= 0:
            edges[ticked[i] - first + 1] += 1
    for t in range(ticks):
        edges[t + 1] += edges[t]
    place = edges.copy()
    dues, arrived = np.empty(coming, np.int64), np.empty(coming, np.int64)
    shadows, decisions, labels = np.empty(coming, np.bool_), np.empty(coming, np.bool_), np.empty(coming, np.bool_)
    segments, groups, scores = np.empty(coming, np.uint8), np.empty(coming, np.uint8), np.empty(coming, np.float32)
    users = np.empty(coming, np.int32)
    for i in range(n):
        if ticked[i] < 0:
            continue
        of_tick = np.uint64(ticked[i] - first)
        j, at_row = np.uint64(place[of_tick]), np.uint64(row[i])
        place[of_tick] += 1
        dues[j], arrived[j], shadows[j] = due[i], at[at_row], shadow[i]
        segments[j], groups[j], scores[j] = segment[at_row], group[at_row], score[at_row]
        decisions[j], labels[j], users[j] = decision[at_row], label[at_row], user[at_row]
    return first, edges, dues, shadows, segments, groups, users, arrived, scores, decisions, labels
