"""Whether counts fall on the arms as the shares say: the sequential test of a sample ratio mismatch.

Lindon, Malek: Anytime-valid inference for multinomial count data, NeurIPS 2022 (arXiv 2011.03567).
"""

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def log_e(counts: Floats, *, shares: Floats, k: float = 1_000.0) -> float:
    """Log e-value of counts (arms,) against shares (arms,), mixing Dirichlet(k shares).

    An arm with share 0 must have no counts: one that has refutes the shares outright.
    """
    from scipy.special import gammaln

    if counts[shares <= 0.0].any():
        return math.inf
    used = shares > 0.0
    s, prior = counts[used], k * shares[used]
    return float(
        gammaln(prior + s).sum() - gammaln(prior.sum() + s.sum()) - gammaln(prior).sum() + gammaln(prior.sum())
        - (s * np.log(shares[used])).sum()
    )
