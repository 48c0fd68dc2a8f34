"""A flash crowd: everybody comes at once, and leaves again more slowly."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.world.traffic.arriving import Arriving

Floats = npt.NDArray[np.float64]

POINTS = 64
"""Between so many points of the rise, and as many of the fall, the rate is taken to be straight."""

TAILS = 8.0
"""So many times `fall` after it, the crowd is gone."""


class FlashCrowd(Arriving):
    """Requests come steadily, then rise to `factor` times that within `rise`, stay for `stays`, and ebb away by half
    every `fall`.

    Nobody planned for it: services are sized for the mean, so queues fill, clients give up, and what retries they have
    decides whether the service comes back when the crowd has gone.

    ```toml
    [traffic]
    kind = "flash-crowd"
    mean = "100/s"
    factor = 6
    at = "30m"
    rise = "2m"
    stays = "5m"
    fall = "5m"
    ```

    Ari, Hong, Miller, Brandt, Long: Managing flash crowds on the Internet, MASCOTS 2003: ramp-up, sustained and
    ramp-down phases.
    """

    kind: Literal["flash-crowd"] = "flash-crowd"
    factor: float = Field(default=6.0, gt=1, le=1_000)
    """How many times as fast requests come at the height."""
    at: Duration = Field(default=1_800 * NS_PER_SECOND, gt=0)
    """When it begins."""
    rise: Duration = Field(default=120 * NS_PER_SECOND, gt=0)
    """How long it takes to its height, in a straight line."""
    stays: Duration = 300 * NS_PER_SECOND
    """How long it stays there."""
    fall: Duration = Field(default=300 * NS_PER_SECOND, gt=0)
    """How long it takes until half of it has gone, and half of what is left, and so on."""

    def expected(self, at: Floats) -> Floats:
        """Expected requests since the start at times at (n,) s: the integral of the rate."""
        begin, rise, stays, fall = (time / NS_PER_SECOND for time in (self.at, self.rise, self.stays, self.fall))
        climbing = np.clip(at - begin, 0.0, rise)
        there = np.clip(at - begin - rise, 0.0, stays)
        leaving = np.maximum(0.0, at - begin - rise - stays)
        gone = fall / np.log(2.0) * -np.expm1(-np.log(2.0) * leaving / fall)
        return np.asarray(self.mean * (at + (self.factor - 1.0) * (climbing**2 / (2.0 * rise) + there + gone)))

    def corners(self, start: float, end: float) -> Floats:
        """(k,) instants s in [start, end] along its rise and its fall."""
        begin, rise, stays, fall = (time / NS_PER_SECOND for time in (self.at, self.rise, self.stays, self.fall))
        top = begin + rise + stays
        along = np.concatenate([
            np.linspace(begin, begin + rise, POINTS), np.linspace(top, top + TAILS * fall, POINTS),
        ])
        return along[(along >= start) & (along <= end)]
