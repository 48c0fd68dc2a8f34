"""How numbers read in a judgement: the unit, the sign, and as many digits as it takes to be seen to hold."""

import math

import pytest

from sandbox.decide.gates.wording import against, amount, change


@pytest.mark.parametrize(("value", "unit", "says"), [
    (0.03125, "share", "3.12%"), (0.5, "share", "50%"), (math.nan, "share", "no value"), (0.1234, "seconds", "123ms"),
    (0.9996, "seconds", "1e+03ms"), (1.0, "seconds", "1s"), (2.3456, "seconds", "2.35s"), (-0.25, "seconds", "-250ms"),
    (-1.0, "seconds", "-1s"), (123.456, "per_second", "123/s"), (1_234_567.0, "bytes", "1.23MB"),
    (1.5e9, "bytes", "1.5GB"), (0.123456, "index", "0.123"), (12.0, "ratio", "12"),
])
def test_an_amount_reads_in_its_unit(value: float, unit: str, says: str) -> None:
    assert amount(value, unit) == says


@pytest.mark.parametrize(("value", "sign", "bound", "unit", "says"), [
    (0.031, ">", 0.02, "share", "3.1% > 2%"), (0.020001, ">", 0.02, "share", "2.0001% > 2%"),
    (0.02, "≤", 0.02, "share", "2% ≤ 2%"), (0.3000001, ">", 0.3, "seconds", "300.0001ms > 300ms"),
    (0.02 + 1e-17 * 512, ">", 0.02, "share", "2% > 2%"), (0.0204, ">", 0.02, "share", "2.04% > 2%"),
    (1.2341, "<", 1.2342, "index", "1.2341 < 1.2342"),
    (0.2 + 2e-13, ">", 0.2, "index", "0.2 > 0.2"), (0.2 + 2e-12, ">", 0.2, "index", "0.200000000002 > 0.2"),
])
def test_a_comparison_is_told_with_as_many_digits_as_show_it_and_no_more_than_twelve(
    value: float, sign: str, bound: float, unit: str, says: str
) -> None:
    assert against(value, sign, bound, unit=unit) == says


@pytest.mark.parametrize(("value", "relative", "unit", "says"), [
    (0.1234, True, "share", "+12.3%"), (-0.05, True, "seconds", "−5%"), (0.0, True, "index", "+0%"),
    (0.0123, False, "share", "+1.23pp"), (-0.5, False, "share", "−50pp"), (-0.03, False, "seconds", "−30ms"),
    (2.0, False, "seconds", "+2s"), (-0.25, False, "index", "−0.25"), (1.23456, True, "share", "+123%"),
])
def test_a_change_reads_with_its_sign_as_percent_or_in_its_unit(
    value: float, relative: bool, unit: str, says: str
) -> None:
    assert change(value, relative=relative, unit=unit) == says
