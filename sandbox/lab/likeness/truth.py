"""What is true how often, and how well recorded scores tell it."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandbox.base.units import NS_PER_SECOND

LEAST_BEST = 0.05
"""The best there could be is taken to rank at least this much better than what is there."""


@dataclass(frozen=True, slots=True)
class Skill:
    """How well scores rank, and the line logit P(label) = bias + slope logit(score)."""

    auc: float
    slope: float
    bias: float


def skill_of(score: npt.NDArray[np.floating], label: npt.NDArray[np.bool_]) -> Skill | None:
    """Of scores and labels (n,): AUC by ranks (Mann, Whitney 1947), calibration by Cox's regression (1958), in Newton
    steps; None where either outcome is missing or scores rank no better than chance."""
    from scipy.special import expit, logit

    yes = int(label.sum())
    no = len(label) - yes
    if not yes or not no:
        return None
    auc = auc_of(score, label)
    if auc <= 0.505:
        return None
    x = np.column_stack([np.ones(len(score)), logit(np.clip(score.astype(np.float64), 1e-6, 1.0 - 1e-6))])
    line = np.array([0.0, 1.0])
    for _ in range(50):
        said = expit(x @ line)
        weight = np.maximum(said * (1.0 - said), 1e-12)
        step = np.linalg.solve((x * weight[:, None]).T @ x, x.T @ (label - said))
        line = line + step
        if float(np.abs(step).max()) < 1e-9:
            break
    return Skill(min(auc, 0.995), float(np.clip(line[1], 0.06, 20.0)), float(np.clip(line[0], -10.0, 10.0)))


def auc_of(score: npt.NDArray[np.floating], label: npt.NDArray[np.bool_]) -> float:
    """The AUC of scores and labels (n,) by ranks; nan where either outcome is missing."""
    from scipy.stats import rankdata

    yes = int(label.sum())
    pairs = yes * (len(label) - yes)
    return (float(rankdata(score)[label].sum()) - yes * (yes + 1) / 2.0) / pairs if pairs else math.nan


def shift_of(rate: float, *, intercept: float, signal: float) -> float:
    """By how many standard deviations a slice lies along the truth's direction if its labels are true at this rate."""
    from scipy.special import ndtri

    return (math.sqrt(1.0 + signal * signal) * float(ndtri(np.clip(rate, 1e-4, 1.0 - 1e-4))) - intercept) / signal


def quantiles_of(values: npt.NDArray[np.int64]) -> tuple[int, int]:
    """Median and 99th percentile of times (n,) ns, the second not below the first, neither below a microsecond."""
    median, slowest = (int(one) for one in np.quantile(values, (0.5, 0.99)))
    median = max(median, NS_PER_SECOND // 1_000_000)
    return median, max(median, slowest)
