"""The normal mixture: always-valid inference about a mean, as an e-value and as an asymptotic confidence sequence.

Robbins 1970; Howard, Ramdas, McAuliffe, Sekhon, Annals of Statistics 49(2) (2021), proposition 5; Waudby-Smith, Arbour,
Sinha, Kennedy, Ramdas, Annals of Statistics 52(6) (2024).
"""

import math


def log_one_sided(s: float, v: float, *, r: float) -> float:
    """Log e-value of a sum s at intrinsic time v against a mean of at most zero."""
    from scipy.special import log_ndtr

    return 0.5 * math.log(4.0 * r / (v + r)) + s * s / (2.0 * (v + r)) + float(log_ndtr(s / math.sqrt(v + r)))


def half_width(error: float, *, n: float, alpha: float, n_best: float = 5_000, one_sided: bool = True) -> float:
    """Half of the asymptotic confidence sequence around a difference with this standard error from n observations.

    Tightest at n_best observations; Waudby-Smith et al. 2024 with sigma² = n error².
    """
    log_term = -2.0 * math.log(2.0 * alpha if one_sided else alpha)
    spread = n * (log_term + math.log1p(log_term)) / n_best
    root = math.sqrt(spread + 1.0)
    inside = math.log1p(root / (2.0 * alpha)) if one_sided else math.log(root / alpha)
    return error * math.sqrt(2.0 * (spread + 1.0) / spread * inside)
