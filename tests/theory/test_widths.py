"""How wide the intervals are that could have been used instead: the table of docs/decisions/0014."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from sandbox.decide.statistics.normal_mixture import half_width
from tests.theory.bounds import bounded_mean, quantiles, stitching

ALPHA = 0.05


def widths(share: float, n: int) -> dict[str, float]:
    """Half of each interval after n values, 1 with chance `share`, as a multiple of the fixed one."""
    values = (np.random.default_rng(3).random(n) < share).astype(float)
    variance = share * (1.0 - share)
    fixed = norm.ppf(1.0 - ALPHA / 2) * math.sqrt(variance / n)
    low, high = bounded_mean.empirical_bernstein(values, alpha=ALPHA)
    stitched = stitching.polynomial(
        n * variance, v_least=100 * variance, alpha=ALPHA / 2, c=(1.0 - 2.0 * share) / 3.0
    )
    return {
        "asymptotic": half_width(math.sqrt(variance / n), n=n, alpha=ALPHA, one_sided=False) / fixed,
        "betting": betting(values) / fixed,
        "bernstein": float(high[-1] - low[-1]) / 2.0 / fixed,
        "stitched": stitched / n / fixed,
        "band": quantiles.band(n, first=100, alpha=ALPHA) / fixed,
    }


def betting(values: np.ndarray) -> float:
    """Half of the means that betting has not refuted at any time, by halving from the mean of the values."""

    def reach(outside: float, inside: float) -> float:
        for _ in range(30):
            middle = 0.5 * (outside + inside)
            kept = bounded_mean.log_hedged_capital(values, middle, alpha=ALPHA).max() < -math.log(ALPHA)
            outside, inside = (outside, middle) if kept else (middle, inside)
        return inside

    mean = float(values.mean())
    return 0.5 * (reach(min(1.0 - 1e-6, mean + 0.2), mean) - reach(max(1e-6, mean - 0.2), mean))


@pytest.mark.parametrize("share", [0.01, 0.5])
@pytest.mark.parametrize("n", [1_000, 10_000, 100_000])
def test_the_asymptotic_sequence_is_the_narrowest_once_there_are_many(share: float, n: int) -> None:
    found = widths(share, n)
    others = [found[name] for name in ("betting", "bernstein", "stitched")]
    assert 1.0 < found["asymptotic"] < 1.8, "never narrower than an interval that may be looked at once"
    assert found["asymptotic"] < min(others) or n == 1_000
    assert found["band"] > 2.5
