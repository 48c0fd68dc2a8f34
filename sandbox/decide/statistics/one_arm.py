"""The error of one arm's mean, with users as the independent units (Liang, Zeger: Biometrika 73(1), 1986)."""

import math

from sandbox.base.reading import Reading


def error_of(reading: Reading, *, by_user: bool) -> float:
    """The standard error of a reading: by buckets of users where they are told apart, never below that of requests."""
    spread = reading.by_user
    if spread is None or not by_user or not spread.n.sum():
        return reading.error
    influence = spread.total - spread.n * (spread.total.sum() / spread.n.sum())
    buckets = len(influence)
    clustered = math.sqrt(float((influence**2).sum()) * buckets / (buckets - 1.0)) / float(spread.n.sum())
    return max(reading.error, clustered)


def crowd_of(reading: Reading) -> float:
    """How many equal buckets of users a reading is worth: (sum n)² / sum n²; without users as many as requests."""
    spread = reading.by_user
    if spread is None:
        return float(reading.n)
    squares = float((spread.n**2).sum())
    return float(spread.n.sum()) ** 2 / squares if squares else 0.0
