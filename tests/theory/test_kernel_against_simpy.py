"""The compiled server equals a plain SimPy one, request by request, and however its time is cut."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.world.services.kernel import PoolState, serve

sys.path.insert(0, str(Path(__file__).parent))
from plain_simpy import served

WORDS = ("answered", "rejected", "timed out", "errored")
FAR = 10**12


def compiled(arrived, demand, fails, *, timeout, room, changes, cuts):
    """The same through the kernel, advanced to every change and every cut."""
    pool = PoolState(slots=0, room=room, timeout=timeout)
    columns = [np.array(column, dtype=kind) for column, kind in (
        (arrived, np.int64), (demand, np.int64), (fails, np.bool_), (range(len(arrived)), np.int64)
    )]
    for column in columns:
        column.setflags(write=False)
    fates: dict[int, tuple[str, int, int]] = {}
    at = low = 0
    for stop in sorted({when for when, _, _ in changes} | set(cuts) | {FAR}):
        high = int(np.searchsorted(columns[0], stop))
        part = slice(low, high)
        out = serve(
            pool, stop, arrived=columns[0][part], demand=columns[1][part], fails=columns[2][part], key=columns[3][part]
        )
        for key, status, published, start in zip(*(
            column.tolist() for column in (out.key, out.status, out.published, out.start)
        ), strict=True):
            assert key not in fates, "a fate is published once"
            assert at <= published < stop or stop == FAR, "what is published in a stretch happened in it"
            fates[key] = (WORDS[status], published, start)
        assert high == len(fates) + pool.in_flight, "offered is published and in flight"
        for when, wanted, ready_at in changes:
            if when == stop:
                pool.open_slots(wanted, ready_at=ready_at)
        at, low = stop, high
    return fates


@st.composite
def days(draw):
    """A short, crowded day on a coarse clock, so that ties are the rule."""
    n = draw(st.integers(1, 40))
    gap = draw(st.sampled_from([1, 2, 5]))
    arrived = np.cumsum(draw(st.lists(st.integers(0, gap), min_size=n, max_size=n))).tolist()
    demand = draw(st.lists(st.integers(1, 12), min_size=n, max_size=n))
    fails = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    end = arrived[-1] + 5
    changes = [(0, draw(st.integers(1, 4)), 0)]
    for when in sorted(draw(st.sets(st.integers(1, end), max_size=3))):
        changes.append((when, draw(st.integers(1, 5)), when + draw(st.integers(0, 6))))
    return {
        "arrived": arrived, "demand": demand, "fails": fails, "timeout": draw(st.integers(1, 25)),
        "room": draw(st.integers(0, 8)), "changes": changes,
    }, draw(st.lists(st.integers(0, end + 20), max_size=8))


@settings(max_examples=400)
@given(days())
def test_every_request_has_the_fate_it_has_in_plain_simpy(day) -> None:
    columns, cuts = day
    assert compiled(**columns, cuts=cuts) == served(**columns)


@settings(max_examples=150)
@given(days())
def test_cutting_time_anywhere_changes_no_fate(day) -> None:
    columns, cuts = day
    assert compiled(**columns, cuts=cuts) == compiled(**columns, cuts=[]) == compiled(**columns, cuts=range(60))


@pytest.mark.parametrize("seed", range(5))
def test_a_long_busy_day_equals_plain_simpy(seed: int) -> None:
    draw = np.random.default_rng(seed)
    n = 4_000
    columns = {
        "arrived": np.cumsum(draw.exponential(100, n)).astype(np.int64).tolist(),
        "demand": (draw.lognormal(6.4, 0.8, n)).astype(np.int64).tolist(), "fails": (draw.random(n) < 0.05).tolist(),
        "timeout": 1_500, "room": 12,
        "changes": [(0, 8, 0), (100_000, 10, 103_000), (200_000, 5, 200_000), (300_000, 9, 300_500)],
    }
    fates = served(**columns)
    assert compiled(**columns, cuts=draw.integers(0, 400_000, 50).tolist()) == fates
    assert {status for status, _, _ in fates.values()} == set(WORDS)


TIES = [
    # what happens, demands, timeout, room, slots, fates
    ("a slot falls free as one arrives: it starts", [0, 5], [5, 1], 99, 1, 1, ["answered 5", "answered 6"]),
    ("a turn that comes at the deadline is too late", [0, 1], [5, 1], 4, 1, 1, ["timed out 4", "timed out 5"]),
    ("an answer at the deadline is in time", [0], [4], 4, 0, 1, ["answered 4"]),
    ("an answer after the deadline is late", [0], [5], 4, 0, 1, ["timed out 4"]),
    ("without room one more is rejected", [0, 1], [5, 5], 99, 0, 1, ["answered 5", "rejected 1"]),
    ("who leaves makes room", [0, 1, 3], [9, 1, 1], 2, 1, 1, ["timed out 2", "timed out 3", "timed out 5"]),
    ("first come, first served at one instant", [0, 0], [2, 2], 99, 9, 1, ["answered 2", "answered 4"]),
]


@pytest.mark.parametrize(("arrived", "demand", "timeout", "room", "slots", "fates"), [row[1:] for row in TIES],
                         ids=[row[0] for row in TIES])
def test_a_tie_is_broken_as_the_page_says(arrived, demand, timeout, room, slots, fates) -> None:
    columns = {
        "arrived": arrived, "demand": demand, "fails": [False] * len(arrived), "timeout": timeout, "room": room,
        "changes": [(0, slots, 0)],
    }
    for fate in (compiled(**columns, cuts=[]), served(**columns)):
        assert [f"{fate[key][0]} {fate[key][1]}" for key in range(len(arrived))] == fates
