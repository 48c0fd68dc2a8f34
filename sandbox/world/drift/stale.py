"""Features are old: the store serves what was true a while ago."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.world.drift.spoil import Serving, Spoil


class Stale(Spoil):
    """Stale features: they are `age` older when read, and correlate by exp(-age / memory) with what is true now.

    Freshness moves at once; the distribution of the features stays, so PSI sees nothing, and quality falls later.

    ```toml
    [[drift]]
    kind = "stale"
    features = ["f1", "f2"]
    age = "2h"
    memory = "1h"
    at = "1h"
    ```

    Uhlenbeck, Ornstein: On the theory of the Brownian motion, Physical Review 36 (1930), for what time forgets.
    """

    kind: Literal["stale"] = "stale"
    age: Duration = Field(default=2 * 3_600 * NS_PER_SECOND, gt=0)
    """How much older they are in the end."""
    memory: Duration = Field(default=3_600 * NS_PER_SECOND, gt=0)
    """How long until a feature has forgotten all but a factor of e."""

    def spoil(
        self, serving: Serving, columns: list[int], strength: npt.NDArray[np.float64], draws: np.random.Generator
    ) -> Serving:
        """The serving with its columns as they were strength (n,) times the age ago."""
        older = self.age * strength
        kept = np.exp(-older / self.memory).astype(np.float32)[:, None]
        values = serving.values.copy(order="K")
        other = draws.standard_normal((len(strength), len(columns)), dtype=np.float32)
        values[:, columns] = kept * values[:, columns] + np.sqrt(np.float32(1.0) - kept * kept) * other
        age = older.astype(np.int64) if serving.age is None else serving.age + older.astype(np.int64)
        return replace(serving, values=values, age=age)
