"""Which values a chart covers, and which times."""

import math
from collections.abc import Iterable

FAR = 4.0
"""A limit this many times beyond the data is not drawn: it would flatten the curve."""


def cover(values: Iterable[float], limits: Iterable[float], *, top: float | None = None) -> tuple[float, float]:
    """The lowest and highest value of a chart: all data, and limits that are not far from them."""
    known = [value for value in values if math.isfinite(value)]
    if not known:
        near = [limit for limit in limits if math.isfinite(limit)]
        return (min(0.0, *near), max(near) * 1.25 or 1.0) if near else (0.0, 1.0)
    low, high = min(known), max(known)
    for limit in limits:
        if abs(limit) <= FAR * max(abs(high), abs(low), 1e-12):
            low, high = min(low, limit), max(high, limit)
    if low >= 0 and (low < 0.6 * high or high == low):
        low = 0.0
    reach = (high - low) or abs(high) or 1.0
    high = high + 0.08 * reach
    return (low if low == 0.0 else low - 0.08 * reach), high if top is None else min(high, top)
