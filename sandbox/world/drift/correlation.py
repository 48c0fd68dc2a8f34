"""Two features come to move together: each alone looks as before."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.world.drift.draft import Draft
from sandbox.world.drift.onset import Onset


class Correlation(Onset):
    """Two features become correlated by `rho`; the distribution of each alone stays as it was.

    No metric of single features (PSI, means, missing values) can see it; scores spread where both point the same way.

    ```toml
    [[drift]]
    kind = "correlation"
    features = ["f1", "f2"]
    rho = 0.8
    at = "1h"
    ```

    Moreno-Torres et al.: A unifying view on dataset shift in classification, Pattern Recognition 45 (2012).
    """

    kind: Literal["correlation"] = "correlation"
    features: list[str] = Field(default=["f1", "f2"], min_length=2, max_length=2)
    """The two features; the second comes to follow the first."""
    rho: float = Field(default=0.8, ge=-1, le=1)
    """Their correlation in the end."""

    def bend(self, draft: Draft, strength: npt.NDArray[np.float64], luck: npt.NDArray[np.float32]) -> Draft:
        """The draft with its second feature mixed with the first so that they correlate by strength (n,) times rho."""
        first, second = (int(name[1:]) - 1 for name in self.features)
        rho = (self.rho * strength).astype(np.float32)
        features = draft.features.copy(order="K")
        own = np.sqrt(np.float32(1.0) - rho * rho)
        features[:, second] = rho * draft.features[:, first] + own * draft.features[:, second]
        return replace(draft, features=features)
