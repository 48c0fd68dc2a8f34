"""Traffic at one rate all day."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from sandbox.world.traffic.arriving import Arriving


class Steady(Arriving):
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

    def expected(self, at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Expected requests since the start at times at (n,) s."""
        return self.mean * at
