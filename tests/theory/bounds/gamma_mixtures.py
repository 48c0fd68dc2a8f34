"""The gamma-exponential and gamma-Poisson mixture boundaries.

Howard, Ramdas, McAuliffe, Sekhon, Annals of Statistics 49(2) (2021), propositions 8 and 9.
"""

import math

from tests.theory.bounds.normal_mixture import tuning


def log_gamma_exponential(s: float, v: float, *, v_best: float, alpha_best: float, c: float) -> float:
    """Log e-value of a sub-exponential sum s with scale c at intrinsic time v."""
    from scipy.special import gammainc, gammaln

    r = tuning(v_best, alpha=alpha_best, one_sided=True)
    k, x, w = r / c**2, (c * s + v) / c**2, (v + r) / c**2
    return float(
        k * math.log(k) - gammaln(k) - math.log(gammainc(k, k)) + gammaln(w) + math.log(gammainc(w, x + k))
        - w * math.log(x + k) + x
    )


def log_gamma_poisson(s: float, v: float, *, v_best: float, alpha_best: float, c: float) -> float:
    """Log e-value of a sub-Poisson sum s with scale c at intrinsic time v."""
    from scipy.special import gammaincc, gammaln

    r = tuning(v_best, alpha=alpha_best, one_sided=True)
    k, w = r / c**2, (v + r) / c**2
    y = s / c + w
    return float(
        k * math.log(k) - gammaln(k) - math.log(gammaincc(k, k)) + gammaln(y) + math.log(gammaincc(y, w))
        - y * math.log(w) + v / c**2
    )
