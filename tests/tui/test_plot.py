"""Curves are drawn whole for every size, and every value is somewhere on the chart."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.draw.plot import Curve, Span, bars, plot
from tui.draw.raster import RASTERS
from tui.draw.scale import cover

SPAN = Span(0, 100, 0.0, 10.0)


@pytest.mark.parametrize("name", RASTERS)
def test_a_rising_line_goes_from_the_lower_left_to_the_upper_right(name: str) -> None:
    samples = [(at, at / 10) for at in range(1, 101)]
    rows = plot([Curve("candidate", samples)], SPAN, width=10, height=5, raster=RASTERS[name])
    text = ["".join(letter for letter, _ in row) for row in rows]
    assert text[0].strip()
    assert not text[0][:7].strip()
    assert text[-1].strip()
    assert not text[-1][4:].strip()
    columns = ["".join(row[x] for row in text).strip() for x in range(10)]
    assert all(columns), "a line without gaps is drawn without gaps"


def test_a_gap_stays_a_gap() -> None:
    samples = [(10, 5.0), (20, None), (90, 5.0)]
    (row,) = plot([Curve("candidate", samples)], SPAN, width=10, height=1, raster=RASTERS["ascii"])
    assert [x for x, (letter, _) in enumerate(row) if letter != " "] == [1, 9]


def test_a_spike_among_many_samples_is_not_lost() -> None:
    samples = [(at, 9.9 if at == 5_000 else 0.1) for at in range(1, 10_001)]
    rows = plot([Curve("candidate", samples)], Span(0, 10_000, 0, 10), width=8, height=4, raster=RASTERS["braille"])
    assert any(letter != " " for letter, _ in rows[0])


def test_the_braille_of_one_dot_is_the_right_one() -> None:
    (row,) = plot([Curve("c", [(100, 0.0)])], SPAN, width=1, height=1, raster=RASTERS["braille"])
    assert row[0][0] == chr(0x2800 + 0x80)


VALUES = st.none() | st.floats(-1e15, 1e15)
"""No metric has larger ones: bytes of a pool stay below a petabyte."""


@given(
    st.integers(0, 40), st.integers(0, 12), st.sampled_from(sorted(RASTERS)),
    st.lists(st.tuples(st.integers(-10, 200), VALUES), max_size=30),
)
def test_it_draws_in_any_size_whatever_the_values(width, height, name, samples) -> None:
    samples.sort(key=lambda one: one[0])
    values = [value for _, value in samples if value is not None]
    low, high = cover(values, [1.0, math.inf])
    span = Span(0, 100, low, high)
    rows = plot([Curve("a", samples, dotted=True), Curve("b", samples)], span, width=width, height=height,
                raster=RASTERS[name])
    assert len(rows) == (height if width and height else 0)
    assert all(len(row) == width for row in rows)
    assert len(bars(samples, span, width=width, raster=RASTERS[name])) == width


@given(st.lists(st.floats(0, 1e6), min_size=1), st.lists(st.floats(0, 1e6), max_size=3))
def test_all_data_lie_within_what_a_chart_covers(values, limits) -> None:
    low, high = cover(values, limits)
    assert low <= min(values)
    assert high >= max(values)
