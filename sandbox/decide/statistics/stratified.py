"""A difference of means over windows, each compared with itself, with users as the independent units.

Each window is a stratum, weighted by n_A n_B / (n_A + n_B) (Cochran 1954; Mantel, Haenszel 1959), so what moves both
arms together between windows cancels and a growing share mixes nothing. Users lie in buckets by a hash; buckets are
independent, and the sum of each bucket's influence gives the error (Liang, Zeger 1986) however unequally users ask.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Pair = tuple[Floats, Floats]
"""Of the incumbent and of the candidate."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What windows added up to.

    weight, old, new: sums of w, w mean_A, w mean_B; influence (2, buckets) of each bucket on the two; spread_old and
    spread_new: sums of w² / n; n (2,), total (2,) and variance (2,): counts, sums, and n times the variance of one
    observation; bucket_n (2, buckets).
    """

    weight: float = 0.0
    old: float = 0.0
    new: float = 0.0
    influence: Floats | None = field(default=None, repr=False)
    bucket_n: Floats | None = field(default=None, repr=False)
    spread_old: float = 0.0
    spread_new: float = 0.0
    n: tuple[float, float] = (0.0, 0.0)
    total: tuple[float, float] = (0.0, 0.0)
    variance: tuple[float, float] = (0.0, 0.0)


def added(
    sums: Sums, *, n: tuple[float, float], mean: tuple[float, float], error: tuple[float, float],
    bucket_n: Floats | None = None, bucket_total: Floats | None = None, inflated: float = 1.0,
) -> Sums:
    """The sums with one window more; n, mean and the error of the mean for incumbent and candidate.

    bucket_n, bucket_total (2, buckets) say how both were spread over users, where that is known; `inflated` by how much
    more they vary than their residuals.
    """
    n_old, n_new = n
    if n_old <= 0 or n_new <= 0:
        return sums
    w = n_old * n_new / (n_old + n_new)
    influence, seen = sums.influence, sums.bucket_n
    if bucket_n is not None and bucket_total is not None:
        size = np.array(n)[:, None]
        mine = w * (bucket_total - bucket_n * np.array(mean)[:, None]) / size * inflated
        influence = mine if influence is None else influence + mine
        seen = bucket_n if seen is None else seen + bucket_n
    return Sums(
        weight=sums.weight + w, old=sums.old + w * mean[0], new=sums.new + w * mean[1], influence=influence,
        bucket_n=seen, spread_old=sums.spread_old + w * w / n_old, spread_new=sums.spread_new + w * w / n_new,
        n=(sums.n[0] + n_old, sums.n[1] + n_new),
        total=(sums.total[0] + n_old * mean[0], sums.total[1] + n_new * mean[1]),
        variance=(sums.variance[0] + n_old**2 * error[0] ** 2, sums.variance[1] + n_new**2 * error[1] ** 2),
    )


def by_users(sums: Sums, n: Pair, total: Pair, error: tuple[float, float], *, strata: int = 1) -> Sums:
    """The sums with one window more, of which only what buckets of users hold counts; n, total: a pair (buckets,).

    Where segments have shares of their own each stratum is compared with itself: pooled, the arm that has more of the
    worse segment would look worse (Simpson 1951).
    """
    if strata > 1:
        return _by_stratum(sums, n, total, error, strata=strata)
    sizes = float(n[0].sum()), float(n[1].sum())
    if not min(sizes):
        return sums
    return added(
        sums, n=sizes, mean=(float(total[0].sum()) / sizes[0], float(total[1].sum()) / sizes[1]), error=error,
        bucket_n=np.stack(n), bucket_total=np.stack(total),
    )


def _by_stratum(sums: Sums, n: Pair, total: Pair, error: tuple[float, float], *, strata: int) -> Sums:
    width = len(n[0]) // strata
    everybody = float(n[0].sum()), float(n[1].sum())
    # The error of a ratio of sums takes buckets / (buckets - 1) for all of them; each stratum has a mean of its own.
    inflated = (width / (width - 1.0) * (len(n[0]) - 1.0) / len(n[0])) ** 0.5
    for first in range(0, width * strata, width):
        mine = np.zeros(len(n[0]))
        mine[first : first + width] = 1.0
        sizes = float((n[0] * mine).sum()), float((n[1] * mine).sum())
        if not min(sizes):
            continue
        means = float((total[0] * mine).sum()) / sizes[0], float((total[1] * mine).sum()) / sizes[1]
        alone = error[0] * (everybody[0] / sizes[0]) ** 0.5, error[1] * (everybody[1] / sizes[1]) ** 0.5
        sums = added(
            sums, n=sizes, mean=means, error=alone, bucket_n=np.stack(n) * mine, bucket_total=np.stack(total) * mine,
            inflated=inflated,
        )
    return sums


def crowd(sums: Sums) -> float:
    """How many buckets' worth of independent users the smaller arm has: (sum n)² / sum n²."""
    if sums.bucket_n is None:
        return 0.0
    squares = (sums.bucket_n**2).sum(axis=1)
    return float((sums.bucket_n.sum(axis=1) ** 2 / np.maximum(squares, 1.0)).min())


def difference(sums: Sums, *, relative: bool, at: float, share: bool) -> tuple[float, float]:
    """candidate - incumbent, or their ratio - 1, and its standard error; NaN where there is none.

    The error of a ratio takes the ratio or 1 + `at`, the bound it will be held against, whichever gives more doubt.
    It is never smaller than that of independent requests, which for a share is Agresti and Coull's, so that no events
    do not mean no doubt.
    """
    if not sums.weight:
        return float("nan"), float("nan")
    old, new = sums.old / sums.weight, sums.new / sums.weight
    if relative and old == 0.0:
        return float("nan"), float("nan")
    times = max(new / old, 1.0 + at) if relative else 1.0
    alone = [_softened(k, n) if share else v / n for k, v, n in zip(sums.total, sums.variance, sums.n, strict=True)]
    squared = sums.spread_new * alone[1] + times**2 * sums.spread_old * alone[0]
    if sums.influence is not None:
        squared = max(squared, _clustered(sums, sums.influence, times=times))
    error = squared**0.5 / sums.weight
    return (new / old - 1.0, error / abs(old)) if relative else (new - old, error)


def _clustered(sums: Sums, influence: Floats, *, times: float) -> float:
    """The squared error by buckets of users, in which the candidate's users differ at least as the incumbent's do.

    A small arm may so far have met none of the few users in whom the events sit, and must not be sure of it.
    """
    buckets = influence.shape[1]
    old, new, both = (float(one) for one in (
        (influence[0] ** 2).sum(), (influence[1] ** 2).sum(), (influence[0] * influence[1]).sum()
    ))
    if sums.spread_old:
        new = max(new, old * sums.spread_new / sums.spread_old)
    return float((new + times**2 * old - 2.0 * times * both) * buckets / (buckets - 1.0))


def _softened(hits: float, n: float) -> float:
    rate = (hits + 1.0) / (n + 2.0)
    return rate * (1.0 - rate)
