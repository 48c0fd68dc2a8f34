"""Intervals around what many flights say: fixed ones, exact where that is possible, and ones that may be looked at at
any time.

Shares: Clopper, Pearson: The use of confidence or fiducial limits illustrated in the case of the binomial, Biometrika
26 (1934). Looked at again and again: the mixture of Robbins 1970 with a beta prior, as in Waudby-Smith, Ramdas:
Confidence sequences for sampling without replacement, NeurIPS 2020, section 2: the share's true value leaves it ever,
at whatever look, in at most 5% of all studies. Quantiles: both turned around, order statistic by order statistic.
Means: Student's t, or the asymptotic confidence sequence of Waudby-Smith et al., Annals of Statistics 52(6) (2024).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sandbox.decide.statistics.normal_mixture import half_width

ALPHA = 0.05
NOTHING_HAPPENED = 3.688879454113936
"""The upper end of the exact 95% interval of a Poisson mean of which 0 was counted (Garwood, Biometrika 28, 1936)."""

SHARPEST = 100
"""So many flights have the narrowest sequence around their mean, beside what an interval for one look would be."""

MOST_SEEDS = 1_000_000
"""More than this nobody flies to decide a bound."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, the two ends of its interval, and from how many flights it is; NaN where there is none."""

    value: float
    low: float
    high: float
    n: int

    @property
    def width(self) -> float:
        """From end to end."""
        return self.high - self.low


NONE = Estimate(math.nan, math.nan, math.nan, 0)


@lru_cache(maxsize=65_536)
def share(hits: int, n: int, *, sequential: bool = False) -> Estimate:
    """A share of n flights with its 95% interval; `sequential` holds at every n at once."""
    if n == 0:
        return NONE
    low, high = _sequence(hits, n) if sequential else _exact(hits, n)
    return Estimate(hits / n, low, high, n)


def _exact(hits: int, n: int) -> tuple[float, float]:
    from scipy.special import betaincinv

    low = 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, ALPHA / 2))
    high = 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1 - ALPHA / 2))
    return low, high


def _sequence(hits: int, n: int) -> tuple[float, float]:
    """The shares that the mixture over Beta(1/2, 1/2) has not refuted at 1 / alpha."""
    from scipy.special import betaln, xlog1py, xlogy

    mixed = float(betaln(hits + 0.5, n - hits + 0.5) - betaln(0.5, 0.5)) + math.log(ALPHA)

    def kept(p: float) -> bool:
        return float(xlogy(hits, p) + xlog1py(n - hits, -p)) > mixed

    def edge(outside: float, inside: float) -> float:
        if kept(outside):
            return outside
        for _ in range(50):
            middle = 0.5 * (outside + inside)
            outside, inside = (outside, middle) if kept(middle) else (middle, inside)
        return outside

    return edge(0.0, hits / n), edge(1.0, hits / n)


def mean(
    values: Sequence[float], *, sequential: bool = False, counts: bool = True, alpha: float = ALPHA,
    least: float = -math.inf, most: float = math.inf,
) -> Estimate:
    """The mean of some flights' values with its 95% interval; it needs two of them. No value is below `least` or above
    `most`, and so neither is an end.

    Of counts that never differed it is as wide as Poisson's of none: that nothing happened so far is no certainty.
    """
    from scipy.special import stdtrit

    n = len(values)
    if n == 0:
        return NONE
    centre = math.fsum(values) / n
    if n == 1:
        return Estimate(centre, least, most, n)
    error = math.sqrt(math.fsum((value - centre) ** 2 for value in values) / (n - 1) / n)
    if sequential:
        half = half_width(error, n=n, alpha=alpha, n_best=SHARPEST, one_sided=False)
    else:
        half = float(stdtrit(n - 1, 1 - alpha / 2)) * error
    if counts:
        half = max(half, NOTHING_HAPPENED / n)
    return Estimate(centre, max(least, centre - half), min(most, centre + half), n)


def widened(n: int) -> float:
    """How many times as wide the interval of a mean of n flights is for holding at every n at once."""
    from scipy.special import stdtrit

    return half_width(1.0, n=n, alpha=ALPHA, n_best=SHARPEST, one_sided=False) / float(stdtrit(n - 1, 1 - ALPHA / 2))


def quantile(values: Sequence[float], p: float, *, sequential: bool = False) -> Estimate:
    """The p-quantile of some flights' values with its 95% interval, whatever their distribution; infinite values are
    those that never came."""
    n = len(values)
    if n == 0:
        return NONE
    ordered = sorted(values)
    low = next(k for k in range(1, n + 1) if share(k, n, sequential=sequential).high >= p)
    high = next((k for k in range(1, n + 1) if share(k, n, sequential=sequential).low > p), None)
    first = -math.inf if share(0, n, sequential=sequential).high >= p else ordered[low - 1]
    last = math.inf if high is None else ordered[high - 1]
    return Estimate(ordered[max(0, math.ceil(p * n) - 1)], first, last, n)


def seeds_for(estimate: Estimate, limit: float, *, sequential: bool = False) -> int | None:
    """About how many flights would tell on which side of a limit a share is, were it as estimated; None for too many.
    """
    if estimate.n == 0:
        return None

    def told(n: int) -> bool:
        one = share(round(estimate.value * n), n, sequential=sequential)
        return one.high < limit or one.low > limit

    return _fewest(told, beyond=estimate.n)


def seeds_for_width(estimate: Estimate, within: float) -> int | None:
    """About how many flights would tell a share to within so much, from end to end, at whatever look, were it as
    estimated; None for too many.
    """
    if not estimate.n:
        return None
    return _fewest(
        lambda n: share(round(estimate.value * n), n, sequential=True).width <= within, beyond=estimate.n
    )


def seeds_for_mean(estimate: Estimate, limit: float) -> int | None:
    """The same for a mean, whose interval shrinks with the square root of the flights."""
    away = abs(estimate.value - limit)
    if not estimate.n or away == 0.0 or not math.isfinite(estimate.width):
        return None
    needed = math.ceil(estimate.n * (estimate.width / 2.0 / away) ** 2)
    return needed if needed <= MOST_SEEDS else None


def _fewest(told: Callable[[int], bool], *, beyond: int) -> int | None:
    n = max(2, beyond)
    while not told(n):
        n *= 2
        if n > MOST_SEEDS:
            return None
    low, high = n // 2, n
    while high - low > max(1, high // 50):
        middle = (low + high) // 2
        low, high = (low, middle) if told(middle) else (middle, high)
    return high
