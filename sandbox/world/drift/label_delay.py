"""Labels come later and later."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.world.drift.labelling import Labelling, Slips


class LabelDelay(Labelling):
    """A growing delay: labels take `factor` times as long to come as they did.

    Label coverage of young cohorts falls, and gates on quality wait; what they then judge is what came early.

    ```toml
    [[drift]]
    kind = "label-delay"
    factor = 4
    onset = "incremental"
    at = "1h"
    ```

    Chapelle: Modeling delayed feedback in display advertising, KDD (2014).
    """

    kind: Literal["label-delay"] = "label-delay"
    factor: float = Field(default=3.0, gt=0, le=10_000)
    """How many times as long in the end."""

    def report(self, slips: Slips, strength: npt.NDArray[np.float64], draws: np.random.Generator) -> Slips:
        """The slips with their delays stretched by strength (n,) times the way to the factor."""
        late = (slips.due - slips.at) * (1.0 + (self.factor - 1.0) * strength)
        due = slips.at + np.minimum(late, 2.0**60).astype(np.int64)
        return replace(slips, due=np.where((slips.due >= 0) & (strength > 0.0), due, slips.due))
