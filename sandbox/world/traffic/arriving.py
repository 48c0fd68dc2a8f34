"""What every kind of made-up traffic says: its rate, as an integral, and where that rate jumps."""

from abc import abstractmethod

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import PerSecond

Floats = npt.NDArray[np.float64]


class Arriving(Spec):
    """The key of all kinds of traffic that are made up; requests are a Poisson process of the rate they say."""

    mean: PerSecond = Field(default=50.0, gt=0, le=1_000_000)
    """Requests a second, over a long time."""

    @property
    def mean_rate(self) -> float:
        """Requests a second over a long time."""
        return self.mean

    @property
    def peak_rate(self) -> float:
        """The highest requests a second that anybody planned for: services are sized by it."""
        return self.mean

    @abstractmethod
    def expected(self, at: Floats) -> Floats:
        """Expected requests since the start at times at (n,) s: the integral of the rate."""

    def corners(self, start: float, end: float) -> Floats:
        """(k,) instants s in [start, end] between which the rate is about straight; none where it always is."""
        return np.empty(0)
