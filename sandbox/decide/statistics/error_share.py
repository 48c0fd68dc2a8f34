"""Which part of all events fell on the candidate: an e-process that common drift and a changing share leave alone.

If both arms' event rates move together, the arm of an event is Bernoulli with a share that only the split and the ratio
of the rates fix. Lindon, Malek: Anytime-valid inference for multinomial count data, NeurIPS 2022 (arXiv 2011.03567).
"""

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

POINTS = 40


@lru_cache(maxsize=1)
def _grid() -> tuple[Floats, Floats]:
    """The log ratios beyond the bound that are mixed over, and the logs of their weights, each (POINTS,)."""
    delta = np.linspace(0.02, 2.0, POINTS)
    log_weight = -delta / 0.5
    return delta, log_weight - np.logaddexp.reduce(log_weight)


def log_factors(on_candidate: float, on_incumbent: float, *, share: float, bound: float, above: bool) -> Floats:
    """What one look adds to each of the (POINTS,) log likelihood ratios against "the ratio of rates is at the bound".

    above: the alternatives lie above the bound, and the null is "at most the bound"; else the other way round. A share
    of 0 or 1 says nothing.
    """
    delta, _ = _grid()
    if not 0.0 < share < 1.0 or not on_candidate + on_incumbent:
        return np.zeros(POINTS)
    base = math.log(share / (1.0 - share)) + math.log(bound)
    moved = base + (delta if above else -delta)
    # log(theta / theta0) and log((1 - theta) / (1 - theta0)), with theta the logistic of the log odds.
    losing = np.logaddexp(0.0, base) - np.logaddexp(0.0, moved)
    return np.asarray(on_candidate * (moved - base + losing) + on_incumbent * losing)


def log_e(factors: Floats) -> float:
    """The log e-value of the summed factors (POINTS,): their mixture over the grid."""
    _, log_weight = _grid()
    return float(np.logaddexp.reduce(factors + log_weight))
