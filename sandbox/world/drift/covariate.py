"""Other people ask: P(x) moves, P(label given x) stays."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.world.drift.draft import Draft
from sandbox.world.drift.onset import Onset


class Covariate(Onset):
    """Covariate shift: the named features move by `shift` standard deviations; what they say about the label stays.

    Both arms meet it alike. PSI of the features moves first; quality moves only as far as the models are worse there.

    ```toml
    [[drift]]
    kind = "covariate"
    features = ["f1", "f2"]
    shift = 0.8
    onset = "gradual"
    at = "1h"
    width = "20m"
    ```

    Moreno-Torres et al.: A unifying view on dataset shift in classification, Pattern Recognition 45 (2012).
    """

    kind: Literal["covariate"] = "covariate"
    features: list[str] = Field(default=["f1"], min_length=1)
    """The features that move."""
    shift: float = Field(default=0.5, ge=-10, le=10)
    """By how many standard deviations."""

    def bend(self, draft: Draft, strength: npt.NDArray[np.float64], luck: npt.NDArray[np.float32]) -> Draft:
        """The draft with its features moved by strength (n,) times the shift."""
        columns = [int(name[1:]) - 1 for name in self.features]
        features = draft.features.copy(order="K")
        features[:, columns] += (self.shift * strength).astype(np.float32)[:, None]
        return replace(draft, features=features)
