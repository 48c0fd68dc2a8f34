"""Errors by buckets of users: where buckets are equally large they are those of SciPy's standard error of a mean."""

import math

import numpy as np
import pytest
from scipy.stats import sem

from sandbox.base.reading import ByUser, Reading
from sandbox.decide.statistics.many import of_step
from sandbox.decide.statistics.one_arm import crowd_of, error_of
from sandbox.decide.statistics.stratified import Sums, added, crowd, difference

BUCKETS, EACH = 64, 50.0
RNG = np.random.default_rng(4)
OLD = RNG.normal(2.0, 0.3, BUCKETS)
NEW = RNG.normal(2.4, 0.9, BUCKETS)


def summed(old: np.ndarray, new: np.ndarray, *, error: float = 0.0, windows: int = 1, each: float = EACH) -> Sums:
    sums, n = Sums(), each * BUCKETS
    for _ in range(windows):
        sums = added(
            sums, n=(n, n), mean=(float(old.mean()), float(new.mean())), error=(error, error),
            bucket_n=np.full((2, BUCKETS), each), bucket_total=np.stack([old, new]) * each,
        )
    return sums


@pytest.mark.parametrize("windows", [1, 3])
def test_the_error_of_a_difference_is_that_of_a_paired_test_over_buckets(windows: int) -> None:
    value, error = difference(summed(OLD, NEW, windows=windows), relative=False, at=0.0, share=False)
    assert value == pytest.approx(NEW.mean() - OLD.mean())
    assert error == pytest.approx(sem(NEW - OLD))


def test_the_error_of_a_ratio_is_that_of_what_is_left_after_the_ratio() -> None:
    ratio = NEW.mean() / OLD.mean()
    value, error = difference(summed(OLD, NEW), relative=True, at=0.05, share=False)
    assert ratio > 1.05
    assert value == pytest.approx(ratio - 1.0)
    assert error == pytest.approx(sem(NEW - ratio * OLD) / OLD.mean())
    # A bound above what is seen gives more doubt, and is taken instead.
    _, wider = difference(summed(OLD, NEW), relative=True, at=1.0, share=False)
    assert wider == pytest.approx(sem(NEW - 2.0 * OLD) / OLD.mean())


def test_users_of_the_candidate_differ_at_least_as_those_of_the_incumbent() -> None:
    still = np.full(BUCKETS, 2.0)
    _, error = difference(summed(OLD, still), relative=False, at=0.0, share=False)
    assert error == pytest.approx(math.sqrt(2.0) * sem(OLD))


def test_users_who_are_alike_leave_the_error_of_requests() -> None:
    still = np.full(BUCKETS, 2.0)
    _, error = difference(summed(still, still, error=0.03), relative=False, at=0.0, share=False)
    assert error == pytest.approx(math.hypot(0.03, 0.03))


def test_no_event_does_not_mean_no_doubt() -> None:
    # Agresti, Coull 1998: a success and a failure more; n = 3,200 on each arm.
    none, n = np.zeros(BUCKETS), EACH * BUCKETS
    soft = (0.0 + 1.0) / (n + 2.0)
    _, error = difference(summed(none, none), relative=False, at=0.0, share=True)
    assert error == pytest.approx(math.sqrt(2.0 * soft * (1.0 - soft) / n))


def test_what_both_arms_share_cancels_and_a_stratum_weighs_as_cochran_says() -> None:
    # Two windows in which everything moved, and the shares with it: 1954's weights are n_A n_B / (n_A + n_B).
    sums = Sums()
    for n_old, n_new, level, gap in ((900.0, 100.0, 1.0, 0.2), (500.0, 500.0, 9.0, 0.4)):
        sums = added(sums, n=(n_old, n_new), mean=(level, level + gap), error=(0.1, 0.1))
    value, error = difference(sums, relative=False, at=0.0, share=False)
    weights = np.array([90.0, 250.0])
    assert value == pytest.approx((weights * [0.2, 0.4]).sum() / weights.sum())
    # One variance an observation for each arm: n times the squared error of a mean, weighed by n.
    v_old, v_new = (900 * 0.01 * 900 + 500 * 0.01 * 500) / 1_400, (100 * 0.01 * 100 + 500 * 0.01 * 500) / 600
    squared = sum(w**2 * (v_old / a + v_new / b) for w, a, b in ((90.0, 900, 100), (250.0, 500, 500)))
    assert error == pytest.approx(math.sqrt(squared) / weights.sum())


def test_a_crowd_is_as_many_equal_buckets_as_unequal_ones_are_worth() -> None:
    # Kish 1965: (sum w)² / sum w². One bucket with half of all and 63 equal ones.
    n = np.full(BUCKETS, 1.0)
    n[0] = 63.0
    worth = 126.0**2 / (63.0**2 + 63.0)
    even = np.full(BUCKETS, 100.0)
    sums = added(Sums(), n=(126.0, 6_400.0), mean=(0.0, 0.0), error=(0.0, 0.0), bucket_n=np.stack([n, even]),
                 bucket_total=np.zeros((2, BUCKETS)))
    assert crowd(sums) == pytest.approx(worth)
    assert crowd_of(Reading(value=0.0, n=126, by_user=ByUser(n, n * 0.0))) == pytest.approx(worth)
    assert crowd_of(Reading(value=0.0, n=126, by_user=ByUser(even, even))) == pytest.approx(BUCKETS)
    assert crowd_of(Reading(value=0.0, n=126)) == 126.0
    assert crowd_of(Reading(value=0.0, n=0, by_user=ByUser(even * 0.0, even * 0.0))) == 0.0


def test_the_error_of_one_arm_is_that_of_its_buckets_and_never_below_that_of_requests() -> None:
    each = np.full(BUCKETS, EACH)
    n = int(each.sum())
    seen = Reading(value=float(NEW.mean()), n=n, error=0.001, by_user=ByUser(each, each * NEW))
    assert error_of(seen, by_user=True) == pytest.approx(sem(NEW))
    assert error_of(seen, by_user=False) == 0.001
    assert error_of(Reading(value=2.0, n=n, error=9.0, by_user=ByUser(each, each * NEW)), by_user=True) == 9.0
    assert error_of(Reading(value=2.0, n=n, error=0.5, by_user=ByUser(each * 0, each * 0)), by_user=True) == 0.5
    assert error_of(Reading(value=2.0, n=n, error=0.5), by_user=True) == 0.5


def test_what_steps_may_spend_adds_up_to_alpha() -> None:
    assert [of_step(0.06, step) for step in range(3)] == pytest.approx([0.03, 0.01, 0.005])
    assert sum(of_step(0.05, step) for step in range(100_000)) == pytest.approx(0.05, rel=1e-4)
