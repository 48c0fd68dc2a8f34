"""How good the decisions and scores were, on matured cohorts."""

import math
from collections.abc import Callable

import numpy as np

from sandbox.base.reading import NOTHING, Reading
from sandbox.base.window import FIXED_POINT, LOSS_POINT, Counts
from sandbox.observe.metrics.view import Metric, View, proportions


def _confusion(view: View) -> Counts:
    """(arms, label, decision) counts."""
    table: Counts = view.part("confusion").sum(axis=(1, 2, 3))
    return table


def accuracy(view: View) -> tuple[Reading, ...]:
    """(TP + TN) / n: right decisions among labelled answers. It hides which kind of error was made, and is high for a
    model that says no to everybody where true cases are rare.
    """
    table = _confusion(view)
    return proportions(table[:, 0, 0] + table[:, 1, 1], table.sum(axis=(1, 2)))


def wrong(view: View) -> tuple[Reading, ...]:
    """(FP + FN) / n: wrong decisions among labelled answers, accuracy from its other side. Counted as events, so that a
    sequential test of rare events can watch it.
    """
    table = _confusion(view)
    return proportions(table[:, 0, 1] + table[:, 1, 0], table.sum(axis=(1, 2)))


def precision(view: View) -> tuple[Reading, ...]:
    """TP / (TP + FP): how many of those decided yes were true (van Rijsbergen: Information Retrieval, 1979). It falls
    with the base rate even where the model has not changed.
    """
    table = _confusion(view)
    return proportions(table[:, 1, 1], table[:, :, 1].sum(axis=1))


def recall(view: View) -> tuple[Reading, ...]:
    """TP / (TP + FN): how many of the true cases were decided yes; the same number as the true-positive rate
    (van Rijsbergen: Information Retrieval, 1979).
    """
    return _decided_yes(view, 1)


def fpr(view: View) -> tuple[Reading, ...]:
    """FP / (FP + TN): how many of the false cases were decided yes (Fawcett: An introduction to ROC analysis, 2006)."""
    return _decided_yes(view, 0)


def tpr(view: View) -> tuple[Reading, ...]:
    """TP / (TP + FN): how many of the true cases were decided yes (Fawcett: An introduction to ROC analysis, 2006)."""
    return _decided_yes(view, 1)


def _decided_yes(view: View, label: int) -> tuple[Reading, ...]:
    table = _confusion(view)
    return proportions(table[:, label, 1], table[:, label].sum(axis=1))


def auc(view: View) -> tuple[Reading, ...]:
    """P(score of a true case > score of a false one), ties in one of a hundred score bins counted half.

    Error: Hanley and McNeil, The meaning and use of the area under a ROC curve, Radiology 143 (1982).
    """
    n = view.part("calibration_n").sum(axis=1)
    positive = view.part("calibration_positive").sum(axis=1)
    return tuple(auc_of(true, all_ - true) for true, all_ in zip(positive, n, strict=True))


def auc_of(true: Counts, false: Counts) -> Reading:
    """The area under the ROC curve of two histograms of scores (bins,)."""
    positives, negatives = int(true.sum()), int(false.sum())
    if not positives or not negatives:
        return NOTHING
    below = np.cumsum(false) - false
    area = float((true * (below + 0.5 * false)).sum()) / positives / negatives
    return Reading(value=area, n=positives + negatives, error=auc_error(area, positives, negatives))


def auc_error(area: float, positives: float, negatives: float) -> float:
    """Standard error of an area under the ROC curve (Hanley, McNeil 1982)."""
    q1, q2 = area / (2.0 - area), 2.0 * area * area / (1.0 + area)
    variance = area * (1 - area) + (positives - 1) * (q1 - area**2) + (negatives - 1) * (q2 - area**2)
    return math.sqrt(max(0.0, variance) / positives / negatives)


def brier(view: View) -> tuple[Reading, ...]:
    """Mean squared distance of score and label, a proper score: no other number than the truth lowers it on average
    (Brier: Verification of forecasts expressed in terms of probability, Monthly Weather Review 78, 1950).
    """
    return _mean_loss(view, "brier", FIXED_POINT)


def log_loss(view: View) -> tuple[Reading, ...]:
    """Mean of -ln(score given to what happened), a proper score that punishes certainty that was wrong; a score of 0
    or 1 counts as 1.2e-7 away from it (Good: Rational decisions, JRSS B 14, 1952).
    """
    return _mean_loss(view, "log_loss", LOSS_POINT)


def _mean_loss(view: View, part: str, point: int) -> tuple[Reading, ...]:
    sums = view.part(part).sum(axis=(1, 2, 3)) / point
    counts = _confusion(view).sum(axis=(1, 2)).tolist()
    readings = []
    for (first, second), n in zip(sums.tolist(), counts, strict=True):
        if not n:
            readings.append(NOTHING)
            continue
        value = first / n
        readings.append(Reading(value=value, n=n, error=math.sqrt(max(0.0, second / n - value**2) / n)))
    return tuple(readings)


Read = Callable[[View], tuple[Reading, ...]]


def _share(name: str, says: str, read: Read, *, lower_is_better: bool) -> Metric:
    return Metric(
        name=f"quality.{name}", says=says, unit="share", lower_is_better=lower_is_better, matured=True, read=read,
        by=("segment", "group"),
    )


METRICS = (
    _share("accuracy", "share of right decisions", accuracy, lower_is_better=False),
    _share("wrong", "share of wrong decisions", wrong, lower_is_better=True),
    _share("precision", "share of those decided yes that were true", precision, lower_is_better=False),
    _share("recall", "share of true cases decided yes", recall, lower_is_better=False),
    _share("fpr", "share of false cases decided yes", fpr, lower_is_better=True),
    _share("tpr", "share of true cases decided yes", tpr, lower_is_better=False),
    Metric(
        name="quality.auc", says="how often a true case outranks a false one", unit="index", lower_is_better=False,
        matured=True, read=auc,
    ),
    Metric(
        name="quality.brier", says="mean squared distance of score and label", unit="index", lower_is_better=True,
        matured=True, read=brier, by=("segment", "group"),
    ),
    Metric(
        name="quality.log_loss", says="mean logarithm of how little the truth was expected", unit="index",
        lower_is_better=True, matured=True, read=log_loss, by=("segment", "group"),
    ),
)
