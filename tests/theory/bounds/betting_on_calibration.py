"""Whether scores mean what they say: betting against calibration in the large.

Arnold, Henzi, Ziegel: Sequentially valid tests for forecast calibration, Annals of Applied Statistics 17(3) (2023).
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def log_capital(score: Floats, label: Floats, *, alpha: float = 0.05) -> Floats:
    """Log e-values (n,) against "the mean of label - score is 0", half betting on each side; score, label (n,)."""
    gap = label - score
    t = np.arange(1, len(gap) + 1)
    variance = np.concatenate([[0.25], 0.25 + np.cumsum(gap**2)[:-1]])
    bets = np.minimum(np.sqrt(2.0 * np.log(2.0 / alpha) / (variance * np.log1p(t))), 0.5)
    up, down = np.cumsum(np.log1p(bets * gap)), np.cumsum(np.log1p(-bets * gap))
    return np.asarray(np.logaddexp(up, down) - np.log(2.0))
