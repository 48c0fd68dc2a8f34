"""How much a counter grew in a range, extrapolated to its edges.

Prometheus, promql/functions.go, extrapolatedRate, of 2.42 and of 3.0: at least two samples; a counter that falls was
reset and adds what it had; towards an edge that is nearer than 1.1 times the mean distance of samples the growth is
extended to it, else by half that distance; and never back past the point at which the counter would have been zero.
The two versions differ in when that last rule is asked: before the distance is compared, or after.
"""

import math

import numpy as np

from sandbox.base.units import NS_PER_SECOND
from sandbox.decide.alerts.series import Compat, Times, Values

NEAR = 1.1
"""Distances between samples within which an edge counts as reached."""


def increase(times: Times, values: Values, *, at: int, width: int, compat: Compat) -> float:
    """Growth of a counter with samples (n,) over the range of a width in ns that ends at an instant; NaN: not known."""
    return _grown(times, values) * _factor(times, values, at=at, width=width, compat=compat)


def rate(times: Times, values: Values, *, at: int, width: int, compat: Compat) -> float:
    """The same by the second."""
    factor = _factor(times, values, at=at, width=width, compat=compat)
    return _grown(times, values) * (factor / (width / NS_PER_SECOND))


def _grown(times: Times, values: Values) -> float:
    if len(times) < 2:
        return math.nan
    grown = float(values[-1]) - float(values[0])
    for lost in values[:-1][np.diff(values) < 0].tolist():
        grown += lost
    return grown


def _factor(times: Times, values: Values, *, at: int, width: int, compat: Compat) -> float:
    if len(times) < 2:
        return math.nan
    first, last = int(times[0]), int(times[-1])
    to_start, to_end = (first - (at - width)) / NS_PER_SECOND, (at - last) / NS_PER_SECOND
    sampled = (last - first) / NS_PER_SECOND
    apart = sampled / (len(times) - 1)
    grown, begun = _grown(times, values), float(values[0])
    to_zero = sampled * (begun / grown) if grown > 0 and begun >= 0 else math.inf
    clamp_first = compat == "prom2"
    to_start = _reach(min(to_start, to_zero), apart) if clamp_first else min(_reach(to_start, apart), to_zero)
    return (sampled + to_start + _reach(to_end, apart)) / sampled


def _reach(distance: float, apart: float) -> float:
    return distance if distance < apart * NEAR else apart / 2
