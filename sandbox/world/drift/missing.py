"""Features go missing on their way to the models."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.drift.spoil import Serving, Spoil


class Missing(Spoil):
    """Missing features: each named feature is gone from `rate` of the requests; a synthetic model reads its mean.

    Completeness falls, null contracts break and PSI, which counts the missing, moves; quality falls when labels come.

    ```toml
    [[drift]]
    kind = "missing"
    features = ["f1", "f2"]
    rate = "30%"
    at = "1h"
    ```

    Schelter et al.: Automating large-scale data quality verification, PVLDB 11 (2018).
    """

    kind: Literal["missing"] = "missing"
    rate: Share = Field(default=0.3, gt=0)
    """How often it is missing in the end, each feature on its own."""

    def spoil(
        self, serving: Serving, columns: list[int], strength: npt.NDArray[np.float64], draws: np.random.Generator
    ) -> Serving:
        """The serving with each cell gone with probability strength (n,) times the rate."""
        gone = draws.random((len(strength), len(columns))) < (self.rate * strength)[:, None]
        values = serving.values.copy(order="K")
        values[:, columns] = np.where(gone, np.nan, values[:, columns])
        return replace(serving, values=values)

    @property
    def takes_away(self) -> bool:
        """Whether it only takes values away."""
        return True
