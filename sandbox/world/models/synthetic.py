"""A model asked for by its behaviour."""

import math
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from sandbox.world.models.skilled import Skilled
from sandbox.world.models.timed import Timed


class Synthetic(Skilled, Timed):
    """A model that looks at the truth from an angle: it has the AUC asked for, and is calibrated unless told not to be.

    Its index is z = m·x with m at the angle to the truth's direction that gives the AUC; its score is
    Phi((b + s rho z) / sqrt(1 + s² (1 - rho²))), which is P(label | z) exactly, then bent by `slope` and `bias`.
    A worse AUC shows in quality metrics when labels mature, a slope in ECE and Brier, a bias against a group in gaps.

    ```toml
    [models.candidate]
    kind = "synthetic"
    auc = 0.84
    slope = 0.8
    latency = { p50 = "40ms", p99 = "120ms" }
    ```

    Cox: Two further applications of a model for binary regression, Biometrika 45 (1958), for slope and bias.
    """

    kind: Literal["synthetic"] = "synthetic"


def calibrated_score(
    index: npt.NDArray[np.floating], *, intercept: float, signal: float, rho: float
) -> npt.NDArray[np.floating]:
    """P(label | index) for index (n,) standard normal that correlates by rho with the truth's: (n,) scores."""
    from scipy.special import ndtr

    scale = 1.0 / math.sqrt(1.0 + signal * signal * (1.0 - rho * rho))
    argument = index * index.dtype.type(signal * rho * scale) + index.dtype.type(intercept * scale)
    return np.asarray(ndtr(argument))


def bend(score: npt.NDArray[np.floating], *, slope: float, bias: float) -> npt.NDArray[np.floating]:
    """score (n,) moved so that logit P(label) = bias + slope logit(score): (n,) scores (Cox 1958)."""
    from scipy.special import expit, logit

    clipped = np.clip(score, 1e-6, 1.0 - 1e-6)
    return np.asarray(expit((logit(clipped) - bias) / slope), dtype=score.dtype)


def auc_of(rho: float, *, intercept: float, signal: float) -> float:
    """AUC of an index that correlates by rho with the truth's, by quadrature over its density in either class."""
    from scipy.special import ndtr

    z = np.linspace(-9.0, 9.0, 4_001)
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    positive = density * ndtr((intercept + signal * rho * z) / math.sqrt(1.0 + signal * signal * (1.0 - rho * rho)))
    step = z[1] - z[0]
    rate = positive.sum() * step
    below = np.cumsum((density - positive) * step) - 0.5 * (density - positive) * step
    return float((positive * below).sum() * step / (rate * (1.0 - rate)))


@lru_cache(maxsize=256)
def rho_for(auc: float, *, intercept: float, signal: float) -> float:
    """The correlation with the truth's index that gives an AUC, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if auc_of(middle, intercept=intercept, signal=signal) < auc else (low, middle)
    return 0.5 * (low + high)


@lru_cache(maxsize=64)
def truth_for(*, base_rate: float, best_auc: float) -> tuple[float, float]:
    """Intercept b and signal s of a truth with this base rate whose perfect model has this AUC."""
    from scipy.special import ndtri

    threshold = float(ndtri(base_rate))
    low, high = 1e-3, 60.0
    for _ in range(60):
        signal = 0.5 * (low + high)
        intercept = threshold * math.sqrt(1.0 + signal * signal)
        low, high = (signal, high) if auc_of(1.0, intercept=intercept, signal=signal) < best_auc else (low, signal)
    return threshold * math.sqrt(1.0 + signal * signal), signal
