"""Traffic that follows the hours of a day."""

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, PerSecond, Share


class Diurnal(Spec):
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
    mean: PerSecond = Field(default=50.0, gt=0, le=1_000_000)
    """Requests a second, averaged over a day."""
    swing: Share = Field(default=0.5, lt=1)
    """How far the rate rises above its mean at the peak, and falls below it half a period later."""
    peak: Duration = 14 * 3_600 * NS_PER_SECOND
    """When the first peak comes, on the flight's clock."""
    period: Duration = Field(default=24 * 3_600 * NS_PER_SECOND, gt=0)
    """How long one swing takes."""

    @property
    def mean_rate(self) -> float:
        """Requests a second over a long time."""
        return self.mean

    @property
    def peak_rate(self) -> float:
        """The highest requests a second."""
        return self.mean * (1.0 + self.swing)

    def expected(self, at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Expected requests since the start at times at (n,) s: the integral of the rate."""
        omega = 2.0 * math.pi / (self.period / NS_PER_SECOND)
        phase = omega * self.peak / NS_PER_SECOND
        return self.mean * (at + self.swing / omega * (np.sin(omega * at - phase) + math.sin(phase)))
