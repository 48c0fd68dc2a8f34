"""Distances of histograms and what they would be by chance, against SciPy and simulation."""

import math

import numpy as np
import pytest
from scipy.stats import chi2, ks_2samp, kstwobign

from sandbox.base.reading import Null
from sandbox.base.window import SCORE_BINS
from sandbox.observe.collector import reference_of
from sandbox.observe.metrics.drift import KS, PSI, ks, psi
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.view import View
from sandbox.observe.reference import isotonic, with_scores
from tests.observe.made import LAYOUT, answers, labels, window_of


def reference_on(past, features=None):
    edges = reference_of(np.zeros((2, 2), dtype=np.float32) if features is None else features)
    return with_scores(edges, score=[past.score] * 2, decision=[past.decision] * 2, label=past.label, known=None)


def test_ks_of_fine_bins_is_scipys_up_to_their_width() -> None:
    draw = np.random.default_rng(3)
    here, there = draw.beta(2, 5, 8_000), draw.beta(2.2, 5, 6_000)

    def binned(values: np.ndarray) -> np.ndarray:
        return np.bincount((values * SCORE_BINS).astype(int), minlength=SCORE_BINS)

    exact = ks_2samp(here, there).statistic
    value, _ = ks(binned(here), binned(there))
    # Between two edges neither distribution can move by more than what lies in that bin.
    widest = max(binned(here).max() / 8_000, binned(there).max() / 6_000)
    assert exact - widest <= value <= exact + 1e-12


def test_the_quantiles_of_a_null_are_scipys() -> None:
    assert Null(scale=0.01, freedom=9).quantile(0.95) == pytest.approx(0.01 * chi2.ppf(0.95, 9), rel=1e-9)
    assert Null(scale=0.1, freedom=0).quantile(0.99) == pytest.approx(0.1 * kstwobign.ppf(0.99), rel=1e-6)
    largest = Null(scale=1.0, freedom=9, among=8).quantile(0.95)
    assert chi2.cdf(largest, 9) ** 8 == pytest.approx(0.95, rel=1e-9)


@pytest.mark.parametrize("name", ["drift.psi", "drift.ks", "drift.psi.score", "drift.ks.score", "drift.psi.f1"])
def test_without_drift_a_distance_exceeds_its_null_quantile_about_as_often_as_it_says(name: str) -> None:
    draw = np.random.default_rng(9)
    reference = reference_on(answers_as_past(20_000), draw.standard_normal((20_000, 2)).astype(np.float32))
    exceeded, runs, level = 0, 300, 0.9
    for seed in range(runs):
        view = window_of(answers(3_000, seed), reference)
        for feature, edges in enumerate(reference.edges):
            values = np.searchsorted(edges, draw.standard_normal(2_000), side="right")
            LAYOUT.part(view.counts, "feature")[1, feature] = np.bincount(values, minlength=11)
        reading = metric(name).read(view)[1]
        assert reading.null is not None
        exceeded += reading.value > reading.null.quantile(level)
    expected = runs * (1 - level)
    # Four binomial standard errors above; the statistic on bins is at most the exact one, so KS may be quieter.
    assert exceeded <= expected + 4 * math.sqrt(expected * level)
    if "psi" in name:
        assert exceeded >= expected - 4 * math.sqrt(expected * level)


def answers_as_past(n: int):
    return labels(n, 77)


def test_scores_that_moved_are_seen_and_their_psi_is_that_of_the_raw_scores() -> None:
    past = labels(50_000, 1)
    now = answers(50_000, 2)
    now.score[:] = now.score**0.8
    view = window_of(now, reference_on(past))
    there = (now.arm == 1) & (now.status == 0)
    edges = np.quantile(past.score, np.linspace(0, 1, 11)[1:-1])
    exact = psi(
        np.bincount(np.searchsorted(edges, now.score[there]), minlength=10),
        np.bincount(np.searchsorted(edges, past.score), minlength=10),
    )
    # The tenths of the reference are cut at hundredths of the score.
    assert metric("drift.psi.score").read(view)[1].value == pytest.approx(exact, rel=0.1)
    assert metric("drift.ks.score").read(view)[1].value == pytest.approx(
        ks_2samp(now.score[there], past.score).statistic, abs=0.005
    )


def test_a_feature_called_by_name_is_one_of_those_the_largest_is_taken_of() -> None:
    reference = reference_on(labels(500, 1), np.random.default_rng(1).standard_normal((500, 2)).astype(np.float32))
    counts = np.zeros(LAYOUT.size, dtype=np.int64)
    LAYOUT.part(counts, "feature")[:] = np.random.default_rng(2).integers(1, 90, (2, 2, 11))
    view = View(LAYOUT, counts, (0.5, 0.5), reference)
    for distance in (PSI, KS):
        each = [metric(f"{distance.name}.{name}").read(view)[0].value for name in LAYOUT.features]
        assert metric(distance.name).read(view)[0].value == max(each)


def test_isotonic_chances_are_scikit_learns() -> None:
    from sklearn.isotonic import IsotonicRegression

    draw = np.random.default_rng(4)
    mean, weight = draw.random(200), draw.integers(1, 9, 200)
    expected = IsotonicRegression().fit_transform(np.arange(200), mean, sample_weight=weight)
    assert isotonic(mean, weight) == pytest.approx(expected, abs=1e-12)
