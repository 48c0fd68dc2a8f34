"""Two columns change places."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.world.drift.spoil import Serving, Spoil


class Swapped(Spoil):
    """Swapped columns: two features arrive under each other's name, as after a change of a schema.

    Where both have the same distribution no input metric can see it; ranking (AUC) falls when labels mature.

    ```toml
    [[drift]]
    kind = "swapped"
    features = ["f1", "f2"]
    at = "1h"
    ```

    Breck, Polyzotis, Roy, Whang, Zinkevich: Data validation for machine learning, MLSys (2019).
    """

    kind: Literal["swapped"] = "swapped"
    features: list[str] = Field(default=["f1", "f2"], min_length=2, max_length=2)
    """The two features."""

    def spoil(
        self, serving: Serving, columns: list[int], strength: npt.NDArray[np.float64], draws: np.random.Generator
    ) -> Serving:
        """The serving with two columns swapped in rows chosen with probability strength (n,)."""
        hit = draws.random(len(strength)) < strength
        values = serving.values.copy(order="K")
        values[:, columns] = np.where(hit[:, None], values[:, columns[::-1]], values[:, columns])
        return replace(serving, values=values)
