"""A series grows while what was handed out of it stays, and reads as it was written."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui.series import EMPTY, Growing, side_by_side

VALUES = st.none() | st.floats(-1e15, 1e15)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=200), st.integers(0, 200))
def test_what_was_handed_out_stays_as_it_was(values, cut) -> None:
    growing = Growing()
    early, before = growing.series, []
    for at, (incumbent, candidate) in enumerate(values):
        growing.append((at, incumbent, candidate))
        if at == cut:
            early, before = growing.series, [growing.series.at.tolist(), growing.series.candidate.tolist()]
    whole = growing.series
    assert whole is growing.series, "the same until a point is added"
    assert len(whole) == len(values)
    assert whole.last == ((len(values) - 1, *values[-1]) if values else None)
    said = [(at, *both) for at, both in enumerate(values) if both != (None, None)]
    assert whole.latest == (said[-1] if said else None)
    if before:
        assert len(early) == cut + 1
        assert early.at.tolist() == before[0]
        assert str(early.candidate.tolist()) == str(before[1])


def test_between_takes_what_is_after_the_first_up_to_and_with_the_second() -> None:
    growing = Growing()
    for at in (10, 20, 30, 40):
        growing.append((at, at / 10, None))
    assert growing.series.between(10, 30).at.tolist() == [20, 30]
    assert growing.series.between(40, 90).last is None


def test_two_flights_side_by_side_are_their_candidates_at_every_instant_of_either() -> None:
    one, other = Growing(), Growing()
    for at, value in ((10, 1.0), (20, 2.0), (30, None)):
        one.append((at, 9.0, value))
    for at, value in ((20, 5.0), (40, 6.0)):
        other.append((at, 9.0, value))
    both = side_by_side(one.series, other.series)
    assert both.at.tolist() == [10, 20, 30, 40]
    np.testing.assert_array_equal(both.incumbent, [1.0, 2.0, np.nan, np.nan])
    np.testing.assert_array_equal(both.candidate, [np.nan, 5.0, np.nan, 6.0])
    assert len(side_by_side(EMPTY, EMPTY)) == 0
