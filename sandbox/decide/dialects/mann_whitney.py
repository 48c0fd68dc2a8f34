"""Between which shifts one sample lies from another: the Mann-Whitney interval as Kayenta, and R before it, find it.

spinnaker/kayenta: kayenta-mannwhitney MannWhitney.scala and BrentSolver.java, 2025, after R's wilcox.test with
conf.int = TRUE, exact = FALSE; Mann, Whitney, Annals of Mathematical Statistics 18(1) (1947); Hodges, Lehmann, Annals
of Mathematical Statistics 34(2) (1963).
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-4
STEPS = 1_000


@dataclass(frozen=True, slots=True)
class Shift:
    """By how much the first sample is shifted: the interval's ends and the estimate."""

    low: float
    high: float
    estimate: float


def shift(x: Floats, y: Floats, *, confidence: float) -> Shift:
    """The shift of x against y; raises ValueError where every value is tied, so that nothing has a spread."""
    from scipy.special import ndtri

    ends = float(x.min() - y.max()), float(x.max() - y.min())
    z = -float(ndtri((1.0 - confidence) / 2.0))
    at_ends = standardized(x, y, ends[0]), standardized(x, y, ends[1])
    return Shift(
        _root(x, y, ends, at_ends, z), _root(x, y, ends, at_ends, -z), _root(x, y, ends, at_ends, 0.0, guarded=False)
    )


def standardized(x: Floats, y: Floats, mu: float) -> float:
    """The rank sum of x - mu among y, from its mean in standard deviations, corrected for continuity and ties."""
    n, m = len(x), len(y)
    _, place, ties = np.unique(np.concatenate([x - mu, y]), return_inverse=True, return_counts=True)
    last = np.cumsum(ties)
    ranks = (last - (ties - 1) / 2.0)[place.ravel()[:n]]
    off = float(ranks.sum()) - n * (n + 1) / 2.0 - n * m / 2.0
    tied = float((ties.astype(np.float64) ** 3 - ties).sum()) / ((n + m) * (n + m - 1))
    variance = n * m / 12.0 * ((n + m + 1) - tied)
    if variance <= 0.0:
        raise ValueError("every value is tied")
    return (off - 0.5 * float(np.sign(off))) / math.sqrt(variance)


def common_language(x: Floats, y: Floats) -> float:
    """How often a value of x exceeds one of y, ties counting half."""
    n, m = len(x), len(y)
    _, place, ties = np.unique(np.concatenate([x, y]), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2.0)[place.ravel()[:n]]
    return float(2.0 * ranks.sum() - n * (n + 1)) / (2.0 * n * m)


def _root(
    x: Floats, y: Floats, ends: tuple[float, float], at_ends: tuple[float, float], z: float, *, guarded: bool = True
) -> float:
    """Where the standardized rank sum is z; where it never is, the end that comes nearest."""
    from scipy.optimize import brentq

    low, high = at_ends[0] - z, at_ends[1] - z
    if low == 0.0 or (guarded and low <= 0.0):
        return ends[0]
    if high == 0.0 or (guarded and high >= 0.0):
        return ends[1]
    return float(brentq(lambda mu: standardized(x, y, mu) - z, *ends, xtol=TOLERANCE, maxiter=STEPS))
