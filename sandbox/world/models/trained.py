"""A model that is fitted in the flight, on what was seen of it."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.world.models.timed import Timed

Floats = npt.NDArray[np.float64]

STEPS = 25
"""So many steps of Newton's method settle a logistic regression, or nothing does."""


class Trained(Timed):
    """A logistic regression that `[retraining]` fits on the requests, features and labels of its snapshot.

    Nothing is said about how good it is: that follows from the snapshot. Wrong labels, features that were missing, in
    another unit or too old, answers whose label nobody saw: whatever was wrong when the snapshot was taken, it has
    learned. Before it is fitted it gives everybody a score of 0, and the ramp waits for it.

    ```toml
    [models.candidate]
    kind = "trained"
    ridge = 1.0

    [retraining]
    model = "candidate"
    at = "90s"
    window = "1m"
    takes = "30s"
    ```

    Hoerl, Kennard: Ridge regression, Technometrics 12 (1970); le Cessie, van Houwelingen: Ridge estimators in logistic
    regression, Applied Statistics 41 (1992).
    """

    kind: Literal["trained"] = "trained"
    ridge: float = Field(default=1.0, gt=0)
    """The weight of the penalty on squared coefficients, of standardised features."""

    def fitted(self, features: npt.NDArray[np.float32], label: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
        """Coefficients (d,) and intercept for features (n, d), nothing missing, and label (n,)."""
        rows, columns = features.shape
        hits = int(label.sum())
        intercept = float(np.log((hits + 0.5) / (rows - hits + 0.5)))
        if not 0 < hits < rows:
            return np.zeros(columns), intercept
        center, spread = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64)
        spread[spread == 0.0] = 1.0
        design = [np.ones(rows), *((features - center) / spread).T.copy()]
        weights = np.zeros(columns + 1)
        weights[0] = intercept
        for _ in range(STEPS):
            step = self._step(design, weights, label)
            weights = weights + step
            if float(np.abs(step).max()) < 1e-9:
                break
        slopes = weights[1:] / spread
        return slopes, float(weights[0] - (slopes * center).sum())

    def _step(self, design: list[Floats], weights: Floats, label: npt.NDArray[np.bool_]) -> Floats:
        """One of Newton's steps; sums are made column by column, so that no library's threads change a bit."""
        index = sum((one * weight for one, weight in zip(design, weights, strict=True)), np.zeros(len(label)))
        chance = 1.0 / (1.0 + np.exp(-index))
        slack, width = label - chance, chance * (1.0 - chance)
        penalty = np.full(len(weights), self.ridge)
        penalty[0] = 0.0
        slope = np.array([float((one * slack).sum()) for one in design]) - penalty * weights
        curve = np.diag(penalty)
        for first, one in enumerate(design):
            weighted = one * width
            for second in range(first, len(design)):
                curve[first, second] += float((weighted * design[second]).sum())
                curve[second, first] = curve[first, second]
        return np.asarray(np.linalg.solve(curve, slope))
