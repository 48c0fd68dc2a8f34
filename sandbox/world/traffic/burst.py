"""Traffic that comes in bursts."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.world.traffic.arriving import Arriving

Floats = npt.NDArray[np.float64]


class Burst(Arriving):
    """Requests come steadily, and `factor` times as fast for a short while every so often: batch jobs, push messages.

    Queues and latency percentiles move with every burst; an average over a minute hides it, a `max` does not. Services
    are sized for the mean: what bursts cost shows. They come on the dot, so what falls into a window can be reckoned.

    ```toml
    [traffic]
    kind = "burst"
    mean = "200/s"
    factor = 5
    every = "5m"
    lasts = "10s"
    ```

    Fischer, Meier-Hellstern: The Markov-modulated Poisson process (MMPP) cookbook, Performance Evaluation 18 (1993): a
    rate that switches between two levels.
    """

    kind: Literal["burst"] = "burst"
    factor: float = Field(default=5.0, gt=1, le=1_000)
    """How many times as fast requests come in a burst as between bursts."""
    every: Duration = Field(default=300 * NS_PER_SECOND, gt=0)
    """From the beginning of one burst to that of the next; the first comes after one such stretch."""
    lasts: Duration = Field(default=10 * NS_PER_SECOND, gt=0)
    """How long a burst is; shorter than `every`."""

    def model_post_init(self, context: object) -> None:
        """A burst that fills its stretch is none."""
        if self.lasts >= self.every:
            raise ValueError("lasts is not shorter than every; shorten it")

    def expected(self, at: Floats) -> Floats:
        """Expected requests since the start at times at (n,) s: the integral of the rate."""
        every, lasts = self.every / NS_PER_SECOND, self.lasts / NS_PER_SECOND
        begun = np.maximum(0.0, np.floor(at / every))
        inside = np.where(begun >= 1.0, np.minimum(at - begun * every, lasts), 0.0)
        bursting = np.maximum(0.0, begun - 1.0) * lasts + inside
        calm = self.mean / (1.0 + (self.factor - 1.0) * lasts / every)
        return np.asarray(calm * (at + (self.factor - 1.0) * bursting))

    def corners(self, start: float, end: float) -> Floats:
        """(k,) instants s in [start, end] at which a burst begins or ends."""
        every, lasts = self.every / NS_PER_SECOND, self.lasts / NS_PER_SECOND
        begins = np.arange(max(1.0, np.floor(start / every)), np.floor(end / every) + 1.0) * every
        both = np.concatenate([begins, begins + lasts])
        return np.sort(both[(both >= start) & (both <= end)])
