"""A feature changes its unit: every value times a factor."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.world.drift.spoil import Serving, Spoil


class Unit(Spoil):
    """A unit change: the named features arrive times `factor` (minutes for seconds, cents for euros).

    Range contracts and PSI of the features see it at once, of one arm only where `model` says so; AUC falls later.

    ```toml
    [[drift]]
    kind = "unit"
    features = ["f1"]
    factor = 60
    model = "candidate"
    at = "1h"
    ```

    Breck, Polyzotis, Roy, Whang, Zinkevich: Data validation for machine learning, MLSys (2019).
    """

    kind: Literal["unit"] = "unit"
    factor: float = Field(default=1_000.0, gt=0, le=1e9)
    """What the values are multiplied by."""

    def spoil(
        self, serving: Serving, columns: list[int], strength: npt.NDArray[np.float64], draws: np.random.Generator
    ) -> Serving:
        """The serving times the factor in rows chosen with probability strength (n,)."""
        hit = draws.random(len(strength)) < strength
        values = serving.values.copy(order="K")
        values[:, columns] *= np.where(hit, self.factor, 1.0)[:, None]
        return replace(serving, values=values)
