"""Traffic at one rate all day."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import PerSecond


class Steady(Spec):
    """Requests arrive as a Poisson process at one rate: the plainest day there is.

    Nothing a gate could notice comes from the traffic itself.

    ```toml
    [traffic]
    kind = "steady"
    mean = "200/s"
    ```

    Kingman: Poisson Processes (1993).
    """

    kind: Literal["steady"] = "steady"
    mean: PerSecond = Field(default=50.0, gt=0, le=1_000_000)
    """Requests a second."""

    @property
    def mean_rate(self) -> float:
        """Requests a second over a long time."""
        return self.mean

    @property
    def peak_rate(self) -> float:
        """The highest requests a second."""
        return self.mean

    def expected(self, at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Expected requests since the start at times at (n,) s."""
        return self.mean * at
