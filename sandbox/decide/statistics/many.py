"""Several questions at once: how to share one budget of false alarms.

Wang, Ramdas: False discovery rate control with e-values, JRSS B 84(3) (2022).
"""

from collections.abc import Sequence


def e_bh(log_values: Sequence[float], *, alpha: float) -> tuple[bool, ...]:
    """Which hypotheses e-BH rejects: the k largest e-values, for the largest k whose k-th is at least K / (k alpha)."""
    import math

    count = len(log_values)
    order = sorted(range(count), key=lambda index: -log_values[index])
    rejected = 0
    for k in range(1, count + 1):
        if log_values[order[k - 1]] >= math.log(count / (k * alpha)):
            rejected = k
    kept = set(order[:rejected])
    return tuple(index in kept for index in range(count))


def of_step(alpha: float, step: int) -> float:
    """The part of alpha that a step of the ramp (0 is the first) may spend: 1/2, 1/6, 1/12 …, which add up to all."""
    return alpha / ((step + 1) * (step + 2))
