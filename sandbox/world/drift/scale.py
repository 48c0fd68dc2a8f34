"""Features spread or shrink: their variance moves, their mean stays."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.world.drift.draft import Draft
from sandbox.world.drift.onset import Onset


class Scale(Onset):
    """Covariate shift in scale: the named features spread (or shrink) to `factor` times; what they say stays.

    Every mean stays where it was, so only a look at the whole distribution (PSI) sees it; spread scores follow.

    ```toml
    [[drift]]
    kind = "scale"
    features = ["f1", "f2"]
    factor = 2
    onset = "gradual"
    at = "1h"
    ```

    Moreno-Torres et al.: A unifying view on dataset shift in classification, Pattern Recognition 45 (2012).
    """

    kind: Literal["scale"] = "scale"
    features: list[str] = Field(default=["f1"], min_length=1)
    """The features that spread."""
    factor: float = Field(default=2.0, gt=0, le=100)
    """How many times as wide, around the population's mean; below 1 they shrink."""

    def bend(self, draft: Draft, strength: npt.NDArray[np.float64], luck: npt.NDArray[np.float32]) -> Draft:
        """The draft with its features stretched by strength (n,) times the way to the factor."""
        columns = [int(name[1:]) - 1 for name in self.features]
        features = draft.features.copy(order="K")
        features[:, columns] *= (1.0 + (self.factor - 1.0) * strength).astype(np.float32)[:, None]
        return replace(draft, features=features)
