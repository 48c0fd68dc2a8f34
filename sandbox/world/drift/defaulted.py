"""Features fall back to a default that looks like a value."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.drift.spoil import Serving, Spoil


class Defaulted(Spoil):
    """Defaulted features: in `rate` of the requests the named features hold `value` in place of their own.

    Completeness sees nothing, for a default is a value; the features' distribution moves (PSI), quality later.

    ```toml
    [[drift]]
    kind = "defaulted"
    features = ["f1"]
    rate = "50%"
    value = 0
    at = "1h"
    ```

    Polyzotis, Roy, Whang, Zinkevich: Data lifecycle challenges in production machine learning, SIGMOD Record 47 (2018).
    """

    kind: Literal["defaulted"] = "defaulted"
    rate: Share = Field(default=1.0, gt=0)
    """How often a request gets the default in the end, all its named features at once."""
    value: float = Field(default=0.0, allow_inf_nan=False)
    """The default."""

    def spoil(
        self, serving: Serving, columns: list[int], strength: npt.NDArray[np.float64], draws: np.random.Generator
    ) -> Serving:
        """The serving with the default in rows chosen with probability strength (n,) times the rate."""
        hit = draws.random(len(strength)) < self.rate * strength
        values = serving.values.copy(order="K")
        values[:, columns] = np.where(hit[:, None], self.value, values[:, columns])
        return replace(serving, values=values)
