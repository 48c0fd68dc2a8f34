"""How many people there are, and how unequally they ask, from those who were seen."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MOST = 5_000_000
"""More users than this no scenario has."""

WIDEST = 3.0


@dataclass(frozen=True, slots=True)
class Activity:
    """How many users there are, seen or not, and the sigma of the lognormal of how much they ask."""

    users: int
    sigma: float


def activity_of(requests: npt.NDArray[np.int64]) -> Activity:
    """From requests (u,) of every user seen: a Poisson-lognormal by its moments, whose unseen users are reckoned in.

    The number of users is the one for which as many would be seen as were (Bulmer: On fitting the Poisson lognormal
    distribution to species-abundance data, Biometrics 30 (1974), who fits the same truncated law).
    """
    seen, total, squares = len(requests), float(requests.sum()), float((requests.astype(np.float64) ** 2).sum())
    low, high = float(seen), float(min(MOST, 100 * seen))
    if _expected(high, total, squares) < seen:
        return Activity(seen, _sigma(low, total, squares))
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _expected(middle, total, squares) < seen else (low, middle)
    return Activity(max(1, round(high)), round(_sigma(high, total, squares), 3))


def _sigma(users: float, total: float, squares: float) -> float:
    mean = total / users
    spread = (squares / users - mean * mean - mean) / (mean * mean)
    return min(WIDEST, math.sqrt(math.log1p(max(0.0, spread))))


def _expected(users: float, total: float, squares: float) -> float:
    """How many of so many users would be seen at all."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    sigma = _sigma(users, total, squares)
    rate = total / users * np.exp(sigma * nodes - 0.5 * sigma * sigma)
    return float(users * (weights * -np.expm1(-rate)).sum() / weights.sum())
