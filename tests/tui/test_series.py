"""A series grows while what was handed out of it stays, and reads as it was written."""

from hypothesis import given
from hypothesis import strategies as st

from tui.series import EMPTY, Growing, Point, side_by_side

VALUES = st.none() | st.floats(-1e15, 1e15)
COUNTS = st.integers(-1, 10**12)


@given(st.lists(st.tuples(VALUES, VALUES, COUNTS, COUNTS), max_size=200), st.integers(0, 200))
def test_what_was_handed_out_stays_as_it_was(read, cut) -> None:
    growing, points = Growing(), [Point(at, *one) for at, one in enumerate(read)]
    for place, point in enumerate(points):
        growing.append(point)
        if place == cut:
            early = growing.series
    whole = growing.series
    assert whole is growing.series, "the same until a point is added"
    assert whole == Growing(points).series
    assert whole.last == (points[-1] if points else None)
    said = [one for one in points if (one.incumbent, one.candidate) != (None, None)]
    assert whole.latest == (said[-1] if said else None)
    if len(points) > cut:
        assert early == Growing(points[: cut + 1]).series
        assert early != whole or len(points) == cut + 1


@given(st.lists(st.tuples(VALUES, VALUES), max_size=40), st.integers(-1, 41), st.integers(-1, 41))
def test_it_reaches_over_what_was_read_after_the_first_instant_up_to_and_with_the_second(read, start, end) -> None:
    series = Growing(Point(at, *both) for at, both in enumerate(read)).series
    seen = [one for at, both in enumerate(read) if start < at <= end for one in both if one is not None]
    assert series.reach(start, end) == ((min(seen), max(seen)) if seen else ())


def test_two_flights_side_by_side_are_their_candidates_at_every_instant_of_either() -> None:
    one = Growing([Point(10, 9.0, 1.0, 5, 6), Point(20, 9.0, 2.0, 5, 7), Point(30, 9.0, None, 5, 0)])
    other = Growing([Point(20, 9.0, 5.0, 5, 8), Point(40, 9.0, 6.0, 5, 9)])
    both = side_by_side(one.series, other.series)
    assert both == Growing([
        Point(10, 1.0, None, 6, -1), Point(20, 2.0, 5.0, 7, 8), Point(30, None, None, 0, -1),
        Point(40, None, 6.0, -1, 9),
    ]).series
    assert len(side_by_side(EMPTY, EMPTY)) == 0
