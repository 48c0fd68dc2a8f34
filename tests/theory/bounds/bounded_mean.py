"""Means of bounded values without asymptotics: the empirical Bernstein confidence sequence, and betting.

Waudby-Smith, Ramdas: Estimating means of bounded random variables by betting, JRSS B 86(1) (2024), theorems 2 and 3.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def _bets(x: Floats, *, alpha: float, cap: float) -> tuple[Floats, Floats]:
    """Predictable means mu_(t-1) (n,) and bets lambda_t (n,), neither of which has seen x_t."""
    t = np.arange(1, len(x) + 1)
    mean = (0.5 + np.cumsum(x)) / (t + 1.0)
    before = np.concatenate([[0.5], mean[:-1]])
    variance = (0.25 + np.cumsum((x - mean) ** 2)) / (t + 1.0)
    earlier = np.concatenate([[0.25], variance[:-1]])
    return before, np.minimum(np.sqrt(2.0 * np.log(2.0 / alpha) / (earlier * t * np.log1p(t))), cap)


def empirical_bernstein(x: Floats, *, alpha: float) -> tuple[Floats, Floats]:
    """Lower and upper ends (n,) of the confidence sequence of the mean of x (n,), all in [0, 1]."""
    before, bets = _bets(x, alpha=alpha, cap=0.5)
    psi = (-np.log1p(-bets) - bets) / 4.0
    stake = np.cumsum(bets)
    centre = np.cumsum(bets * x) / stake
    half = (np.log(2.0 / alpha) + np.cumsum(4.0 * (x - before) ** 2 * psi)) / stake
    return centre - half, centre + half


def log_hedged_capital(x: Floats, mean: float, *, alpha: float = 0.05) -> Floats:
    """Log capital (n,) of one who bets, half up and half down, against x (n,) in [0, 1] having this mean."""
    _, bets = _bets(x, alpha=alpha, cap=np.inf)
    up = np.cumsum(np.log1p(np.minimum(bets, 0.5 / mean) * (x - mean)))
    down = np.cumsum(np.log1p(-np.minimum(bets, 0.5 / (1.0 - mean)) * (x - mean)))
    return np.asarray(np.logaddexp(up, down) - np.log(2.0))
