"""The formulas against numbers that others published; each test names its source.

confseq is gostevehoward/confseq at 70b1ef3, test/uniform_boundaries_unittest.cpp, tolerance 1e-5 as there.
"""

import math

import numpy as np
import pytest

from sandbox.decide.statistics import (
    error_share,
    inverse_share,
    many,
    multinomial,
    stratified,
)
from sandbox.decide.statistics.normal_mixture import half_width, log_one_sided
from tests.theory.bounds import (
    beta_binomial,
    betting_on_calibration,
    bounded_mean,
    constant_share,
    gamma_mixtures,
    normal_mixture,
    quantiles,
    stitching,
)

NEAR = {"abs": 1e-5, "rel": 1e-6}


def test_the_two_sided_normal_mixture_is_confseqs() -> None:
    r = normal_mixture.tuning(100, alpha=0.05)
    assert r == pytest.approx(12.60056, **NEAR)
    assert normal_mixture.log_two_sided(10, 100, r=r) == pytest.approx(-0.6510052, **NEAR)
    assert normal_mixture.boundary_two_sided(100, r=r, alpha=0.05) == pytest.approx(30.35209, **NEAR)


def test_the_one_sided_normal_mixture_is_confseqs() -> None:
    r = normal_mixture.tuning(100, alpha=0.05, one_sided=True)
    assert log_one_sided(10, 100, r=r) == pytest.approx(-0.06502391, **NEAR)
    assert normal_mixture.boundary_one_sided(100, r=r, alpha=0.05) == pytest.approx(27.66071, **NEAR)


def test_the_sequential_ratio_is_the_normal_mixture_under_another_name() -> None:
    # Johari et al. 2022: n pairs, variance V, mixing N(0, tau²) is r = V / tau² at v = n, s = n d / sqrt(V).
    n, variance, tau, d = 250, 1.7, 0.2, 0.13
    ours = normal_mixture.log_sequential_ratio(d, variance=variance / n, tau=tau)
    mixture = normal_mixture.log_two_sided(n * d / math.sqrt(variance), n, r=variance / tau**2)
    assert ours == pytest.approx(mixture, rel=1e-9)


# growthbook packages/stats tests/frequentist/test_tests.py at 8f1db44: n, sum, sum of squares of A and of B.
REVENUE = (3_000, 1396.87, 52377.9767), (3_461, 2422.7, 134698.29)


def test_the_asymptotic_sequence_is_growthbooks_on_revenue_relative_to_a() -> None:
    (n_a, sum_a, squares_a), (n_b, sum_b, squares_b) = REVENUE
    a, b = sum_a / n_a, sum_b / n_b
    v_a, v_b = (squares_a - sum_a**2 / n_a) / (n_a - 1), (squares_b - sum_b**2 / n_b) / (n_b - 1)
    error = math.sqrt(v_b / (n_b * a**2) + v_a * b**2 / (n_a * a**4))
    half = half_width(error, n=n_a + n_b, alpha=0.05, n_best=1_000, one_sided=False)
    assert (b - a) / a == pytest.approx(0.50336, abs=1e-5)
    assert (b - a) / a - half == pytest.approx(-0.55844, abs=1e-5)
    assert (b - a) / a + half == pytest.approx(1.56516, abs=1e-5)


def test_the_asymptotic_sequence_is_growthbooks_on_a_share() -> None:
    # Same file, test_sequential_test_runs_prop: 1396 of 3000 against 2422 of 3461, relative, n* 5000.
    a, b = 1396 / 3000, 2422 / 3461
    error = math.sqrt(b * (1 - b) / 3461 / a**2 + a * (1 - a) * b**2 / (3000 * a**4))
    half = half_width(error, n=6461, alpha=0.05, n_best=5_000, one_sided=False)
    assert (b / a - 1 - half, b / a - 1 + half) == pytest.approx((0.40098, 0.60675), abs=1e-5)


def test_the_one_sided_asymptotic_sequence_is_growthbooks() -> None:
    # Same file, one-sided greater, absolute, n* 5000.
    (n_a, sum_a, squares_a), (n_b, sum_b, squares_b) = REVENUE
    v_a, v_b = (squares_a - sum_a**2 / n_a) / (n_a - 1), (squares_b - sum_b**2 / n_b) / (n_b - 1)
    half = half_width(math.sqrt(v_a / n_a + v_b / n_b), n=n_a + n_b, alpha=0.05)
    assert sum_b / n_b - sum_a / n_a - half == pytest.approx(-0.12656844172804982, abs=1e-9)


def test_the_beta_binomial_mixture_is_confseqs() -> None:
    keys = {"v_best": 100, "g": 0.2, "h": 0.8}
    assert beta_binomial.log_mixture(10, 100, alpha_best=0.05, **keys) == pytest.approx(-0.6941012, **NEAR)
    assert beta_binomial.log_mixture(10, 100, alpha_best=0.05, one_sided=True, **keys) == pytest.approx(
        -0.07134019, **NEAR
    )
    assert beta_binomial.boundary(100, alpha=0.05, **keys) == pytest.approx(31.4308, **NEAR)
    assert beta_binomial.boundary(100, alpha=0.05, one_sided=True, **keys) == pytest.approx(28.41238, **NEAR)


@pytest.mark.parametrize(
    ("hits", "n", "n_best", "low", "high"),
    [
        (700, 1000, 100, 0.651629, 0.745949), (15, 50, 50, 0.129556, 0.511896), (5, 50, 50, 0.013021, 0.269264),
        (1, 50, 50, 0.0, 0.13489), (100, 200, 1, 0.328923, 0.671076), (1, 2, 1, 0.0, 1.0),
    ],
)
def test_the_interval_of_a_share_is_confseqs(hits: int, n: int, n_best: float, low: float, high: float) -> None:
    found = beta_binomial.share_interval(hits, n, alpha=0.05, n_best=n_best)
    assert found == pytest.approx((low, high), abs=3e-6)


def test_the_gamma_mixtures_are_confseqs() -> None:
    keys = {"v_best": 100, "alpha_best": 0.05, "c": 2.0}
    assert gamma_mixtures.log_gamma_exponential(10, 100, **keys) == pytest.approx(-0.2490165, **NEAR)
    assert gamma_mixtures.log_gamma_exponential(33.02017, 100, **keys) == pytest.approx(math.log(20), abs=1e-5)
    assert gamma_mixtures.log_gamma_poisson(10, 100, **keys) == pytest.approx(-0.06991219, **NEAR)
    assert gamma_mixtures.log_gamma_poisson(30.1949, 100, **keys) == pytest.approx(math.log(20), abs=1e-5)


def test_the_stitched_boundary_is_confseqs() -> None:
    assert stitching.polynomial(100, v_least=10, alpha=0.05, c=3) == pytest.approx(64.48755, **NEAR)
    assert stitching.polynomial(100, v_least=10, alpha=0.05, c=-1) == pytest.approx(28.99389, **NEAR)


def test_the_bands_of_quantiles_are_confseqs() -> None:
    assert quantiles.band(1_000, first=100, alpha=0.05) == pytest.approx(0.08204769, abs=1e-6)
    for p, bound in ((0.5, 68.62803), (0.9, 43.72119), (0.1, 59.96521)):
        assert quantiles.double_stitching(1_000, p=p, alpha=0.05, t_best=100) == pytest.approx(bound, **NEAR)


@pytest.mark.parametrize(
    ("p", "off", "value"), [(0.5, 70, 0.814704), (0.5, 85, 0.0838055), (0.5, 100, 0.0054947), (0.9, 55, 0.0340463)]
)
def test_the_p_value_of_two_quantiles_is_confseqs(p: float, off: int, value: float) -> None:
    # QuantileABTest::TestPValue: A = 1..1000, B = A + off, t_opt 100; the least evidence over all points of both.
    def log_e(below: int, up_to: int) -> float:
        best = min(max(p * 1_000, below), up_to)
        return quantiles.log_quantile(best, 1_000, p=p, t_best=100)

    def at(x: int) -> float:
        def clip(k: int) -> int:
            return min(max(k, 0), 1_000)

        return log_e(clip(x - 1), clip(x)) + log_e(clip(x - off - 1), clip(x - off))

    least = min(at(x) for x in range(1, 1_000 + off + 1))
    assert min(1.0, math.exp(-least)) == pytest.approx(value, rel=1e-4)


def test_the_sample_ratio_test_is_optimizelys() -> None:
    # optimizely/ssrm at c44f538, ssrm_test/test_ssrm_test.py, test_sequential_posteriors: Dirichlet(1, 1, 1), null
    # (.4, .4, .2); the multinomial coefficients of the rows stand in both marginal likelihoods and cancel here.
    from scipy.special import gammaln

    shares, prior = np.array([0.4, 0.4, 0.2]), np.ones(3)
    rows = np.array([[20, 17, 9], [18, 21, 8], [4, 6, 4], [18, 19, 11]])
    mixed = [-7.028201432058012, -11.947847738358888, -15.471401950257842, -19.96484521090386]
    plain = [-4.0776406466061985, -8.265946861099877, -11.610743519545139, -15.781031228536165]
    counts = np.zeros(3)
    for row, log_mixed, log_plain in zip(rows, mixed, plain, strict=True):
        counts += row
        ours = (
            gammaln(prior + counts).sum() - gammaln(prior.sum() + counts.sum()) + gammaln(3.0)
            - (counts * np.log(shares)).sum()
        )
        assert ours == pytest.approx(log_mixed - log_plain, abs=1e-9)


def test_the_sample_ratio_test_is_optimizelys_with_a_concentrated_prior() -> None:
    # Same file, test_regression: Bayes factor 1.0017496120131435 at k = 10000.
    state = np.random.RandomState(0)
    counts = state.multinomial(1, [0.1, 0.49, 0.41], 10).sum(axis=0).astype(float)
    log_e = multinomial.log_e(counts, shares=np.array([0.1, 0.5, 0.4]), k=10_000)
    assert math.exp(log_e) == pytest.approx(1.0017496120131435, rel=1e-9)


def test_the_sample_ratio_test_stops_where_savvis_does() -> None:
    # assuncaolfi/savvi, README, multinomial: first p < .05 at n = 402, p .04845591105969517, k = 100.
    state = np.random.RandomState(1)
    draws = state.multinomial(1, [0.1, 0.3, 0.6], size=1_000)
    sums = draws.cumsum(axis=0).astype(float)
    logs = [multinomial.log_e(row, shares=np.array([0.1, 0.4, 0.5]), k=100) for row in sums]
    first = next(n for n, value in enumerate(logs, start=1) if value > math.log(20))
    assert first == 402
    assert math.exp(-max(logs[:402])) == pytest.approx(0.04845591105969517, rel=1e-9)


def test_two_counting_processes_part_where_savvis_do() -> None:
    # Same README, two arms of Poisson events at rates e^1.5 and e^2 under shares .8 and .2: n = 168, p .0467527.
    state = np.random.RandomState(1)
    state.multinomial(1, [0.1, 0.3, 0.6], size=1_000)
    weighed = np.array([0.1 * 0.2, 0.3 * 0.3, 0.6 * 0.4])
    state.multinomial(1, weighed / weighed.sum(), size=5_250)
    shares = np.array([0.8, 0.2])
    rates = shares * np.exp([1.5, 2.0])
    sums = state.multinomial(1, rates / rates.sum(), size=1_500).cumsum(axis=0).astype(float)
    logs = [multinomial.log_e(row, shares=shares, k=100) for row in sums]
    first = next(n for n, value in enumerate(logs, start=1) if value > math.log(20))
    assert first == 168
    assert math.exp(-max(logs[:168])) == pytest.approx(0.04675270375081281, rel=1e-9)


def test_counts_on_an_arm_that_has_no_share_refute_it_at_once() -> None:
    assert multinomial.log_e(np.array([90.0, 1.0]), shares=np.array([1.0, 0.0])) == math.inf


def test_the_error_share_under_a_constant_share_is_the_multinomial_mixture() -> None:
    # Lindon and Malek 2022: for two arms their mixture is the Dirichlet one of which ssrm's numbers above are.
    for k_new, k_old in ((0, 0), (12, 80), (40, 30)):
        two = constant_share.log_constant_share(k_new, k_old, share=0.2, k=50, one_sided=False)
        same = multinomial.log_e(np.array([k_old, k_new], dtype=float), shares=np.array([0.8, 0.2]), k=50)
        assert two == pytest.approx(same, abs=1e-9)


def test_each_likelihood_ratio_of_the_error_share_is_a_binomial_one() -> None:
    # Against scipy's binomial: theta = rho r / (rho r + 1 - rho) under the ratio of rates r.
    from scipy.stats import binom

    share, bound, k_new, k_old = 0.05, 1.1, 7, 40
    for above, sign in ((True, 1.0), (False, -1.0)):
        found = error_share.log_factors(k_new, k_old, share=share, bound=bound, above=above)
        for j, delta in enumerate(np.linspace(0.02, 2.0, 40)):
            thetas = [share * r / (share * r + 1 - share) for r in (bound * math.exp(sign * delta), bound)]
            expected = np.diff([binom.logpmf(k_new, k_new + k_old, theta) for theta in thetas[::-1]])[0]
            assert found[j] == pytest.approx(expected, abs=1e-9)


def test_a_share_of_nobody_or_everybody_says_nothing_about_events() -> None:
    for share in (0.0, 1.0):
        assert not error_share.log_factors(5, 5, share=share, bound=1.0, above=True).any()


@pytest.mark.parametrize("ratio", [1.1, 1.0, 0.8])
def test_the_error_share_expects_no_gain_from_a_candidate_within_its_margin(ratio: float) -> None:
    # Exact: the mean over all outcomes of ten events; e-values have mean at most 1 under the null (Ville 1939).
    from scipy.stats import binom

    share, bound = 0.2, 1.1
    theta = share * ratio / (share * ratio + 1 - share)
    mean = sum(
        binom.pmf(k, 10, theta)
        * math.exp(error_share.log_e(error_share.log_factors(k, 10 - k, share=share, bound=bound, above=True)))
        for k in range(11)
    )
    assert mean <= 1.0 + 1e-12
    assert (mean == pytest.approx(1.0, abs=1e-12)) == (ratio == bound)


def test_e_bh_rejects_as_its_definition_says() -> None:
    # Wang and Ramdas 2022: k* = max {k : k e_(k) / K >= 1 / alpha}. At alpha .05 and K = 4: 80, 40, 26.7, 20.
    def logs(*values: float) -> list[float]:
        return [math.log(value) for value in values]

    assert many.e_bh(logs(79, 1, 1, 1), alpha=0.05) == (False,) * 4
    assert many.e_bh(logs(81, 1, 1, 1), alpha=0.05) == (True, False, False, False)
    assert many.e_bh(logs(1, 41, 1, 41), alpha=0.05) == (False, True, False, True)
    assert many.e_bh(logs(21, 21, 21, 21), alpha=0.05) == (True,) * 4
    assert many.e_bh([], alpha=0.05) == ()


def test_the_empirical_bernstein_sequence_follows_its_theorem_term_by_term() -> None:
    # Waudby-Smith and Ramdas 2024, theorem 2, written out as a plain loop.
    draw = np.random.default_rng(0)
    x, alpha = draw.beta(2, 5, 200), 0.05
    low, high = bounded_mean.empirical_bernstein(x, alpha=alpha)
    mean, variance, stake, won, lost = 0.5, 0.25, 0.0, 0.0, 0.0
    for t, value in enumerate(x, start=1):
        bet = min(math.sqrt(2 * math.log(2 / alpha) / (variance * t * math.log(1 + t))), 0.5)
        stake, won = stake + bet, won + bet * value
        lost += 4 * (value - mean) ** 2 * (-math.log(1 - bet) - bet) / 4
        half = (math.log(2 / alpha) + lost) / stake
        assert (low[t - 1], high[t - 1]) == pytest.approx((won / stake - half, won / stake + half))
        mean = (0.5 + x[:t].sum()) / (t + 1)
        variance = (variance * t + (value - mean) ** 2) / (t + 1)


def test_the_empirical_bernstein_sequence_covers_at_all_times_at_once() -> None:
    draw = np.random.default_rng(1)
    missed = 0
    for _ in range(300):
        low, high = bounded_mean.empirical_bernstein((draw.random(1_000) < 0.02).astype(float), alpha=0.05)
        missed += bool((low > 0.02).any() or (high < 0.02).any())
    assert missed / 300 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 300)


def test_one_who_bets_against_the_true_mean_does_not_grow_rich_and_against_another_does() -> None:
    draw = np.random.default_rng(2)
    true = [bounded_mean.log_hedged_capital(draw.beta(2, 5, 1_000), 2 / 7).max() for _ in range(300)]
    assert np.mean(np.array(true) >= math.log(20)) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 300)
    assert bounded_mean.log_hedged_capital(draw.beta(2, 5, 1_000), 0.35)[-1] > math.log(20)


def test_weighting_by_the_share_recovers_the_difference_under_drift_and_a_ramp() -> None:
    # Under the weights the mean is the difference exactly; the interval is four standard errors of this sample.
    draw = np.random.default_rng(3)
    share = np.repeat([0.05, 0.25, 0.5], 100_000)
    base = np.linspace(0.1, 0.5, len(share))
    on_new = draw.random(len(share)) < share
    y = (draw.random(len(share)) < base + 0.05 * on_new).astype(float)
    terms = inverse_share.weighted(y, on_new, share)
    assert abs(terms.mean() - 0.05) < 4 * terms.std() / math.sqrt(len(terms))
    assert y[on_new].mean() - y[~on_new].mean() > 0.1  # pooled, the ramp makes identical drift look like harm


def test_betting_against_calibration_keeps_its_level_and_finds_a_shift() -> None:
    # A logit shift of .4 takes a median of some 300 labels of Beta(2, 5) scores; 2,000 must nearly always do.
    from scipy.special import expit, logit

    draw = np.random.default_rng(4)
    alarms, found = 0, 0
    for _ in range(200):
        score = draw.beta(2, 5, 2_000)
        fair = (draw.random(2_000) < score).astype(float)
        alarms += betting_on_calibration.log_capital(score, fair).max() >= math.log(20)
        moved = (draw.random(2_000) < expit(logit(score) + 0.4)).astype(float)
        found += betting_on_calibration.log_capital(score, moved).max() >= math.log(20)
    assert alarms / 200 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 200)
    assert found / 200 > 0.95


def test_the_stratified_difference_ignores_what_moves_both_arms_while_the_share_grows() -> None:
    sums = stratified.Sums()
    for base, n_old, n_new in ((0.1, 990, 10), (0.3, 500, 500), (0.6, 100, 900)):
        sums = stratified.added(sums, n=(n_old, n_new), mean=(base, base), error=(0.01, 0.01))
    value, _ = stratified.difference(sums, relative=False, at=0.0, share=True)
    assert value == pytest.approx(0.0, abs=1e-15)


def test_the_stratified_error_of_one_window_is_the_two_sample_one() -> None:
    # Welch's standard error, as growthbook's revenue has it.
    (n_a, sum_a, squares_a), (n_b, sum_b, squares_b) = REVENUE
    v_a, v_b = (squares_a - sum_a**2 / n_a) / (n_a - 1), (squares_b - sum_b**2 / n_b) / (n_b - 1)
    sums = stratified.added(
        stratified.Sums(), n=(n_a, n_b), mean=(sum_a / n_a, sum_b / n_b),
        error=(math.sqrt(v_a / n_a), math.sqrt(v_b / n_b)),
    )
    value, error = stratified.difference(sums, relative=False, at=0.0, share=False)
    assert value == pytest.approx(0.23437666666666668, abs=1e-12)
    assert error == pytest.approx(math.sqrt(v_a / n_a + v_b / n_b), rel=1e-12)


def test_the_clustered_error_is_that_of_the_users_means() -> None:
    # Against the spread of many replications: users with rates of their own, all their requests in one bucket.
    draw = np.random.default_rng(5)
    values, errors = [], []
    for _ in range(400):
        totals, sizes = np.zeros((2, 64)), np.zeros((2, 64))
        for arm in range(2):
            rate, asked = draw.beta(1, 9, 640), draw.poisson(30, 640)
            hits = draw.binomial(asked, rate)
            np.add.at(totals[arm], np.arange(640) % 64, hits)
            np.add.at(sizes[arm], np.arange(640) % 64, asked)
        n, mean = sizes.sum(axis=1), totals.sum(axis=1) / sizes.sum(axis=1)
        sums = stratified.added(
            stratified.Sums(), n=tuple(n), mean=tuple(mean), error=(0.0, 0.0), bucket_n=sizes, bucket_total=totals
        )
        value, error = stratified.difference(sums, relative=False, at=0.0, share=True)
        values.append(value)
        errors.append(error)
    # The standard deviation of 400 replications is itself known to about 3.5%.
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.14)
