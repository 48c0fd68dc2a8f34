"""Curves are drawn whole for every size, and every value is somewhere on the chart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.draw.plot import Curve, Span, bars, plot
from tui.draw.raster import RASTERS
from tui.draw.scale import cover

SPAN = Span(0, 100, 0.0, 10.0)


def curve(samples, *, whose="candidate", dotted=False) -> Curve:
    """Samples as (when, what or None)."""
    values = [math.nan if value is None else value for _, value in samples]
    return Curve(whose, np.array([at for at, _ in samples], np.int64), np.array(values, float), dotted=dotted)


def dots(rows) -> np.ndarray:
    """What is drawn in braille, dot by dot."""
    masks = np.array([[0 if letter == " " else ord(letter) - 0x2800 for letter, _ in row] for row in rows])
    bits = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
    cells = (masks[:, None, :, None] & bits[None, :, None, :]) > 0
    return cells.reshape(4 * masks.shape[0], 2 * masks.shape[1])


def joined_one_by_one(samples, span, *, columns, rows) -> np.ndarray:
    """The same curve as one would draw it by hand: sample after sample, each joined with the one before.

    Between the highest and the lowest dot of a column all are set.
    """
    field, before = np.zeros((rows, columns), bool), None
    for at, value in samples:
        if value is None:
            before = None
        elif span.start < at <= span.end:
            x = min(columns - 1, (at - span.start) * columns // (span.end - span.start))
            share = (value - span.low) / (span.high - span.low)
            y = rows - 1 - max(0, min(rows - 1, int(share * (rows - 1) + 0.5)))
            field[y, x] = True
            if before is not None and before[0] < x:
                wide = x - before[0]
                for step in range(wide):
                    ends = [before[1] + (y - before[1]) * part // wide for part in (step, step + 1)]
                    field[min(ends) : max(ends) + 1, before[0] + step] = True
            before = x, y
    return np.maximum.accumulate(field) & np.maximum.accumulate(field[::-1])[::-1]


@pytest.mark.parametrize("name", RASTERS)
def test_a_rising_line_goes_from_the_lower_left_to_the_upper_right(name: str) -> None:
    samples = [(at, at / 10) for at in range(1, 101)]
    rows = plot([curve(samples)], SPAN, width=10, height=5, raster=RASTERS[name])
    text = ["".join(letter for letter, _ in row) for row in rows]
    assert text[0].strip()
    assert not text[0][:7].strip()
    assert text[-1].strip()
    assert not text[-1][4:].strip()
    columns = ["".join(row[x] for row in text).strip() for x in range(10)]
    assert all(columns), "a line without gaps is drawn without gaps"


def test_a_gap_stays_a_gap() -> None:
    samples = [(10, 5.0), (20, None), (90, 5.0)]
    (row,) = plot([curve(samples)], SPAN, width=10, height=1, raster=RASTERS["ascii"])
    assert [x for x, (letter, _) in enumerate(row) if letter != " "] == [1, 9]


def test_a_spike_among_many_samples_is_not_lost() -> None:
    samples = [(at, 9.9 if at == 5_000 else 0.1) for at in range(1, 10_001)]
    rows = plot([curve(samples)], Span(0, 10_000, 0, 10), width=8, height=4, raster=RASTERS["braille"])
    assert any(letter != " " for letter, _ in rows[0])


def test_the_braille_of_one_dot_is_the_right_one() -> None:
    (row,) = plot([curve([(100, 0.0)])], SPAN, width=1, height=1, raster=RASTERS["braille"])
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
    both = [curve(samples, whose="a", dotted=True), curve(samples, whose="b")]
    rows = plot(both, span, width=width, height=height, raster=RASTERS[name])
    assert len(rows) == (height if width and height else 0)
    assert all(len(row) == width for row in rows)
    assert len(bars(curve(samples), span, width=width, raster=RASTERS[name])) == width


@given(
    st.integers(1, 30), st.integers(1, 8), st.integers(-5, 90), st.integers(1, 120),
    st.lists(st.tuples(st.integers(-10, 200), st.none() | st.floats(-5, 15)), max_size=80),
)
def test_a_curve_taken_column_by_column_has_the_dots_of_one_drawn_sample_by_sample(
    width, height, start, lasts, samples
) -> None:
    samples.sort(key=lambda one: one[0])
    span = Span(start, start + lasts, 0.0, 10.0)
    drawn = dots(plot([curve(samples)], span, width=width, height=height, raster=RASTERS["braille"]))
    assert (drawn == joined_one_by_one(samples, span, columns=2 * width, rows=4 * height)).all()


@given(st.lists(st.floats(0, 1e6), min_size=1), st.lists(st.floats(0, 1e6), max_size=3))
def test_all_data_lie_within_what_a_chart_covers(values, limits) -> None:
    low, high = cover(values, limits)
    assert low <= min(values)
    assert high >= max(values)
