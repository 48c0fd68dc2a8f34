"""People of a category that nobody has seen: encoders have no number for it."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.drift.draft import Draft
from sandbox.world.drift.spoil import Serving, Spoil


class Category(Spoil):
    """A new category: `rate` of the requests come from people whose category no encoder was trained on.

    A category reaches a model as the number its encoder gives it, and an unknown one as the encoder's word for that:
    nothing at all, or a `code` of its own. What the category means in truth (`shift`, on the scale of the feature) is
    so lost to the model; what it says about the label stays. Completeness or PSI of the feature moves at once, quality
    among the newcomers when labels mature. Where `model` names one arm, the other was trained with the category.

    ```toml
    [[drift]]
    kind = "category"
    features = ["f1"]
    rate = "15%"
    shift = 2.0
    at = "1h"
    ```

    Micci-Barreca: A preprocessing scheme for high-cardinality categorical attributes, SIGKDD Explorations 3 (2001), on
    what an encoder may say of a value it has not seen.
    """

    kind: Literal["category"] = "category"
    rate: Share = Field(default=0.1, gt=0)
    """The part of the requests that comes from the newcomers in the end."""
    shift: float = Field(default=1.0, ge=-10, le=10)
    """By how many standard deviations the newcomers differ in truth; a replay brings its own people."""
    code: float | None = Field(default=None, allow_inf_nan=False)
    """What encoders write for it; nothing, as if it were missing, unless said."""

    def bend(self, draft: Draft, strength: npt.NDArray[np.float64], luck: npt.NDArray[np.float32]) -> Draft:
        """The draft with newcomers among its people, chosen with probability strength (n,) times the rate."""
        hit = luck < self.rate * strength
        columns = [int(name[1:]) - 1 for name in self.features]
        features = draft.features.copy(order="K")
        features[:, columns] += np.where(hit, np.float32(self.shift), np.float32(0.0))[:, None]
        return replace(draft, features=features)

    def spoil(
        self, serving: Serving, columns: list[int], strength: npt.NDArray[np.float64], draws: np.random.Generator
    ) -> Serving:
        """The serving with the code for the same newcomers: the luck is the same."""
        hit = draws.random(len(strength), dtype=np.float32) < self.rate * strength
        values = serving.values.copy(order="K")
        values[:, columns] = np.where(hit[:, None], np.nan if self.code is None else self.code, values[:, columns])
        return replace(serving, values=values)

    @property
    def takes_away(self) -> bool:
        """Whether it only takes values away."""
        return self.code is None
