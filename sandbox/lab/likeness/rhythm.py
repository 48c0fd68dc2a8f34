"""How often people ask, and whether the hour of the day matters."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandbox.base.units import NS_PER_SECOND

DAY = 86_400.0
LEAST_DAY = 0.75
"""A recording shorter than this part of a day says nothing about the rhythm of days."""

MOST_SWING = 0.95


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Requests a second, how far the rate swings around that once a day (0 for not), and seconds until it peaks."""

    mean: float
    swing: float
    peak: float


def rhythm_of(at: npt.NDArray[np.int64]) -> Rhythm:
    """The rhythm of requests at (n,) ns, by a least-squares cosine through counts.

    A swing below three standard errors of what a Poisson process shows by chance is none.
    """
    span = max(float(at[-1] - at[0]) / NS_PER_SECOND, 1e-9)
    mean = max(len(at) - 1, 1) / span
    if span < LEAST_DAY * DAY:
        return Rhythm(mean, 0.0, 0.0)
    counts, edges = np.histogram((at - at[0]) / NS_PER_SECOND, bins=int(max(24, min(len(at) // 50, 2_000))))
    angle = 2.0 * math.pi * 0.5 * (edges[1:] + edges[:-1]) / DAY
    level, along, across = np.linalg.lstsq(
        np.column_stack([np.ones_like(angle), np.cos(angle), np.sin(angle)]), counts.astype(np.float64), rcond=None
    )[0]
    swing = math.hypot(along, across) / level
    if swing < 3.0 * math.sqrt(2.0 / len(at)):
        return Rhythm(mean, 0.0, 0.0)
    peak = math.atan2(across, along) / (2.0 * math.pi) * DAY % DAY
    return Rhythm(float(level) * len(counts) / span, min(swing, MOST_SWING), peak)
