"""The normal mixture boundary of a sum, under two names.

Robbins 1970 and Howard, Ramdas, McAuliffe, Sekhon, Annals of Statistics 49(2) (2021), propositions 4 and 5, give it
for sums; Johari, Koomen, Pekelis, Walsh, Operations Research 70(3) (2022), as the mixture sequential ratio test.
"""

import math

from sandbox.decide.statistics.normal_mixture import log_one_sided


def tuning(v_best: float, *, alpha: float, one_sided: bool = False) -> float:
    """The r for which the boundary is tightest at intrinsic time v_best."""
    log_term = -2.0 * math.log(2.0 * alpha if one_sided else alpha)
    return v_best / (log_term + math.log1p(log_term))


def log_two_sided(s: float, v: float, *, r: float) -> float:
    """Log e-value of a sum s at intrinsic time v against mean zero."""
    return 0.5 * math.log(r / (v + r)) + s * s / (2.0 * (v + r))


def boundary_two_sided(v: float, *, r: float, alpha: float) -> float:
    """Where the two-sided mixture reaches 1 / alpha."""
    return math.sqrt((v + r) * (math.log1p(v / r) - 2.0 * math.log(alpha)))


def boundary_one_sided(v: float, *, r: float, alpha: float) -> float:
    """Where the one-sided mixture reaches 1 / alpha, found by halving: it grows with s."""
    low, high = -8.0 * math.sqrt(v + r), boundary_two_sided(v, r=r, alpha=alpha)
    for _ in range(80):
        middle = 0.5 * (low + high)
        if log_one_sided(middle, v, r=r) < -math.log(alpha):
            low = middle
        else:
            high = middle
    return high


def log_sequential_ratio(difference: float, *, variance: float, tau: float) -> float:
    """Log mixture likelihood ratio of a difference whose squared standard error is `variance`, mixing N(0, tau²)."""
    total = variance + tau * tau
    return 0.5 * math.log(variance / total) + tau * tau * difference**2 / (2.0 * variance * total)
