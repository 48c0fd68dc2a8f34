"""What the samples of a range come to: their mean, least, greatest and number.

Prometheus, promql/functions.go: avg_over_time sums with Neumaier's compensation, in 2.42 as a running mean, in 3.5 as a
sum that is divided at the end, and what it had lost by itself; max_over_time and min_over_time pass over NaN.
"""

import math
from collections.abc import Callable

import numpy as np

from sandbox.decide.alerts.series import Compat, Values


def avg(values: Values, compat: Compat) -> float:
    """The mean of values (n,); NaN of none."""
    if not len(values):
        return math.nan
    total, lost = 0.0, 0.0
    for count, value in enumerate(values.tolist(), start=1):
        step = value / count - total / count if compat == "prom2" else value
        grown = total + step
        lost += (total - grown) + step if abs(total) >= abs(step) else (step - grown) + total
        total = grown
    return total + lost if compat == "prom2" else total / len(values) + lost / len(values)


def greatest(values: Values, compat: Compat) -> float:
    """The greatest of values (n,); NaN of none."""
    there = values[~np.isnan(values)]
    return float(there.max()) if len(there) else math.nan


def least(values: Values, compat: Compat) -> float:
    """The least of values (n,); NaN of none."""
    there = values[~np.isnan(values)]
    return float(there.min()) if len(there) else math.nan


OVER_TIME: dict[str, Callable[[Values, Compat], float]] = {"avg": avg, "max": greatest, "min": least}
"""By the name that an expression gives them; PromQL has the same with "_over_time" behind."""
