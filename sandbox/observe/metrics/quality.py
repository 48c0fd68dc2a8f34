"""How good the decisions and scores were, on matured cohorts."""

import math
from collections.abc import Callable

import numpy as np

from sandbox.base.reading import Reading
from sandbox.base.window import FIXED_POINT, SCORE_BINS, Counts
from sandbox.observe.metrics.view import Metric, View, proportions

ECE_BINS = 10
"""Equal-width bins of the calibration error (Naeini, Cooper, Hauskrecht, AAAI 2015)."""


def _confusion(view: View) -> Counts:
    table: Counts = view.part("confusion").sum(axis=(1, 2, 3))
    return table


def accuracy(view: View) -> tuple[Reading, ...]:
    """Share of right decisions."""
    table = _confusion(view)
    return proportions(table[:, 0, 0] + table[:, 1, 1], table.sum(axis=(1, 2)))


def _decided_yes(label: int) -> Callable[[View], tuple[Reading, ...]]:
    def read(view: View) -> tuple[Reading, ...]:
        table = _confusion(view)
        return proportions(table[:, label, 1], table[:, label].sum(axis=1))

    return read


def auc(view: View) -> tuple[Reading, ...]:
    """How often a true case outranks a false one, ties in a score bin counted half (error: Hanley, McNeil 1982)."""
    n = view.part("calibration_n").sum(axis=1)
    positive = view.part("calibration_positive").sum(axis=1)
    return tuple(_auc_of(true, all_ - true) for true, all_ in zip(positive, n, strict=True))


def _auc_of(true: Counts, false: Counts) -> Reading:
    positives, negatives = int(true.sum()), int(false.sum())
    if not positives or not negatives:
        return Reading(value=math.nan, n=0)
    below = np.cumsum(false) - false
    area = float((true * (below + 0.5 * false)).sum()) / positives / negatives
    q1, q2 = area / (2.0 - area), 2.0 * area * area / (1.0 + area)
    variance = area * (1 - area) + (positives - 1) * (q1 - area**2) + (negatives - 1) * (q2 - area**2)
    return Reading(
        value=area, n=positives + negatives, error=math.sqrt(max(0.0, variance) / positives / negatives)
    )


def brier(view: View) -> tuple[Reading, ...]:
    """Mean squared distance of score and label."""
    sums = view.part("brier").sum(axis=1) / FIXED_POINT
    counts = view.part("calibration_n").sum(axis=(1, 2)).tolist()
    readings = []
    for (first, second), n in zip(sums.tolist(), counts, strict=True):
        value = first / n if n else math.nan
        variance = max(0.0, second / n - value**2) if n else math.nan
        readings.append(Reading(value=value, n=n, error=math.sqrt(variance / n) if n else math.nan))
    return tuple(readings)


def ece(view: View) -> tuple[Reading, ...]:
    """Expected calibration error over ten equal-width bins; about 0.88/sqrt(n) is what a perfect model shows."""
    shape = (-1, ECE_BINS, SCORE_BINS // ECE_BINS)
    n = view.part("calibration_n").sum(axis=1).reshape(shape).sum(axis=2)
    score = view.part("calibration_score").sum(axis=1).reshape(shape).sum(axis=2) / FIXED_POINT
    positive = view.part("calibration_positive").sum(axis=1).reshape(shape).sum(axis=2)
    readings = []
    for count, said, true in zip(n, score, positive, strict=True):
        total = int(count.sum())
        if not total:
            readings.append(Reading(value=math.nan, n=0))
            continue
        used = count > 0
        rate = true[used] / count[used]
        variance = float((count[used] * rate * (1.0 - rate)).sum()) / total**2
        gap = float(np.abs(said[used] - true[used]).sum()) / total
        readings.append(Reading(value=gap, n=total, error=math.sqrt(variance)))
    return tuple(readings)


def _metric(
    name: str, says: str, read: Callable[[View], tuple[Reading, ...]], *, lower_is_better: bool, unit: str = "index"
) -> Metric:
    return Metric(
        name=f"quality.{name}", says=says, unit="share" if unit == "share" else "index",
        lower_is_better=lower_is_better, matured=True, read=read,
    )


METRICS = (
    _metric("accuracy", "share of right decisions", accuracy, lower_is_better=False, unit="share"),
    _metric("fpr", "share of false cases decided yes", _decided_yes(0), lower_is_better=True, unit="share"),
    _metric("tpr", "share of true cases decided yes", _decided_yes(1), lower_is_better=False, unit="share"),
    _metric("auc", "how often a true case outranks a false one", auc, lower_is_better=False),
    _metric("brier", "mean squared distance of score and label", brier, lower_is_better=True),
    _metric("ece", "expected calibration error, ten bins", ece, lower_is_better=True),
)
