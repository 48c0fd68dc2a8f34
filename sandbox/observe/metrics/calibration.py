"""Whether scores mean what they say, on matured cohorts."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.reading import NOTHING, Reading
from sandbox.base.window import FIXED_POINT, SCORE_BINS, Counts
from sandbox.observe.metrics.view import Metric, View

ECE_BINS = 10
"""Equal-width bins of the calibration error (Naeini, Cooper, Hauskrecht, AAAI 2015)."""

FARTHEST = 1e-6
"""A mean score nearer to 0 or 1 is taken as this far from it before its logit is read."""

Floats = npt.NDArray[np.float64]


def _bins(view: View) -> tuple[Counts, Floats, Counts]:
    """(arms, SCORE_BINS) each: how many, the sum of their scores, how many were true."""
    score = view.part("calibration_score").sum(axis=1) / FIXED_POINT
    return view.part("calibration_n").sum(axis=1), score, view.part("calibration_positive").sum(axis=1)


def _merged(fine: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.asarray(fine.reshape(ECE_BINS, -1).sum(axis=1))


def ece(view: View) -> tuple[Reading, ...]:
    """Sum over ten equal-width bins of their part of the answers times |mean score - share true|.

    A perfectly calibrated model does not show 0: it shows about 0.88 / sqrt(n). `quality.ece.debiased` takes that off;
    else compare arms at equal n (Naeini, Cooper, Hauskrecht: Obtaining well calibrated probabilities using Bayesian
    binning, AAAI 2015).
    """
    return tuple(_ece_of(*arm)[0] for arm in zip(*_bins(view), strict=True))


def ece_debiased(view: View) -> tuple[Reading, ...]:
    """`quality.ece` minus what a perfectly calibrated model with these scores would show at this n: around 0 when all
    is well, at any n, and so sometimes below it.

    The sum of labels in a bin is nearly normal with variance sum p (1 - p); the mean of its absolute value is
    sqrt(2 / pi) standard deviations. Where a bin is truly off, less noise hides in it and this takes off too much, by
    at most that (on the bias: Roelofs, Cain, Shlens, Mozer: Mitigating bias in calibration error estimation, 2022).
    """
    readings = []
    for arm in zip(*_bins(view), strict=True):
        raw, null = _ece_of(*arm)
        readings.append(raw if raw.empty else Reading(value=raw.value - null, n=raw.n, error=raw.error))
    return tuple(readings)


def _ece_of(count: Counts, said: Floats, true: Counts) -> tuple[Reading, float]:
    """The calibration error of fine bins (SCORE_BINS,), and its expectation for a perfect model."""
    total = int(count.sum())
    if not total:
        return NOTHING, math.nan
    n, score, positive = _merged(count), _merged(said), _merged(true)
    used = n > 0
    rate = positive[used] / n[used]
    variance = float((n[used] * rate * (1.0 - rate)).sum()) / total**2
    gap = float(np.abs(score[used] - positive[used]).sum()) / total
    mean = said / np.maximum(count, 1)
    spread = np.maximum(0.0, _merged(count * mean * (1.0 - mean)))
    null = float(np.sqrt(2.0 / math.pi * spread).sum()) / total
    return Reading(value=gap, n=total, error=math.sqrt(variance)), null


def in_the_large(view: View) -> tuple[Reading, ...]:
    """Mean score minus share true: 0 is right, above it the model promises too much. A gate names both `min` and `max`
    (Cox: Two further applications of a model for binary regression, Biometrika 45, 1958).
    """
    tables = view.part("confusion").sum(axis=(1, 2, 3))
    score = view.part("score_sum").sum(axis=(1, 2, 3)) / FIXED_POINT
    squares = view.part("brier")[..., 0].sum(axis=(1, 2, 3)) / FIXED_POINT
    return tuple(
        offset(int(table.sum()), int(table[1].sum()), float(said), float(square))
        for table, said, square in zip(tables, score, squares, strict=True)
    )


def offset(n: int, true: int, said: float, squares: float) -> Reading:
    """Mean of score - label, from n, how many were true, the sum of scores and the sum of (score - label)²."""
    if not n:
        return NOTHING
    value = (said - true) / n
    return Reading(value=value, n=n, error=math.sqrt(max(0.0, squares / n - value * value) / n))


def slope(view: View) -> tuple[Reading, ...]:
    """The slope b of logit P(true) = a + b logit(score): 1 is right, below it the scores are too extreme, above it too
    timid. Fitted by maximum likelihood on a hundred score bins, each at its mean score; the error is from the
    information of the fit (Cox: Two further applications of a model for binary regression, Biometrika 45, 1958).
    """
    return tuple(_slope_of(*arm) for arm in zip(*_bins(view), strict=True))


def _slope_of(count: Counts, said: Floats, true: Counts) -> Reading:
    used = count > 0
    n, positive = count[used].astype(np.float64), true[used].astype(np.float64)
    if len(n) < 2 or not 0 < positive.sum() < n.sum():
        return NOTHING
    mean = np.clip(said[used] / n, FARTHEST, 1.0 - FARTHEST)
    design = np.column_stack([np.ones_like(mean), np.log(mean / (1.0 - mean))])
    weights, information = _fitted(design, n, positive)
    if weights is None:
        return Reading(value=math.nan, n=0)
    return Reading(value=float(weights[1]), n=int(n.sum()), error=math.sqrt(float(np.linalg.inv(information)[1, 1])))


def _fitted(design: Floats, n: Floats, positive: Floats, *, most: int = 50) -> tuple[Floats | None, Floats]:
    """Weights (2,) and information (2, 2) of a logistic fit to grouped outcomes, by Newton's method; None where the
    outcomes are separable.
    """
    weights = np.array([0.0, 1.0])
    information = np.eye(2)
    for _ in range(most):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30.0, 30.0)))
        information = design.T @ (design * (n * chance * (1.0 - chance))[:, None])
        if np.linalg.cond(information) > 1e12:
            return None, information
        move = np.linalg.solve(information, design.T @ (positive - n * chance))
        weights = weights + np.clip(move, -2.0, 2.0)
        if np.abs(move).max() < 1e-10:
            return weights, information
    return None, information


assert SCORE_BINS % ECE_BINS == 0

METRICS = (
    Metric(
        name="quality.ece", says="expected calibration error, ten bins", unit="index", lower_is_better=True,
        matured=True, read=ece,
    ),
    Metric(
        name="quality.ece.debiased", says="expected calibration error beyond what chance shows at this n",
        unit="index", lower_is_better=True, matured=True, read=ece_debiased,
    ),
    Metric(
        name="quality.calibration.in_the_large", says="mean score minus share true; 0 is right", unit="share",
        lower_is_better=True, matured=True, read=in_the_large, by=("segment", "group"),
    ),
    Metric(
        name="quality.calibration.slope", says="how steeply truth follows the scores; 1 is right", unit="ratio",
        lower_is_better=False, matured=True, read=slope,
    ),
)
