"""How a number reads in a judgement: in its unit, with as many digits as matter."""

import math

from sandbox.base.units import format_size


def amount(value: float, unit: str, *, digits: int = 3) -> str:
    """A value in its unit: shares as percent, seconds as ms or s, the rest plain."""
    if math.isnan(value):
        return "no value"
    if unit == "share":
        return f"{100 * value:.{digits}g}%"
    if unit == "seconds":
        return f"{1_000 * value:.{digits}g}ms" if abs(value) < 1 else f"{value:.{digits}g}s"
    if unit == "per_second":
        return f"{value:.{digits}g}/s"
    if unit == "bytes":
        return format_size(float(f"{value:.{digits}g}"))
    return f"{value:.{digits}g}"


def against(value: float, sign: str, bound: float, *, unit: str) -> str:
    """A comparison with enough digits to be seen to hold: "3.1% > 2%"."""
    digits = 3
    while digits < 12 and value != bound and amount(value, unit, digits=digits) == amount(bound, unit, digits=digits):
        digits += 1
    return f"{amount(value, unit, digits=digits)} {sign} {amount(bound, unit, digits=digits)}"


def change(value: float, *, relative: bool, unit: str) -> str:
    """A difference with its sign, as percent of the incumbent or in the metric's unit."""
    sign = "+" if value >= 0 else "−"
    if relative:
        return f"{sign}{100 * abs(value):.3g}%"
    return sign + (f"{100 * abs(value):.3g}pp" if unit == "share" else amount(abs(value), unit))
