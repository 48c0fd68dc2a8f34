"""Traffic that follows the hours of a day."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration, Share
from sandbox.world.traffic.arriving import Arriving
from sandbox.world.traffic.wave import wave


class Diurnal(Arriving):
    """Requests arrive as a Poisson process whose rate swings around its mean once a day, by a cosine.

    Rates move, ratios of the arms do not: a gate on absolute numbers is fooled by the hour, a comparing one is not.

    ```toml
    [traffic]
    kind = "diurnal"
    mean = "200/s"
    swing = "60%"
    peak = "14h"
    ```

    Lewis, Shedler: Simulation of nonhomogeneous Poisson processes by thinning, Naval Research Logistics 26 (1979).
    """

    kind: Literal["diurnal"] = "diurnal"
    swing: Share = Field(default=0.5, lt=1)
    """How far the rate rises above its mean at the peak, and falls below it half a period later."""
    peak: Duration = 14 * 3_600 * NS_PER_SECOND
    """When the first peak comes, on the flight's clock."""
    period: Duration = Field(default=24 * 3_600 * NS_PER_SECOND, gt=0)
    """How long one swing takes."""

    @property
    def peak_rate(self) -> float:
        """The highest requests a second."""
        return self.mean * (1.0 + self.swing)

    def expected(self, at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Expected requests since the start at times at (n,) s: the integral of the rate."""
        peak, period = self.peak / NS_PER_SECOND, self.period / NS_PER_SECOND
        return self.mean * wave(at, swing=self.swing, peak=peak, period=period)
