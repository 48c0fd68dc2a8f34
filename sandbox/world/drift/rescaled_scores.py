"""The scores of a model are rescaled."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from sandbox.world.drift.onset import Onset


class RescaledScores(Onset):
    """Rescaled scores: one model's scores are bent, on the logit scale, by a `slope` and a `bias`.

    Somebody swaps the calibration layer, or its temperature. Ranking (AUC) stays exactly as it was; the score histogram
    moves at once, how often the answer is yes with it, and calibration and Brier when labels mature. The signs are
    Cox's: a slope below 1 makes scores too extreme, a bias above 0 too low.

    ```toml
    [[drift]]
    kind = "rescaled-scores"
    model = "candidate"
    slope = 0.5
    bias = 0.7
    at = "1h"
    ```

    Cox: Two further applications of a model for binary regression, Biometrika 45 (1958); Guo, Pleiss, Sun, Weinberger:
    On calibration of modern neural networks, ICML (2017), for the layer that does it on purpose.
    """

    kind: Literal["rescaled-scores"] = "rescaled-scores"
    model: str = "candidate"
    """The model whose scores are bent; "all" means every one."""
    slope: float = Field(default=1.0, gt=0.05, le=20)
    """Calibration slope in the end: logit P(label) = bias + slope × logit(score), had it been calibrated."""
    bias: float = Field(default=0.0, ge=-10, le=10)
    """Calibration in the large in the end, on the logit scale."""

    @model_validator(mode="after")
    def _bends(self) -> "RescaledScores":
        if self.slope == 1.0 and self.bias == 0.0:
            raise ValueError("a slope of 1 and a bias of 0 change no score; say one of them")
        return self

    def reaches(self, model: str) -> bool:
        """Whether this model's scores are bent."""
        return self.model in ("all", model)

    def rescore(self, score: npt.NDArray[np.float32], strength: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
        """score (n,) bent by strength (n,) times the way to the slope and the bias."""
        from scipy.special import expit, logit

        slope = 1.0 + (self.slope - 1.0) * strength
        clipped = np.clip(score.astype(np.float64), 1e-6, 1.0 - 1e-6)
        bent = expit((logit(clipped) - self.bias * strength) / slope)
        return np.where(strength > 0.0, bent, score).astype(np.float32)
