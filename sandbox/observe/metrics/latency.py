"""How long answers took, from log buckets with a stated relative error."""

import math
import re
from collections.abc import Callable

import numpy as np

from sandbox.base.reading import Reading
from sandbox.base.units import NS_PER_SECOND, parse_duration
from sandbox.base.window import LATENCY_BASE, LATENCY_FLOOR_NS, Counts
from sandbox.observe.metrics.view import Metric, View, proportions

SLOWEST_NS = 1_000 * NS_PER_SECOND
"""What is slower shares the last bucket."""

NAME = re.compile(r"latency\.p(\d{2,4})")


def bucket_value(bucket: int) -> float:
    """The latency in seconds that stands for a bucket, within 1% of all it holds (Masson, Rim, Lee: DDSketch, 2019)."""
    return LATENCY_FLOOR_NS / NS_PER_SECOND * 2.0 * LATENCY_BASE**bucket / (LATENCY_BASE + 1.0)


def quantile(histogram: Counts, q: float) -> float:
    """The q-quantile in seconds of a bucket histogram (buckets,); NaN of an empty one.

    Within a bucket latencies are taken to lie evenly on the logarithm, so that it does not jump from edge to edge.
    """
    n = int(histogram.sum())
    if n == 0:
        return math.nan
    below = np.cumsum(histogram)
    rank = min(max(q * n - 0.5, 0.0), n - 1.0)
    bucket = int(np.searchsorted(below, rank, side="right"))
    part = (rank - (float(below[bucket]) - float(histogram[bucket])) + 0.5) / float(histogram[bucket])
    return LATENCY_FLOOR_NS / NS_PER_SECOND * math.pow(LATENCY_BASE, bucket - 1.0 + min(part, 1.0))


LEAST_BEYOND = 20
"""With fewer observations beyond a quantile its error is not known."""


def quantile_reading(histogram: Counts, q: float) -> Reading:
    """A quantile with its standard error: half the width between the ranks one binomial error away, and what a bucket
    hides of it, which is little where one bucket holds little of all.
    """
    n = int(histogram.sum())
    if n == 0:
        return Reading(value=math.nan, n=0)
    value = quantile(histogram, q)
    if n * (1.0 - q) < LEAST_BEYOND:
        return Reading(value=value, n=n)
    rank_error = math.sqrt(q * (1.0 - q) / n)
    low, high = quantile(histogram, max(0.0, q - rank_error)), quantile(histogram, min(1.0, q + rank_error))
    home = int(np.searchsorted(np.cumsum(histogram), q * n, side="left"))
    hidden = value * (LATENCY_BASE - 1.0) / math.sqrt(12.0) * float(histogram[home]) / n
    return Reading(value=value, n=n, error=math.hypot(0.5 * (high - low), hidden))


_ABOUT = """The time from arrival to answer, or to giving up, that this part of requests keeps within. Read from buckets
that are 2% wide and evenly filled on the logarithm: within 2% whatever they hold, far nearer where latencies are spread
(Masson, Rim, Lee: DDSketch, VLDB 2019). Its error is half the width between the ranks one binomial error away, known
once twenty requests lie beyond it."""


def _quantile_of(q: float) -> Callable[[View], tuple[Reading, ...]]:
    def read(view: View) -> tuple[Reading, ...]:
        return tuple(quantile_reading(histogram, q) for histogram in view.part("latency").sum(axis=(1, 2)))

    return read


def mean(view: View) -> tuple[Reading, ...]:
    """Mean latency in seconds; its error from the bucketed second moment."""
    readings = []
    histograms = view.part("latency").sum(axis=(1, 2))
    values = np.array([bucket_value(bucket) for bucket in range(histograms.shape[1])])
    for histogram, total in zip(histograms, view.part("latency_ns").sum(axis=(1, 2)).tolist(), strict=True):
        n = int(histogram.sum())
        if n == 0:
            readings.append(Reading(value=math.nan, n=0))
            continue
        average = total / n / NS_PER_SECOND
        variance = max(0.0, float(histogram @ values**2) / n - average**2)
        readings.append(Reading(value=average, n=n, error=math.sqrt(variance / n)))
    return tuple(readings)


def bucket_below(limit: int) -> int:
    """The last bucket none of which is slower than a limit in ns, but for the rounding of its edge."""
    return math.floor(math.log(limit / LATENCY_FLOOR_NS) / math.log(LATENCY_BASE) + 1e-9)


_ABOUT_OVER = """Answers, and waits that ended in giving up, that took longer than the limit, over all of them: what a
latency SLO counts. The limit is met exactly, but in one segment alone to within the 2% of a bucket, on the strict side.
With segments for slow devices or networks, `{segment=NAME}` says how those users fare
(Beyer et al.: The Site Reliability Workbook, chapter 2, 2018)."""

OVER = "latency.over."


def limit_of(name: str) -> int | None:
    """The limit in ns that "latency.over.250ms" names; None for any other name."""
    if not name.startswith(OVER):
        return None
    try:
        return parse_duration(name.removeprefix(OVER)) or None
    except ValueError:
        return None


def _over(limit: int) -> Callable[[View], tuple[Reading, ...]]:
    first = bucket_below(limit) + 1

    def read(view: View) -> tuple[Reading, ...]:
        histograms = view.part("latency").sum(axis=(1, 2))
        if limit in view.layout.limits and not view.only:
            slower = view.part("slower")[:, :, view.layout.limits.index(limit)].sum(axis=1)
        else:
            slower = histograms[:, first:].sum(axis=1)
        return proportions(slower, histograms.sum(axis=1))

    return read


def _slower_than(text: str) -> Metric:
    limit = parse_duration(text)
    if not LATENCY_FLOOR_NS <= limit <= SLOWEST_NS:
        raise ValueError(f"{text} cannot be told from histograms that cover 100us to 1000s; name another limit")
    return Metric(
        name=f"{OVER}{text}", says=f"share of answers slower than {text}", unit="share", lower_is_better=True,
        matured=False, read=_over(limit), by=("segment",), about=_ABOUT_OVER,
    )


def named(name: str) -> Metric | None:
    """The metric of a quantile's name: latency.p50, latency.p95, latency.p999 …, or of a limit: latency.over.300ms."""
    if name.startswith(OVER):
        return _slower_than(name.removeprefix(OVER))
    match = NAME.fullmatch(name)
    if match is None:
        return None
    q = int(match[1]) / 10 ** len(match[1])
    return Metric(
        name=name, says=f"{100 * q:g}th percentile of latency", unit="seconds", lower_is_better=True, matured=False,
        read=_quantile_of(q), by=("segment",), about=_ABOUT,
    )


METRICS = (
    *(metric for metric in map(named, ("latency.p50", "latency.p95", "latency.p99")) if metric),
    _slower_than("500ms"),
    Metric(
        name="latency.mean", says="mean latency", unit="seconds", lower_is_better=True, matured=False, read=mean,
        by=("segment",),
    ),
)
