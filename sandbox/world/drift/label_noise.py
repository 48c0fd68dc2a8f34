"""Labels become wrong."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.drift.labelling import Labelling, Slips


class LabelNoise(Labelling):
    """Label noise: `rate` of the labels that come say the opposite of what is true, whatever the features.

    Every quality metric falls in both arms, and no user is worse off: a gate that compares arms stays calm.

    ```toml
    [[drift]]
    kind = "label-noise"
    rate = "20%"
    at = "1h"
    ```

    Angluin, Laird: Learning from noisy examples, Machine Learning 2 (1988).
    """

    kind: Literal["label-noise"] = "label-noise"
    rate: Share = Field(default=0.1, gt=0)
    """How many labels are wrong in the end."""

    def report(self, slips: Slips, strength: npt.NDArray[np.float64], draws: np.random.Generator) -> Slips:
        """The slips with each label flipped with probability strength (n,) times the rate."""
        return replace(slips, seen=slips.seen ^ (draws.random(len(strength)) < self.rate * strength))
