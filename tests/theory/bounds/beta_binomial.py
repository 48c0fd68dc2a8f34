"""The beta-binomial mixture boundary, and the confidence sequence of a share that it gives.

Howard, Ramdas, McAuliffe, Sekhon: Time-uniform, nonparametric, nonasymptotic confidence sequences, Annals of
Statistics 49(2) (2021), propositions 6 and 7.
"""

import math

from tests.theory.bounds.normal_mixture import tuning


def log_mixture(
    s: float, v: float, *, v_best: float, alpha_best: float, g: float, h: float, one_sided: bool = False
) -> float:
    """Log e-value of a sum s of increments between -g and h at intrinsic time v."""
    from scipy.special import betainc, betaln

    r = max(tuning(v_best, alpha=alpha_best, one_sided=one_sided) - g * h, 0.001 * g * h)
    x = h / (g + h) if one_sided else 1.0

    def log_beta(a: float, b: float) -> float:
        return float(betaln(a, b) + math.log(max(float(betainc(a, b, x)), 1e-300)))

    return (
        v / (g * h) * math.log(g + h)
        - (v + h * s) / (h * (g + h)) * math.log(g) - (v - g * s) / (g * (g + h)) * math.log(h)
        + log_beta((r + v - g * s) / (g * (g + h)), (r + v + h * s) / (h * (g + h)))
        - log_beta(r / (g * (g + h)), r / (h * (g + h)))
    )


def boundary(v: float, *, v_best: float, alpha: float, g: float, h: float, one_sided: bool = False) -> float:
    """Where the mixture reaches 1 / alpha; it can reach no further than v / g."""
    low, high = 0.0, v / g

    def short(s: float) -> bool:
        value = log_mixture(s, v, v_best=v_best, alpha_best=alpha, g=g, h=h, one_sided=one_sided)
        return value < -math.log(alpha)

    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if short(middle) else (low, middle)
    return high


def share_interval(hits: int, n: int, *, alpha: float, n_best: float, alpha_best: float = 0.05) -> tuple[float, float]:
    """The confidence sequence of a share after n trials: the p that the two-sided mixture does not refute."""

    def kept(p: float) -> bool:
        v = p * (1.0 - p)
        log_e = log_mixture(hits - n * p, v * n, v_best=v * n_best, alpha_best=alpha_best, g=p, h=1.0 - p)
        return log_e < -math.log(alpha)

    def edge(outside: float, inside: float) -> float:
        if kept(outside):
            return round(outside)
        for _ in range(60):
            middle = 0.5 * (outside + inside)
            outside, inside = (outside, middle) if kept(middle) else (middle, inside)
        return inside

    inside = min(max(hits / n, 1e-6), 1.0 - 1e-6)
    return edge(1e-9, inside), edge(1.0 - 1e-9, inside)
