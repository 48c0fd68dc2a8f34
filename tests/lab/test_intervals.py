"""Intervals of many flights: exact ones against scipy, sequences against their promise, all of them by resampling."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from sandbox.lab.intervals import ALPHA, mean, quantile, seeds_for, seeds_for_mean, seeds_for_width, share, widened
from sandbox.scenario.read import read_text


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (0, 40), (1, 40), (7, 40), (40, 40), (180, 400)])
def test_a_share_has_the_exact_interval_that_scipy_has(hits, n):
    theirs = binomtest(hits, n).proportion_ci(method="exact")
    ours = share(hits, n)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def covered(p: float, n: int) -> float:
    """The chance that a share's interval holds it, summed over all that could be counted."""
    return sum(binom.pmf(hits, n, p) for hits in range(n + 1) if share(hits, n).low <= p <= share(hits, n).high)


@pytest.mark.parametrize("p", [0.01, 0.05, 0.3, 0.5, 0.97])
def test_a_share_is_covered_as_often_as_it_says(p):
    assert min(covered(p, n) for n in (10, 40, 100)) >= 1 - ALPHA


@pytest.mark.parametrize("p", [0.02, 0.1, 0.5])
def test_a_sequence_looked_at_after_every_flight_is_seldom_ever_left(p):
    """Of 1,500 studies of 300 flights, each looked at 300 times; three standard errors above 5% are 6.7%."""
    rng = np.random.default_rng(7)
    hits = (rng.random((1_500, 300)) < p).cumsum(axis=1)
    left = np.zeros(len(hits), dtype=bool)
    fixed = np.zeros(len(hits), dtype=bool)
    for n in range(1, 301):
        known = {count: share(count, n, sequential=True) for count in np.unique(hits[:, n - 1]).tolist()}
        exact = {count: share(count, n) for count in known}
        for table, out in ((known, left), (exact, fixed)):
            outside = [count for count, one in table.items() if not one.low <= p <= one.high]
            out |= np.isin(hits[:, n - 1], outside)
    assert left.mean() <= ALPHA + 3 * math.sqrt(ALPHA * (1 - ALPHA) / 1_500)
    assert fixed.mean() > 0.08, "an interval for one look must be seen to fail when looked at again and again"


@pytest.mark.parametrize("sequential", [False, True])
def test_quantiles_of_resampled_flights_are_covered(sequential):
    """Known truth: 4,000 values stand for all flights there are; studies draw from them."""
    rng = np.random.default_rng(3)
    world = np.where(rng.random(4_000) < 0.03, np.inf, rng.lognormal(3.0, 1.2, 4_000).round())
    for p in (0.5, 0.9):
        truth = float(np.quantile(world, p, method="inverted_cdf"))
        held = 0
        for _ in range(300):
            one = quantile(rng.choice(world, 60).tolist(), p, sequential=sequential)
            held += one.low <= truth <= one.high
        assert held / 300 >= 0.93


def test_means_of_resampled_flights_are_covered_where_they_are_many():
    rng = np.random.default_rng(5)
    world = rng.gamma(2.0, 300.0, 4_000)
    held = sum(one.low <= world.mean() <= one.high for one in (mean(rng.choice(world, 100)) for _ in range(600)))
    assert held / 600 >= 0.93


def test_a_mean_of_one_flight_is_anything():
    assert mean([3.0]).low == -math.inf
    assert mean([3.0]).high == math.inf


def test_that_nothing_was_counted_is_no_certainty():
    assert mean([0.0] * 50).high == pytest.approx(3.6889 / 50, abs=1e-5)


def test_what_never_came_is_infinite():
    assert quantile([1.0, 2.0, math.inf], 0.9).value == math.inf


def test_the_seeds_it_would_take_would_tell():
    estimate = share(3, 100)
    needed = seeds_for(estimate, 0.05)
    assert needed is not None
    assert share(round(0.03 * needed), needed).high < 0.05
    assert share(round(0.03 * (needed // 2)), needed // 2).high > 0.05


def test_no_number_of_seeds_tells_a_limit_from_itself():
    assert seeds_for(share(5, 100), 0.05) is None
    assert seeds_for_mean(mean([1.0, 3.0]), 2.0) is None


def test_the_seeds_a_mean_takes_grow_with_the_square_of_how_close_it_is():
    close, far = (seeds_for_mean(mean([1.0, 2.0, 3.0] * 20), limit) for limit in (2.05, 2.1))
    assert close == pytest.approx(4 * far, rel=0.05)


def test_no_end_of_a_mean_is_where_no_value_can_be():
    assert (mean([0.0] * 10, least=0.0).low, mean([0.0] * 10).low) == (0.0, -mean([0.0] * 10).high)
    whole = mean([-1.0, 1.0, 1.0], counts=False, least=-1.0, most=1.0)
    assert (whole.low, whole.high) == (-1.0, 1.0)
    assert (mean([0.4], least=0.0).low, mean([0.4], least=0.0).high) == (0.0, math.inf)


def test_the_page_on_studies_says_how_many_seeds_a_bound_takes():
    page = (Path(__file__).resolve().parents[2] / "docs" / "studies.md").read_text()
    flights, rates = (
        [float(cell.strip(" %")) for cell in re.search(rf"\| {name} \|(.*)\|", page)[1].split("|")]
        for name in ("flights", "up to")
    )
    assert rates == [round(100 * share(0, int(n)).high, 1) for n in flights]
    assert next(n for n, rate in zip(flights, rates, strict=True) if rate <= 5.0) == 72
    (stated,) = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    base = (Path(__file__).resolve().parents[2] / "scenarios" / "good-candidate.toml").read_text()
    unplanned = re.sub(r"\[(plan|certify)\]\n(?:.+\n)*", "", base)
    document = read_text(unplanned + stated, name="x")
    assert len(document.certify.degradations) == 3


@pytest.mark.parametrize("n", [2, 20, 40, 1_000])
def test_a_sequence_is_as_many_times_as_wide_as_is_said(n):
    values = [float(number) for number in range(n)]
    once, always = mean(values, counts=False), mean(values, counts=False, sequential=True)
    assert always.width / once.width == pytest.approx(widened(n))


def test_so_many_seeds_are_as_precise_as_was_asked_and_half_as_many_are_not():
    needed = seeds_for_width(share(12, 40, sequential=True), 0.2)
    assert share(round(0.3 * needed), needed, sequential=True).width <= 0.2
    assert share(round(0.15 * needed), needed // 2, sequential=True).width > 0.2
    assert seeds_for_width(share(0, 0), 0.2) is None
