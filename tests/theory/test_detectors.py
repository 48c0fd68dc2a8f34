"""How long detectors take to fire, on average, against published run lengths."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from sandbox.decide.alerts.cusum import cusum
from sandbox.decide.alerts.ewma import ewma, half_width
from sandbox.decide.alerts.machine import Alert, Labels, evaluate

MINUTE = 60 * 10**9


def run_lengths(fires: Callable[[np.random.Generator], int], *, runs: int, seed: int = 11) -> tuple[float, float]:
    """The mean number of observations to the first alert, and its standard error."""
    rng = np.random.default_rng(seed)
    lengths = np.array([fires(rng) for _ in range(runs)], dtype=float)
    return float(lengths.mean()), float(lengths.std(ddof=1) / math.sqrt(runs))


def values(rng: np.random.Generator, shift: float) -> Iterator[float]:
    while True:
        yield from (rng.standard_normal(256) + shift).tolist()


def cusum_run(shift: float, *, h: float) -> Callable[[np.random.Generator], int]:
    def fires(rng: np.random.Generator) -> int:
        up = down = 0.0
        for count, x in enumerate(values(rng, shift), start=1):
            up, down = cusum(up, down, x, k=0.5)
            if max(up, down) > h:
                return count
        raise AssertionError

    return fires


def ewma_run(shift: float, *, weight: float, limit: float, settled: bool) -> Callable[[np.random.Generator], int]:
    """`settled` holds the average against its final limits from the start, as the published tables do."""

    def fires(rng: np.random.Generator) -> int:
        z = 0.0
        for count, x in enumerate(values(rng, shift), start=1):
            z = ewma(z, x, weight=weight)
            if abs(z) > half_width(100_000 if settled else count, weight=weight, limit=limit):
                return count
        raise AssertionError

    return fires


# Montgomery, Introduction to Statistical Quality Control, 6th ed., table 9.3: two-sided tabular CUSUM, k = 1/2.
CUSUM = [(4.0, 0.0, 168.0), (4.0, 1.0, 8.38), (4.0, 2.0, 3.34), (5.0, 0.0, 465.0), (5.0, 1.0, 10.4), (5.0, 2.0, 4.01)]
# The same, table 9.11, after Lucas and Saccucci 1990: EWMA with its final limits.
EWMA = [(0.2, 2.962, 0.0, 500.0), (0.2, 2.962, 1.0, 10.5), (0.1, 2.814, 0.0, 500.0), (0.1, 2.814, 1.0, 10.3)]
# With the limits that widen with t, simulated once by another program: 4,000 runs each, so 3% of its own error.
WIDENING = [(0.1, 2.7, 0.0, 364.0), (0.1, 2.7, 1.0, 7.5), (0.2, 3.0, 0.0, 541.0), (0.2, 3.0, 1.0, 9.8)]


@pytest.mark.parametrize(("h", "shift", "published"), [row for row in CUSUM if row[1]])
def test_cusum_finds_a_shift_as_soon_as_published(h: float, shift: float, published: float) -> None:
    mean, error = run_lengths(cusum_run(shift, h=h), runs=3_000)
    assert abs(mean - published) < 4 * error + 0.05  # the tables are rounded to two decimals at best


@pytest.mark.proof
@pytest.mark.parametrize(("h", "shift", "published"), CUSUM)
def test_cusum_runs_as_long_as_published(h: float, shift: float, published: float) -> None:
    mean, error = run_lengths(cusum_run(shift, h=h), runs=4_000)
    assert abs(mean - published) < 4 * error + 0.005 * published


@pytest.mark.proof
@pytest.mark.parametrize(("weight", "limit", "shift", "published"), EWMA)
def test_ewma_runs_as_long_as_published(weight: float, limit: float, shift: float, published: float) -> None:
    mean, error = run_lengths(ewma_run(shift, weight=weight, limit=limit, settled=True), runs=4_000)
    assert abs(mean - published) < 4 * error + 0.005 * published


@pytest.mark.proof
@pytest.mark.parametrize(("weight", "limit", "shift", "simulated"), WIDENING)
def test_ewma_with_widening_limits_runs_as_long_as_another_program_found(
    weight: float, limit: float, shift: float, simulated: float
) -> None:
    mean, error = run_lengths(ewma_run(shift, weight=weight, limit=limit, settled=False), runs=4_000)
    assert abs(mean - simulated) < 4 * math.sqrt(2) * error + 0.05  # both are means of 4,000 runs


def for_run(p: float, consecutive: int) -> Callable[[np.random.Generator], int]:
    """How many evaluations a rule takes to fire that is true by chance, with `for` one tick short of `consecutive`."""

    def fires(rng: np.random.Generator) -> int:
        alerts: dict[Labels, Alert] = {}
        at = 0
        while True:
            for true in (rng.random(64) < p).tolist():
                alerts, turns = evaluate(
                    alerts, {(): 1.0} if true else {}, at=at * MINUTE, wait=(consecutive - 1) * MINUTE, keep=0
                )
                at += 1
                if any(turn.state.value == "firing" for turn in turns):
                    return at

    return fires


def expected(p: float, consecutive: int) -> float:
    """Expected trials until a run of successes (Feller, volume 1, XIII.7): (1 - p^N) / ((1 - p) p^N)."""
    return float((1 - p**consecutive) / ((1 - p) * p**consecutive))


@pytest.mark.parametrize(("p", "consecutive", "published"), [
    (0.05, 1, 20), (0.05, 2, 420), (0.05, 3, 8_420), (0.10, 2, 110), (0.10, 3, 1_110), (0.30, 2, 14), (0.30, 4, 175),
])
def test_what_a_for_costs_in_patience(p: float, consecutive: int, published: int) -> None:
    assert expected(p, consecutive) == pytest.approx(published, rel=0.04)


@pytest.mark.parametrize(("p", "consecutive"), [(0.3, 1), (0.3, 2), (0.3, 3), (0.1, 2)])
def test_a_rule_with_a_for_fires_by_chance_as_seldom_as_a_run_of_successes(p: float, consecutive: int) -> None:
    mean, error = run_lengths(for_run(p, consecutive), runs=1_000)
    assert abs(mean - expected(p, consecutive)) < 4 * error
