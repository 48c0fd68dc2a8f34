"""Quality, calibration and fairness read from counts, against scikit-learn and closed forms on the raw columns."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.metrics import brier_score_loss, confusion_matrix, log_loss, precision_score, recall_score

from sandbox.observe.metrics.kinds import metric
from tests.observe.made import LAYOUT, answers, cohort_of, error, labels, value, window_of

MANY = labels(40_000, 11, power=1.3)
VIEW = cohort_of(MANY)
MINE = MANY.arm == 1
SCORE = MANY.score[MINE].astype(float)


@pytest.mark.parametrize(("where", "rows"), [
    ("", MINE),
    ("{segment=us}", MINE & (MANY.segment == 1)),
    ("{group=b}", MINE & (MANY.group == 1)),
    ("{segment=eu,group=b}", MINE & (MANY.segment == 0) & (MANY.group == 1)),
])
def test_quality_of_all_or_of_one_slice_is_what_scikit_learn_says_of_its_rows(where: str, rows: np.ndarray) -> None:
    truth, decided, score = MANY.label[rows], MANY.decision[rows], MANY.score[rows].astype(float)
    tn, fp, fn, tp = confusion_matrix(truth, decided).ravel()
    exact = {
        "precision": precision_score(truth, decided), "recall": recall_score(truth, decided),
        "fpr": fp / (fp + tn), "tpr": tp / (tp + fn), "accuracy": (tp + tn) / len(truth),
    }
    for name, expected in exact.items():
        assert value(f"quality.{name}{where}", VIEW) == pytest.approx(expected, abs=1e-12)
    # Fixed point: each term is rounded to 2**-33, and to 2**-25 for the logarithm.
    assert value(f"quality.brier{where}", VIEW) == pytest.approx(brier_score_loss(truth, score), abs=2**-32)
    assert value(f"quality.log_loss{where}", VIEW) == pytest.approx(log_loss(truth, score), abs=2**-24)
    assert value(f"quality.calibration.in_the_large{where}", VIEW) == pytest.approx((score - truth).mean(), abs=2**-32)


def test_the_errors_of_means_are_their_sample_deviations_over_root_n() -> None:
    truth = MANY.label[MINE]
    losses = {
        "quality.brier": (SCORE - truth) ** 2,
        "quality.log_loss": -np.log(np.where(truth, SCORE, 1 - SCORE)),
        "quality.calibration.in_the_large": SCORE - truth,
    }
    for name, loss in losses.items():
        assert error(name, VIEW) == pytest.approx(loss.std() / math.sqrt(len(loss)), rel=1e-6)


def test_certainty_that_was_wrong_has_the_loss_scikit_learn_gives_it() -> None:
    columns = labels(4, 1)
    for part, content in (("score", [0, 1, 0, 1]), ("label", [1, 0, 0, 1]), ("arm", [1] * 4)):
        getattr(columns, part)[:] = content
    # scikit-learn clips at the machine epsilon of the scores' type, 2**-23 for these.
    expected = log_loss([1, 0, 0, 1], np.array([0, 1, 0, 1], dtype=np.float32))
    assert value("quality.log_loss", cohort_of(columns)) == pytest.approx(expected, rel=1e-6)


def test_the_calibration_slope_is_that_of_a_logistic_fit_to_the_raw_scores() -> None:
    truth, x = MANY.label[MINE], logit(SCORE)

    def loss(w: np.ndarray) -> float:
        return float(np.logaddexp(0.0, np.where(truth, -1.0, 1.0) * (w[0] + w[1] * x)).sum())

    weights = minimize(loss, (0.0, 1.0), method="BFGS").x
    chance = expit(weights[0] + weights[1] * x)
    design = np.column_stack([np.ones_like(x), x])
    exact = math.sqrt(np.linalg.inv(design.T @ (design * (chance * (1 - chance))[:, None]))[1, 1])
    # A hundred bins stand for the scores: what is lost is a small part of the fit's own error.
    assert abs(value("quality.calibration.slope", VIEW) - weights[1]) < 0.1 * exact
    assert error("quality.calibration.slope", VIEW) == pytest.approx(exact, rel=0.02)
    assert weights[1] > 1.1


def test_outcomes_that_scores_separate_have_no_slope() -> None:
    columns = labels(200, 3)
    columns.label[:] = columns.decision
    assert metric("quality.calibration.slope").read(cohort_of(columns))[1].empty


def test_the_debiased_calibration_error_of_a_calibrated_model_is_around_zero_at_any_n() -> None:
    for n in (200, 2_000):
        views = [cohort_of(labels(n, seed)) for seed in range(200)]
        raw = np.array([value("quality.ece", view) for view in views])
        fair = np.array([value("quality.ece.debiased", view) for view in views])
        assert raw.mean() > 5 * fair.std() / math.sqrt(200)
        assert abs(fair.mean()) < 4 * fair.std() / math.sqrt(200) + 0.02 * raw.mean()


def test_the_debiased_calibration_error_of_a_miscalibrated_model_is_near_the_raw_one_at_large_n() -> None:
    assert value("quality.ece", VIEW) - value("quality.ece.debiased", VIEW) < 0.1 * value("quality.ece", VIEW)


def test_gaps_between_groups_are_those_of_their_rates() -> None:
    rates = {}
    for group in (0, 1):
        rows = MINE & (MANY.group == group)
        tn, fp, fn, tp = confusion_matrix(MANY.label[rows], MANY.decision[rows]).ravel()
        rates[group] = fp / (fp + tn), tp / (tp + fn), (MANY.score[rows].astype(float) - MANY.label[rows]).mean()
    fpr, tpr, offset = (abs(rates[0][i] - rates[1][i]) for i in range(3))
    assert value("fairness.fpr_gap", VIEW) == pytest.approx(fpr, abs=1e-12)
    assert value("fairness.tpr_gap", VIEW) == pytest.approx(tpr, abs=1e-12)
    assert value("fairness.equalized_odds", VIEW) == pytest.approx(max(fpr, tpr), abs=1e-12)
    assert value("fairness.calibration_gap", VIEW) == pytest.approx(offset, abs=2**-31)


def test_the_gaps_of_compas_are_those_that_propublica_published() -> None:
    # ProPublica, COMPAS two-year file, decile of 5 and more: TN, FP, FN, TP of Black and of white defendants. Angwin,
    # Larson, Mattu, Kirchner: Machine bias (2016): false positives 44.85% and 23.45%, negatives 27.99% and 47.72%.
    counts = np.array([[990, 805, 532, 1_369], [1_139, 349, 461, 505]])
    n = int(counts.sum())
    cell, group = np.tile(np.arange(4), 2).repeat(counts.ravel()), np.repeat([0, 1], counts.sum(axis=1))
    label, decision, arm = cell >= 2, cell % 2 == 1, np.ones(n, dtype=np.uint8)
    view = cohort_of(replace(
        labels(n, 1), arm=arm, group=group.astype(np.uint8), label=label, decision=decision,
        score=np.where(decision, 0.9, 0.1).astype(np.float32),
    ))
    assert value("quality.fpr{group=a}", view) == pytest.approx(0.4485, abs=5e-5)
    assert value("quality.fpr{group=b}", view) == pytest.approx(0.2345, abs=5e-5)
    assert 1.0 - value("quality.tpr{group=a}", view) == pytest.approx(0.2799, abs=5e-5)
    assert 1.0 - value("quality.tpr{group=b}", view) == pytest.approx(0.4772, abs=5e-5)
    # Differences of two published numbers, each rounded.
    assert value("fairness.fpr_gap", view) == pytest.approx(0.2140, abs=1e-4)
    assert value("fairness.tpr_gap", view) == pytest.approx(0.1973, abs=1e-4)
    assert value("fairness.equalized_odds", view) == pytest.approx(0.2140, abs=1e-4)
    answered = window_of(replace(
        answers(n, 1), arm=arm, group=group.astype(np.uint8), decision=decision, status=np.zeros(n, dtype=np.uint8)
    ))
    assert value("fairness.selection_ratio", answered) == pytest.approx((854 / 2_454) / (2_174 / 3_696), abs=1e-12)


def test_selection_ratio_and_gap_are_those_of_the_answers_and_the_error_is_the_spread_of_many() -> None:
    columns = answers(20_000, 5)
    view = window_of(columns)
    rate = [
        columns.decision[(columns.arm == 1) & (columns.status == 0) & (columns.group == group)].mean()
        for group in (0, 1)
    ]
    assert value("fairness.selection_ratio", view) == pytest.approx(min(rate) / max(rate), abs=1e-12)
    assert value("fairness.selection_gap", view) == pytest.approx(max(rate) - min(rate), abs=1e-12)
    many = [window_of(answers(4_000, seed)) for seed in range(200)]
    for name in ("fairness.selection_ratio", "fairness.selection_gap"):
        spread = np.std([value(name, one) for one in many])
        # A standard deviation of 200 is known to 5%; four of those.
        assert error(name, many[0]) == pytest.approx(spread, rel=0.2)


def test_nothing_is_said_of_groups_with_fewer_than_a_hundred_cases() -> None:
    few = labels(300, 2)
    for name in ("fpr_gap", "tpr_gap", "equalized_odds", "calibration_gap"):
        assert metric(f"fairness.{name}").read(cohort_of(few))[1].empty
    for name in ("selection_gap", "selection_ratio"):
        assert metric(f"fairness.{name}").read(window_of(answers(300, 2)))[1].empty


def test_slices_of_a_count_add_up_to_the_whole() -> None:
    view = window_of(answers(5_000, 8))
    for axis, places in (("segment", LAYOUT.segments), ("group", LAYOUT.groups)):
        parts = [metric(f"errors.rate{{{axis}={place}}}").read(view)[1] for place in places]
        whole = metric("errors.rate").read(view)[1]
        assert sum(part.n for part in parts) == whole.n
        assert sum(part.hits for part in parts) == whole.hits
