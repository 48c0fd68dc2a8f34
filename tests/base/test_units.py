"""Units read and written: what goes in comes out, and what has no unit is asked for one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.base.units import (
    format_duration,
    format_rate,
    format_share,
    parse_duration,
    parse_limit,
    parse_margin,
    parse_rate,
    parse_share,
    rounded_duration,
)

SECOND = 10**9


@pytest.mark.parametrize(("text", "value"), [
    ("15m", 900 * SECOND), ("1h30m", 5_400 * SECOND), ("250ms", SECOND // 4), ("1.5s", 3 * SECOND // 2),
    ("2d", 172_800 * SECOND),
    ("3650d", 3_650 * 86_400 * SECOND), ("0s", 0), ("7ns", 7), ("1w", 604_800 * SECOND), ("3us", 3_000),
])
def test_a_duration_is_read_in_its_unit(text: str, value: int) -> None:
    assert parse_duration(text) == value


@given(st.integers(0, 3 * 10**17))
def test_a_duration_written_is_read_back_exactly(nanoseconds: int) -> None:
    assert parse_duration(format_duration(nanoseconds)) == nanoseconds


@given(st.integers(0, 10_000))
def test_a_share_written_is_read_back(ten_thousandths: int) -> None:
    share = ten_thousandths / 10_000
    assert parse_share(format_share(share)) == pytest.approx(share, abs=1e-12)


@given(st.integers(1, 10**7))
def test_a_rate_written_is_read_back(per_day: int) -> None:
    rate = per_day / 86_400
    assert parse_rate(format_rate(rate)) == pytest.approx(rate, rel=1e-6)


@pytest.mark.parametrize(("parse", "value", "hint"), [
    (parse_duration, 15, '"15" has no unit; did you mean "15m", "15s" or "15ms"?'),
    (parse_duration, "15", '"15" has no unit'),
    (parse_duration, "soon", '"soon" is not a duration'),
    (parse_duration, "-5m", '"-5m" is not a duration'),
    (parse_duration, True, '"True" is not a duration'),
    (parse_duration, "3651d", '"3651d" is longer than 3650d, ten years; write a shorter one'),
    (parse_duration, "3650d1h", "is longer than 3650d"),
    (parse_duration, "9" * 400 + "h", "is longer than 3650d"),
    (parse_share, 5, '"5" has no unit; did you mean "5%"?'),
    (parse_share, 0.05, '"0.05" has no unit; did you mean "5%"?'),
    (parse_share, "105%", '"105%" is outside 0% to 100%'),
    (parse_share, "-1%", "outside"),
    (parse_rate, 40, '"40" has no unit; did you mean "40/s"?'),
    (parse_rate, "40/y", "is not a rate"),
    (parse_margin, -1, "negative"),
    (parse_margin, "much", "is not a margin"),
    (parse_limit, "many", "is not a limit"),
])
def test_a_value_without_a_unit_is_asked_for_one(parse, value: object, hint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(hint)):
        parse(value)


@pytest.mark.parametrize(("text", "amount", "relative"), [
    ("20%", 0.2, True), ("0.5pp", 0.005, False), ("30ms", 0.03, False), (0.02, 0.02, False), ("1.5s", 1.5, False),
])
def test_a_margin_is_a_part_or_an_amount(text: object, amount: float, relative: bool) -> None:
    margin = parse_margin(text)
    assert (margin.amount, margin.relative) == (pytest.approx(amount), relative)


@pytest.mark.parametrize(("nanoseconds", "read"), [
    (84_333_436_681, "1m24s"), (10_000_000_001, "10s"), (9_846_563_319, "9s847ms"), (153_436_681, "153ms"), (0, "0s"),
])
def test_a_measured_duration_is_rounded_to_what_people_read(nanoseconds, read):
    assert rounded_duration(nanoseconds) == read
