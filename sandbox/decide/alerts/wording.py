"""How an alert's reason reads: numbers in their unit, with as many digits as it takes to see that they compare so."""

import math

from sandbox.base.units import format_duration


def amount(value: float, unit: str, *, digits: int = 3) -> str:
    """A value in its unit: shares as percent, seconds as ms or s, the rest plain."""
    if not math.isfinite(value):
        return "no value" if math.isnan(value) else "∞"
    if unit == "share":
        return f"{100 * value:.{digits}g}%"
    if unit == "seconds":
        return f"{1_000 * value:.{digits}g}ms" if abs(value) < 1 else f"{value:.{digits}g}s"
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e12 else f"{value:.{digits}g}"


def compared(value: float, sign: str, bound: float, *, unit: str) -> str:
    """A comparison with enough digits to be seen to hold: "3.1% > 2%"."""
    digits = 3
    while digits < 12 and value != bound and amount(value, unit, digits=digits) == amount(bound, unit, digits=digits):
        digits += 1
    return f"{amount(value, unit, digits=digits)} {sign} {amount(bound, unit, digits=digits)}"


def lasting(because: str, wait: int) -> str:
    """A reason that had to hold for a while: "4.1% > 2% (for 5m)"."""
    return f"{because} (for {format_duration(wait)})" if wait else because
