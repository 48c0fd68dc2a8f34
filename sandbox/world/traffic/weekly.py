"""Traffic that follows the hours of a day and the days of a week."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration, Share
from sandbox.world.traffic.arriving import Arriving
from sandbox.world.traffic.wave import DAY, wave

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Floats = npt.NDArray[np.float64]


class Weekly(Arriving):
    """Requests swing around their mean once a day, and are fewer at the weekend.

    A plan that was rehearsed on a Tuesday meets its first Saturday: steps that wait for a number of answers take
    longer, and what only weekend users do has not been seen before.

    ```toml
    [traffic]
    kind = "weekly"
    mean = "200/s"
    swing = "60%"
    weekend = "50%"
    starts = "Fri"
    ```

    Paxson, Floyd: Wide-area traffic: the failure of Poisson modeling, IEEE/ACM Transactions on Networking 3 (1995):
    over an hour arrivals of users are Poisson, over days they follow the clock.
    """

    kind: Literal["weekly"] = "weekly"
    swing: Share = Field(default=0.5, lt=1)
    """How far the rate rises above the day's mean at the peak, and falls below it twelve hours later."""
    peak: Duration = 14 * 3_600 * NS_PER_SECOND
    """When the first peak comes, on the flight's clock."""
    weekend: Share = Field(default=0.5, gt=0, le=1)
    """What a Saturday or Sunday brings, as a part of a working day."""
    starts: Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] = "Mon"
    """The day on which the flight's clock begins, at midnight."""

    @property
    def peak_rate(self) -> float:
        """The highest requests a second: at the peak of a working day."""
        return self.mean * (1.0 + self.swing) * float(self._levels().max())

    def expected(self, at: Floats) -> Floats:
        """Expected requests since the start at times at (n,) s: the integral of the rate."""
        levels = self._levels()
        day = np.floor(at / DAY).astype(np.int64)
        first = DAY * np.arange(int(day.max(initial=0)) + 2, dtype=np.float64)
        before = wave(first, swing=self.swing, peak=self.peak / NS_PER_SECOND)
        level = levels[(np.arange(len(first)) + DAYS.index(self.starts)) % 7]
        full = np.concatenate([[0.0], np.cumsum(np.diff(before) * level[:-1])])
        part = wave(at, swing=self.swing, peak=self.peak / NS_PER_SECOND) - before[day]
        return np.asarray(self.mean * (full[day] + part * level[day]))

    def corners(self, start: float, end: float) -> Floats:
        """(k,) instants s in [start, end] at which a day begins, and the hours between."""
        return np.arange(np.ceil(start / 3_600.0), np.floor(end / 3_600.0) + 1) * 3_600.0

    def _levels(self) -> Floats:
        """(7,) what each day from Monday on brings, as a multiple of the mean."""
        levels = np.array([1.0] * 5 + [self.weekend] * 2)
        return np.asarray(levels / levels.mean())
