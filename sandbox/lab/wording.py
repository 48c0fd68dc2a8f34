"""Numbers as people read them, with their intervals."""

import math
from collections.abc import Callable

from sandbox.base.units import NS_PER_SECOND, format_duration
from sandbox.lab.intervals import Estimate

Word = Callable[[float], str]


def percent(value: float) -> str:
    """A share: 3.2%."""
    return "" if math.isnan(value) else f"{100 * value:.1f}%"


def points(value: float) -> str:
    """A difference of shares, in percentage points: 3.2pp."""
    return "" if math.isnan(value) else f"{100 * value:.1f}pp"


def plain(value: float) -> str:
    """A count or a mean: 1,204, 0.35."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"


def time(value: float) -> str:
    """A duration in ns, to the second: 6m30s; never where it is infinite."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "never" if value > 0 else "0s"
    seconds = round(abs(value) / NS_PER_SECOND)
    return f"{'−' if value < 0 and seconds else ''}{format_duration(seconds * NS_PER_SECOND)}"


def estimated(estimate: Estimate, word: Word) -> str:
    """A number with its interval; nothing where there is none."""
    if not estimate.n:
        return "—"
    if math.isinf(estimate.low) and estimate.low > 0.0:
        return word(estimate.value)
    return f"{word(estimate.value)} ({word(estimate.low)} to {word(estimate.high)})"
