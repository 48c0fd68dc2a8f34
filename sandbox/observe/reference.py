"""What was known of the models' scores beforehand: how they lay, and how often they were right."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sandbox.base.telemetry import Flags, Floats
from sandbox.base.window import SCORE_BINS
from sandbox.observe.metrics.view import Reference

Chances = npt.NDArray[np.float64]


def with_scores(
    reference: Reference, *, score: Sequence[Floats], decision: Sequence[Flags], label: Flags, known: Flags | None
) -> Reference:
    """The reference with each arm's scores and decisions (n,) on it, calibrated on labels (n,) where they are known."""
    there = np.ones(len(label), dtype=np.bool_) if known is None else known
    chance, scores = [], []
    for mine, yes in zip(score, decision, strict=True):
        place = np.minimum((mine * SCORE_BINS).astype(np.int64), SCORE_BINS - 1)
        scores.append(np.bincount(place, minlength=SCORE_BINS))
        chance.append(_chances(mine[there], yes[there], label[there]))
    return replace(
        reference, scores=np.array(scores, dtype=np.int64), chance=np.array(chance),
        labelled=np.full(len(score), int(there.sum()), dtype=np.int64),
    )


def _chances(score: Floats, yes: Flags, label: Flags) -> Chances:
    """(2, SCORE_BINS) P(true) of a decision and a score bin: the mean isotonic chance of the labelled scores there."""
    chances = np.full((2, SCORE_BINS), np.nan)
    if not len(score):
        return chances
    values, inverse, count = np.unique(score, return_inverse=True, return_counts=True)
    fitted = isotonic(np.bincount(inverse, weights=label) / count, count)
    middle = (np.arange(SCORE_BINS) + 0.5) / SCORE_BINS
    # Where no reference score lay, the fit is read at the middle of the bin.
    chances[:] = np.interp(middle, values, fitted)
    place = np.minimum((score * SCORE_BINS).astype(np.int64), SCORE_BINS - 1) + SCORE_BINS * yes
    n = np.bincount(place, minlength=2 * SCORE_BINS)
    total = np.bincount(place, weights=fitted[inverse], minlength=2 * SCORE_BINS)
    seen = n > 0
    chances.reshape(-1)[seen] = total[seen] / n[seen]
    return chances


def isotonic(mean: npt.NDArray[np.floating], weight: npt.NDArray[np.generic]) -> Chances:
    """The non-decreasing sequence nearest to mean (n,) in weighted squares (Ayer, Brunk, Ewing et al. 1955)."""
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(mean, weights=weight).x, dtype=np.float64)
