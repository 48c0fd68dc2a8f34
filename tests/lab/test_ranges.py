"""Ranges: what is written, what it spans, and that every value is one that a scenario can say."""

import pytest

from sandbox.lab.ranges import Range, from_row, range_of
from sandbox.lab.variants import SettingError

MINUTE = 60 * 10**9


@pytest.mark.parametrize(("text", "ends", "middle"), [
    ("5m..30m", ("5m", "30m"), "17m30s"),
    ("30s..4m", ("30s", "4m"), "2m15s"),
    ("1%..5%", ("1%", "5%"), "3%"),
    ("2..8", ("2", "8"), "5"),
    ("0.1..0.5", ("0.1", "0.5"), "0.3"),
    ("-1..1", ("-1", "1"), "0"),
    ("50/s..400/s", ("50/s", "400/s"), "225/s"),
    ("5pp..9pp", ("5pp", "9pp"), "7pp"),
    ("1%..100%", ("1%", "100%"), "10%"),
    ("100ms..10s", ("100ms", "10s"), "1s"),
])
def test_a_range_goes_from_end_to_end_in_its_own_unit(text, ends, middle):
    """From a decade on by the logarithm: half way from 1% to 100% lies 10%."""
    one = range_of("a.b", (text,))
    assert tuple(setting.value for setting in one.ends) == ends
    assert one.at(0.5).value == middle
    assert one.part_of(middle) == pytest.approx(0.5, abs=1e-9)
    assert from_row(one.as_row) == one
    assert str(one) == f"a.b={ends[0]}..{ends[1]}"


def test_several_values_are_choices():
    one = range_of("ramp.steps", ('["1%", "100%"]', '["100%"]'))
    assert [setting.value for setting in one.ends] == ['["1%", "100%"]', '["100%"]']


def test_values_between_are_rounded_to_what_people_would_write():
    one = range_of("ramp.bake", ("5m..30m",))
    assert one.said(17.345678 * MINUTE).value == "17m30s"
    assert range_of("ramp.bake", ("10m..40m",)).said(606 * 10**9).value == "10m"
    assert range_of("x", ("0%..100%",)).said(12.3456).value == "12%"
    assert range_of("x", ("2%..8%",)).said(7.99).value == "8%"
    assert range_of("x", ("0.1..100",)).said(12.3456).value == "12.4"
    assert range_of("x", ("10ms..500ms",)).said(26.4e6).value == "26ms"
    assert Range(key="x", low=1, high=9, kind="whole").said(3.4).value == "3"


@pytest.mark.parametrize(("values", "said"), [
    (("5m",), "is no range"), (("5m..30%",), "not a number|same unit"), (("30m..5m",), "lower end first"),
    (("5..5",), "both ends are the same"), (("a..b",), "a is not a number"), (("1%..2/s",), "same unit"),
])
def test_what_is_no_range_is_told(values, said):
    with pytest.raises(SettingError, match=said):
        range_of("ramp.bake", values)


def test_a_key_that_is_none_is_told():
    with pytest.raises(SettingError, match="is not a key"):
        range_of("ramp..bake!", ("5m..30m",))
