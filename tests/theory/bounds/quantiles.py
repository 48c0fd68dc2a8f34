"""Quantiles at all times at once: bands around the distribution function, and one quantile by a beta-binomial mixture.

Howard, Ramdas: Sequential estimation of quantiles with applications to A/B testing and best-arm identification,
Bernoulli 28(3) (2022).
"""

import math

from tests.theory.bounds import beta_binomial

_A = 0.85


def _error(c: float, eta: float) -> float:
    """The chance that the band with constant c is ever left, by peeling at eta."""
    gamma = 2.0 / eta * (_A - math.sqrt(2.0 * (eta - 1.0) / c)) ** 2
    if gamma <= 1.0 or math.sqrt(2.0 * (eta - 1.0) / c) >= _A:
        return math.inf
    return 4.0 * math.exp(-gamma * c) * (1.0 + 1.0 / ((gamma - 1.0) * math.log(eta)))


def _least_error(c: float) -> float:
    coarse = [1.0 + 0.01 * step for step in range(1, 100)]
    best = min(coarse, key=lambda eta: _error(c, eta))
    return min(_error(c, best + 0.0001 * step) for step in range(-99, 100))


def band(t: int, *, first: int, alpha: float) -> float:
    """How far the empirical distribution of t values may be from the true one, for all t from `first` on at once."""
    low, high = 1.0, 60.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if _least_error(middle) > alpha:
            low = middle
        else:
            high = middle
    return _A * math.sqrt((math.log1p(math.log(t / first)) + high) / t)


def log_quantile(below: float, t: int, *, p: float, t_best: float, alpha_best: float = 0.05) -> float:
    """Log e-value of `below` of t values lying below a point, against its being the p-quantile."""
    v = p * (1.0 - p)
    return beta_binomial.log_mixture(
        below - p * t, v * t, v_best=v * t_best, alpha_best=alpha_best, g=p, h=1.0 - p
    )


def double_stitching(t: int, *, p: float, alpha: float, t_best: float) -> float:
    """The boundary, on the scale of counts, that holds for all t and all p at once."""
    from scipy.special import expit, logit, zeta

    delta, s, eta = 0.5, 1.4, 2.0
    k1 = (eta**0.25 + eta**-0.25) / math.sqrt(2.0)
    k2 = (math.sqrt(eta) + 1.0) / 2.0
    late = max(t, t_best)
    odds = float(logit(p))
    r = p if p >= 0.5 else min(0.5, float(expit(odds + 2.0 * delta * math.sqrt(t_best * eta / late))))
    variance = r * (1.0 - r)
    j = math.sqrt(late / t_best) * abs(odds) / (2.0 * delta) + 1.0
    z = float(zeta(s))
    ell = (
        s * math.log(math.log(eta * late / t_best)) + s * math.log(j)
        + math.log(2.0 * z * (2.0 * z + 1.0) / (alpha * math.log(eta) ** s))
    )
    c = (1.0 - 2.0 * p) / 3.0
    return (
        delta * math.sqrt(eta * late * variance / t_best)
        + math.sqrt(k1**2 * variance * late * ell + (k2 * c * ell) ** 2) + k2 * c * ell
    )
