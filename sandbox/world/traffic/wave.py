"""A daily wave: the integral of a rate that swings around its mean by a cosine."""

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

DAY = 86_400.0


def wave(at: Floats, *, swing: float, peak: float, period: float = DAY) -> Floats:
    """At times (n,) s the integral since 0 of 1 + swing cos(2 pi (t - peak) / period), in seconds."""
    omega = 2.0 * math.pi / period
    phase = omega * peak
    return at + swing / omega * (np.sin(omega * at - phase) + math.sin(phase))
