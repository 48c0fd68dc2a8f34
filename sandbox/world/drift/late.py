"""Features come too late to be read."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.drift.spoil import Serving, Spoil


class Late(Spoil):
    """Late data: in `rate` of the requests the named features arrive only after the answer was given.

    The models read nothing there (a synthetic one its mean), while whoever looks at the log afterwards finds the
    values: completeness, contracts and PSI see nothing, and what is trained on the log is trained on what no model
    gets. Quality falls when labels mature, and latency, age and inputs say nothing.

    ```toml
    [[drift]]
    kind = "late"
    features = ["f1", "f2"]
    rate = "60%"
    at = "1h"
    ```

    Akidau et al.: The dataflow model, PVLDB 8 (2015), on what arrives after it was needed; Breck, Cai, Nielsen, Salib,
    Sculley: The ML test score, IEEE Big Data (2017), on the skew between training and serving.
    """

    kind: Literal["late"] = "late"
    rate: Share = Field(default=0.3, gt=0)
    """How often they are late in the end, all named features of a request at once."""

    def spoil(
        self, serving: Serving, columns: list[int], strength: npt.NDArray[np.float64], draws: np.random.Generator
    ) -> Serving:
        """The serving with its columns unread in rows chosen with probability strength (n,) times the rate."""
        hit = draws.random(len(strength)) < self.rate * strength
        unread = np.zeros(serving.values.shape, dtype=np.bool_) if serving.unread is None else serving.unread.copy()
        unread[:, columns] |= hit[:, None]
        return replace(serving, unread=unread)

    @property
    def takes_away(self) -> bool:
        """Whether it only takes values away."""
        return True
