"""Traffic that steps up for a while: a campaign."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.world.traffic.arriving import Arriving

Floats = npt.NDArray[np.float64]


class Step(Arriving):
    """Requests come steadily, and `factor` times as fast from `at` on for as long as a campaign lasts.

    Saturation moves first, then queues and latency, in both arms alike; shares and error rates stay unless a pool runs
    out. Services are sized for the campaign if it was `planned`.

    ```toml
    [traffic]
    kind = "step"
    mean = "200/s"
    factor = 2.5
    at = "30m"
    lasts = "1h"
    ```

    Bodik, Fox, Franklin, Jordan, Patterson: Characterizing, modeling, and generating workload spikes for stateful
    services, SoCC 2010.
    """

    kind: Literal["step"] = "step"
    factor: float = Field(default=2.0, gt=0, le=1_000)
    """How many times as fast as before requests come; below 1 fewer come."""
    at: Duration = Field(default=1_800 * NS_PER_SECOND, gt=0)
    """When it begins."""
    lasts: Duration | None = Field(default=None, gt=0)
    """How long it lasts; to the end unless said."""
    planned: bool = True
    """Whether whoever sized the services knew of it."""

    @property
    def peak_rate(self) -> float:
        """The highest requests a second that anybody planned for."""
        return self.mean * max(1.0, self.factor if self.planned else 1.0)

    def expected(self, at: Floats) -> Floats:
        """Expected requests since the start at times at (n,) s: the integral of the rate."""
        begin = self.at / NS_PER_SECOND
        longest = np.inf if self.lasts is None else self.lasts / NS_PER_SECOND
        return np.asarray(self.mean * (at + (self.factor - 1.0) * np.clip(at - begin, 0.0, longest)))

    def corners(self, start: float, end: float) -> Floats:
        """(k,) instants s in [start, end] at which it begins or ends."""
        ends = [] if self.lasts is None else [(self.at + self.lasts) / NS_PER_SECOND]
        both = np.array([self.at / NS_PER_SECOND, *ends])
        return both[(both >= start) & (both <= end)]
