"""Labels stop coming."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.drift.labelling import Labelling, Slips


class LabelStop(Labelling):
    """Labels stop: of the requests since the onset `rate` never get theirs, as when a join breaks.

    Label coverage falls to nothing; a gate on quality has no data, and silence is not consent.

    ```toml
    [[drift]]
    kind = "label-stop"
    rate = "100%"
    at = "1h"
    ```

    Schelter et al.: Automating large-scale data quality verification, PVLDB 11 (2018).
    """

    kind: Literal["label-stop"] = "label-stop"
    rate: Share = Field(default=1.0, gt=0)
    """How many labels no longer come."""

    def report(self, slips: Slips, strength: npt.NDArray[np.float64], draws: np.random.Generator) -> Slips:
        """The slips with each label lost with probability strength (n,) times the rate."""
        return replace(slips, due=np.where(draws.random(len(strength)) < self.rate * strength, -1, slips.due))
