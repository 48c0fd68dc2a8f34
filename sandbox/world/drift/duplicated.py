"""Requests come twice."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.telemetry import Ints
from sandbox.base.units import NS_PER_SECOND, Duration, Share
from sandbox.world.drift.onset import Onset


class Duplicated(Onset):
    """Duplicated requests: `rate` of them come a second time, within `within`, as where an at-least-once queue resends.

    The copy has its original's user, features, work and label, and a luck of its own. Traffic and load rise at once; no
    distribution moves, and of a recording that is replayed nothing is altered. What counts requests takes copies for
    evidence that they are not; what counts users does not.

    ```toml
    [[drift]]
    kind = "duplicated"
    rate = "30%"
    within = "2s"
    at = "1h"
    ```

    Schelter et al.: Automating large-scale data quality verification, PVLDB 11 (2018), on the uniqueness of records.
    """

    kind: Literal["duplicated"] = "duplicated"
    rate: Share = Field(default=0.1, gt=0)
    """How many requests come again in the end."""
    within: Duration = Field(default=NS_PER_SECOND, gt=0)
    """The longest time from the original to its copy; all times up to it are equally likely."""

    def again(
        self, at: Ints, strength: npt.NDArray[np.float64], draws: np.random.Generator, *, end: int
    ) -> tuple[Ints, Ints]:
        """The rows (m,) of requests at (n,) ns that come again before `end`, and when (m,) their copies do."""
        rows = np.flatnonzero(draws.random(len(at)) < self.rate * strength)
        # A copy stays in its original's block: near the block's end it comes the sooner.
        room = np.minimum(self.within, end - at[rows])
        return rows, at[rows] + (draws.random(len(rows)) * room).astype(np.int64)
