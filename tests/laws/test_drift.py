"""What each drift moves and what it must leave alone, measured by estimators that are not ours."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from sandbox.base.arms import Arms
from sandbox.scenario.document import Document
from sandbox.world.block import Block
from sandbox.world.drift.onset import Onset, strength
from sandbox.world.population import Slice
from sandbox.world.services.service import Service
from sandbox.world.spec import WorldSpec
from sandbox.world.synthetic_day import SyntheticDay

MINUTE = 60 * 10**9
ONSETS = ("abrupt", "gradual", "incremental", "recurring")


def day_of(drift: list[dict[str, Any]], **population: Any) -> SyntheticDay:
    document = Document.model_validate({
        "scenario": {"title": "t", "duration": "40m"},
        "traffic": {"kind": "steady", "mean": "100/s"},
        "population": population,
        "models": {"incumbent": {"kind": "synthetic", "auc": 0.8}, "candidate": {"kind": "synthetic", "auc": 0.85}},
        "drift": drift,
    })
    assert list(document.problems()) == []
    return SyntheticDay(WorldSpec(
        seed=3, duration=document.scenario.duration, tick=MINUTE, arms=Arms(document.arms),
        models=tuple(document.models[name] for name in document.arms), services=(Service(), Service()),
        traffic=document.traffic, population=document.population, users=document.users, segments=(), groups=(),
        labels=document.labels, drift=tuple(document.drift), faults=(), feature_names=document.feature_names,
        slow_ns=10**9, read_features=False,
    ))


def rows_of(day: SyntheticDay, start: int, end: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Features, labels and both models' scores of the requests in [start, end)."""
    columns: list[list[np.ndarray]] = [[], [], [], []]
    number = 0
    while number * day.block_ns < end:
        block: Block = day.block(number)
        chosen = (block.at >= start) & (block.at < end)
        for column, values in zip(
            columns, (block.features, block.label, block.opinion(0).score, block.opinion(1).score), strict=True
        ):
            assert values is not None
            column.append(values[chosen])
        number += 1
    return tuple(np.concatenate(column) for column in columns)  # type: ignore[return-value]


DRIFTS = {
    "covariate": {"kind": "covariate", "features": ["f2", "f5"], "shift": 0.8},
    "prior": {"kind": "prior", "base_rate": "45%"},
    "concept": {"kind": "concept", "angle": 70},
}


@pytest.mark.parametrize("onset", ONSETS)
@pytest.mark.parametrize("kind", DRIFTS)
def test_before_its_onset_a_drift_is_the_identity_bit_for_bit(kind: str, onset: str) -> None:
    plain = day_of([])
    drifted = day_of([DRIFTS[kind] | {"onset": onset, "at": "30m", "width": "1m", "period": "4m"}])
    for number in range(-(-25 * MINUTE // plain.block_ns)):
        a, b = plain.block(number), drifted.block(number)
        quiet = a.at < 25 * MINUTE
        assert quiet.any()
        assert (np.asarray(a.features)[quiet] == np.asarray(b.features)[quiet]).all()
        assert (a.label[quiet] == b.label[quiet]).all()
        assert (a.opinion(1).score[quiet] == b.opinion(1).score[quiet]).all()


@pytest.mark.parametrize("onset", ONSETS)
@pytest.mark.parametrize("drift", [
    {"kind": "covariate", "shift": 0.0}, {"kind": "concept", "angle": 0.0}, {"kind": "prior", "base_rate": "20%"},
], ids=lambda drift: drift["kind"])
def test_at_zero_strength_a_drift_changes_no_label_and_no_feature(drift: dict[str, Any], onset: str) -> None:
    plain, drifted = day_of([]), day_of([drift | {"onset": onset, "at": "1m", "width": "30s", "period": "2m"}])
    a, b = plain.block(0), drifted.block(0)
    assert np.allclose(np.asarray(a.features), np.asarray(b.features), atol=1e-6)
    assert (a.label != b.label).mean() < 1e-4  # rounding of an angle of zero may move a label that lies on the edge


def test_covariate_shift_moves_the_named_features_by_what_is_said_and_no_other() -> None:
    day = day_of([DRIFTS["covariate"] | {"at": "20m"}])
    before, _, _, _ = rows_of(day, 0, 20 * MINUTE)
    after, _, _, _ = rows_of(day, 20 * MINUTE, 40 * MINUTE)
    moved = after.mean(axis=0) - before.mean(axis=0)
    error = 4 * np.sqrt(2 / len(before))
    for column in range(8):
        expected = 0.8 if column in (1, 4) else 0.0
        assert abs(moved[column] - expected) < error
        assert stats.ks_2samp(before[:, column] + expected, after[:, column]).pvalue > 1e-4


def test_covariate_shift_leaves_what_the_features_say_about_the_label() -> None:
    day = day_of([DRIFTS["covariate"] | {"at": "20m"}])
    fits = []
    for start, end in ((0, 20 * MINUTE), (20 * MINUTE, 40 * MINUTE)):
        features, label, _, _ = rows_of(day, start, end)
        fits.append(LogisticRegression(C=1e6).fit(features, label))
    assert np.allclose(fits[0].coef_, fits[1].coef_, atol=0.12)
    assert abs(fits[0].intercept_[0] - fits[1].intercept_[0]) < 0.12


def test_prior_shift_moves_the_base_rate_and_leaves_features_within_each_class() -> None:
    day = day_of([DRIFTS["prior"] | {"at": "20m"}])
    before, label_before, _, score_before = rows_of(day, 0, 20 * MINUTE)
    after, label_after, _, score_after = rows_of(day, 20 * MINUTE, 40 * MINUTE)
    assert abs(label_before.mean() - 0.20) < 4 * 0.4 / np.sqrt(len(label_before))
    assert abs(label_after.mean() - 0.45) < 4 * 0.5 / np.sqrt(len(label_after))
    for label in (False, True):
        for column in range(8):
            p = stats.ks_2samp(before[label_before == label, column], after[label_after == label, column]).pvalue
            assert p > 1e-4, (label, column)
    assert abs(roc_auc_score(label_before, score_before) - roc_auc_score(label_after, score_after)) < 0.01


@pytest.mark.parametrize("before", [
    {"kind": "concept", "angle": 60}, {"kind": "prior", "base_rate": "40%"}, {"kind": "prior", "base_rate": "80%"},
    {"kind": "prior", "base_rate": "40%", "onset": "gradual", "at": "20m", "width": "10m"},
])
def test_prior_shift_gives_the_rate_it_says_after_another_drift_too(before: dict[str, Any]) -> None:
    rate = 0.6
    day = day_of([{"at": "1m"} | before, {"kind": "prior", "base_rate": "60%", "at": "10m"}])
    _, label, _, _ = rows_of(day, 10 * MINUTE, 40 * MINUTE)
    assert abs(label.mean() - rate) < 4 * np.sqrt(rate * (1 - rate) / len(label))


def test_concept_drift_leaves_the_features_and_lowers_every_models_ranking() -> None:
    day = day_of([DRIFTS["concept"] | {"at": "20m"}])
    before, label_before, old_before, new_before = rows_of(day, 0, 20 * MINUTE)
    after, label_after, old_after, new_after = rows_of(day, 20 * MINUTE, 40 * MINUTE)
    for column in range(8):
        assert stats.ks_2samp(before[:, column], after[:, column]).pvalue > 1e-4
    assert roc_auc_score(label_after, old_after) < roc_auc_score(label_before, old_before) - 0.1
    assert roc_auc_score(label_after, new_after) < roc_auc_score(label_before, new_before) - 0.1
    assert abs(label_after.mean() - label_before.mean()) < 4 * 0.4 * np.sqrt(2 / len(label_after))


def test_onsets_follow_the_sigmoid_of_the_literature() -> None:
    at = np.array([10, 20, 25, 30, 35, 40, 50]) * MINUTE
    sigmoid = Onset.model_validate({"onset": "incremental", "at": "30m", "width": "10m"})
    expected = stats.logistic.cdf(at / MINUTE, loc=30, scale=10 / 4)
    assert np.allclose(strength(sigmoid, at), expected)
    abrupt = Onset.model_validate({"onset": "abrupt", "at": "30m"})
    assert strength(abrupt, at).tolist() == [0, 0, 0, 1, 1, 1, 1]
    recurring = Onset.model_validate({"onset": "recurring", "at": "20m", "period": "20m"})
    assert strength(recurring, at).tolist() == [0, 0, 0, 1, 1, 0, 1]
    ended = Onset.model_validate({"onset": "abrupt", "at": "20m", "until": "40m"})
    assert strength(ended, at).tolist() == [0, 1, 1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("auc", "slope", "bias"), [(0.7, 1.0, 0.0), (0.85, 1.0, 0.0), (0.8, 0.6, 0.0), (0.8, 1.0, 0.7)]
)
def test_a_synthetic_model_behaves_as_it_was_asked_to(auc: float, slope: float, bias: float) -> None:
    document = {"kind": "synthetic", "auc": auc, "slope": slope, "bias": bias}
    day = day_of([])
    spec = day._spec
    model = type(spec.models[1]).model_validate(document)
    day = SyntheticDay(WorldSpec(**{
        **{name: getattr(spec, name) for name in spec.__slots__}, "models": (spec.models[0], model)
    }))
    _, label, _, score = rows_of(day, 0, 40 * MINUTE)
    assert abs(roc_auc_score(label, score) - auc) < 4 * 0.0016
    logit = np.log(score / (1 - score)).reshape(-1, 1)
    fit = LogisticRegression(C=1e9).fit(logit, label)
    assert abs(fit.coef_[0, 0] - slope) < 0.03
    assert abs(fit.intercept_[0] - bias) < 0.04


def test_a_bias_against_a_group_lowers_its_scores_and_nobody_elses() -> None:
    day = day_of([])
    spec = day._spec
    plain = {name: getattr(spec, name) for name in spec.__slots__}
    groups = tuple(Slice.model_validate({"name": name, "share": "50%"}) for name in ("a", "b"))
    table = {"kind": "synthetic", "auc": 0.8}
    model = type(spec.models[1]).model_validate(table | {"against": {"group": "b", "shift": 1}})
    fair = type(spec.models[1]).model_validate(table)
    scores = []
    for candidate in (model, fair):
        world = SyntheticDay(WorldSpec(**plain | {"models": (spec.models[0], candidate), "groups": groups}))
        block = world.block(0)
        scores.append(block.opinion(1).score)
    member = block.group == 1
    assert (scores[0][~member] == scores[1][~member]).all()
    logit = [np.log(score[member] / (1 - score[member])) for score in scores]
    inner = (scores[1][member] > 0.01) & (scores[1][member] < 0.99)
    assert np.allclose((logit[1] - logit[0])[inner], 1.0, atol=2e-3)


EVERY = {
    "scale": {"features": ["f2"], "factor": 2.0},
    "correlation": {"features": ["f1", "f3"], "rho": 0.8},
    "missing": {"features": ["f2", "f4"], "rate": "30%"},
    "defaulted": {"features": ["f2"], "rate": "50%", "value": 3.0},
    "unit": {"features": ["f2"], "factor": 60},
    "swapped": {"features": ["f1", "f2"]},
    "stale": {"features": ["f1", "f2"], "age": "1h", "memory": "2h"},
    "label-noise": {"rate": "20%"},
    "label-delay": {"factor": 4},
    "label-stop": {"rate": "100%"},
    "selective-labels": {"accepted": "no"},
    "category": {"features": ["f2"], "rate": "20%", "shift": 1.5},
    "late": {"features": ["f1", "f2"], "rate": "60%"},
    "rescaled-scores": {"slope": 0.6, "bias": 0.7},
}
LABELLING = [kind for kind in EVERY if "label" in kind]
OF_TRUTH = ["scale", "correlation", "category"]
HALF = 20 * MINUTE


def whole(day: SyntheticDay, start: int, end: int, read: Callable[[Block], np.ndarray]) -> np.ndarray:
    blocks = [day.block(number) for number in range(-(-40 * MINUTE // day.block_ns))]
    return np.concatenate([read(block)[(block.at >= start) & (block.at < end)] for block in blocks])


def everything(block: Block) -> list[np.ndarray]:
    nobody = np.zeros(len(block), dtype=bool)
    return [
        block.at, block.user, block.label, block.label_at, block.reported_label, np.asarray(block.served),
        *(np.asarray(block.read_by(arm)) for arm in (0, 1)), *(block.opinion(arm).score for arm in (0, 1)),
        nobody if block.after_yes is None else block.after_yes,
        np.zeros(len(block)) if block.age is None else block.age,
    ]


@pytest.mark.parametrize("onset", [*ONSETS, "seasonal"])
@pytest.mark.parametrize("kind", [*DRIFTS, *EVERY])
def test_before_its_onset_and_after_its_end_every_kind_is_the_identity_bit_for_bit(kind: str, onset: str) -> None:
    table = {"kind": kind} | (DRIFTS | EVERY)[kind]
    when = {"onset": onset, "at": "15m", "width": "1m", "period": "4m", "until": "25m"}
    plain, drifted = day_of([]), day_of([table | when])
    differs = False
    for number in range(-(-40 * MINUTE // plain.block_ns)):
        a, b = plain.block(number), drifted.block(number)
        quiet = (a.at < 10 * MINUTE) | (a.at >= 25 * MINUTE)
        for before, after in zip(everything(a), everything(b), strict=True):
            assert np.array_equal(before[quiet], after[quiet], equal_nan=before.dtype.kind == "f")
            differs |= not np.array_equal(before[~quiet], after[~quiet], equal_nan=before.dtype.kind == "f")
    assert differs, "the drift did nothing"


@pytest.mark.parametrize("kind", EVERY)
def test_a_kind_touches_only_what_it_declares(kind: str) -> None:
    table = {"kind": kind, "at": "20m"} | EVERY[kind]
    plain, drifted = day_of([]).block(0), day_of([table]).block(0)
    assert (plain.at == drifted.at).all()
    assert (plain.user == drifted.user).all()
    if kind not in OF_TRUTH:
        assert (plain.label == drifted.label).all()
    if kind not in LABELLING:
        assert (plain.label_at == drifted.label_at).all()
        assert drifted.seen is None
    named = {int(name[1:]) - 1 for name in EVERY[kind].get("features", [])}
    for column in set(range(8)) - named:
        assert (np.asarray(plain.served)[:, column] == np.asarray(drifted.served)[:, column]).all()


@pytest.mark.parametrize("kind", [kind for kind in EVERY if "features" in EVERY[kind] and kind not in OF_TRUTH])
def test_a_kind_that_spoils_one_arm_leaves_the_other_alone(kind: str) -> None:
    plain, skewed = day_of([]), day_of([{"kind": kind, "at": "1m", "model": "candidate"} | EVERY[kind]])
    a, b = plain.block(0), skewed.block(0)
    assert (a.opinion(0).score == b.opinion(0).score).all()
    assert (a.opinion(1).score != b.opinion(1).score).any()
    arm = (np.arange(len(a)) % 2).astype(np.uint8)
    served, _ = b.served_to(arm, slice(None))
    assert (served[arm == 0] == np.asarray(a.served)[arm == 0]).all()
    if kind != "late":  # what comes late is in the log all the same
        assert not np.array_equal(served[arm == 1], np.asarray(a.served)[arm == 1], equal_nan=True)


def test_a_drift_of_one_segment_leaves_the_others_bit_for_bit() -> None:
    slices = tuple(Slice.model_validate({"name": name, "share": "50%"}) for name in ("eu", "us"))
    spec = day_of([])._spec
    drift = Document.model_validate({
        "scenario": {"title": "t"}, "models": {"incumbent": {"kind": "synthetic"}, "candidate": {"kind": "synthetic"}},
        "drift": [{"kind": "concept", "angle": 70, "segments": ["us"]}],
    }).drift
    fields = {name: getattr(spec, name) for name in spec.__slots__} | {"segments": slices}
    a = SyntheticDay(WorldSpec(**fields)).block(0)
    b = SyntheticDay(WorldSpec(**fields | {"drift": tuple(drift)})).block(0)
    assert (a.label == b.label)[a.segment == 0].all()
    for index, gap in ((0, 0.0), (1, 0.1)):
        mine = a.segment == index
        before = roc_auc_score(a.label[mine], a.opinion(1).score[mine])
        assert before - roc_auc_score(b.label[mine], b.opinion(1).score[mine]) >= gap


def test_scale_moves_the_spread_by_its_factor_and_neither_mean_nor_what_the_features_say() -> None:
    day = day_of([{"kind": "scale", "at": "20m"} | EVERY["scale"]])
    before, label_before, _, _ = rows_of(day, 0, HALF)
    after, label_after, _, _ = rows_of(day, HALF, 2 * HALF)
    error = 4 / np.sqrt(2 * len(after))  # four standard errors of the logarithm of a normal's standard deviation
    assert abs(np.log(stats.tstd(after[:, 1]) / 2.0)) < error
    assert abs(after[:, 1].mean()) < 4 * 2.0 / np.sqrt(len(after))
    fits = [LogisticRegression(C=1e6).fit(x, y) for x, y in ((before, label_before), (after, label_after))]
    # The link is a probit: the logit that fits it best moves a little with the spread, so the interval is wider.
    assert np.allclose(fits[0].coef_, fits[1].coef_, atol=0.2)


def test_correlation_is_what_is_said_and_each_feature_alone_stays() -> None:
    day = day_of([{"kind": "correlation", "at": "20m"} | EVERY["correlation"]])
    before, *_ = rows_of(day, 0, HALF)
    after, *_ = rows_of(day, HALF, 2 * HALF)
    interval = stats.pearsonr(after[:, 0], after[:, 2]).confidence_interval(0.9999)
    assert interval.low < 0.8 < interval.high
    for column in range(8):
        assert stats.ks_2samp(before[:, column], after[:, column]).pvalue > 1e-4


def test_missing_and_defaulted_strike_as_often_as_they_say() -> None:
    for kind, share in (("missing", 0.3), ("defaulted", 0.5)):
        day = day_of([{"kind": kind, "at": "20m"} | EVERY[kind]])
        served = whole(day, HALF, 2 * HALF, lambda block: np.asarray(block.served))
        hit = np.isnan(served[:, 1]) if kind == "missing" else served[:, 1] == 3.0
        interval = stats.binomtest(int(hit.sum()), len(hit)).proportion_ci(0.9999)
        assert interval.low < share < interval.high
        kept = served[~hit, 1]
        assert stats.kstest(kept, "norm").pvalue > 1e-4


def test_a_unit_change_is_a_factor_and_a_swap_is_a_swap() -> None:
    plain = whole(day_of([]), HALF, 2 * HALF, lambda block: np.asarray(block.served))
    for kind in ("unit", "swapped"):
        day = day_of([{"kind": kind, "at": "20m"} | EVERY[kind]])
        served = whole(day, HALF, 2 * HALF, lambda block: np.asarray(block.served))
        if kind == "unit":
            assert np.allclose(served[:, 1], 60 * plain[:, 1], rtol=1e-6)
        else:
            assert (served[:, [0, 1]] == plain[:, [1, 0]]).all()


def test_stale_features_look_as_before_correlate_as_time_says_and_are_as_old_as_said() -> None:
    plain = whole(day_of([]), HALF, 2 * HALF, lambda block: np.asarray(block.served))
    day = day_of([{"kind": "stale", "at": "20m"} | EVERY["stale"]])
    served = whole(day, HALF, 2 * HALF, lambda block: np.asarray(block.served))
    for column in (0, 1):
        assert stats.kstest(served[:, column], "norm").pvalue > 1e-4
        interval = stats.pearsonr(plain[:, column], served[:, column]).confidence_interval(0.9999)
        assert interval.low < np.exp(-0.5) < interval.high
    assert (whole(day, HALF, 2 * HALF, lambda block: np.asarray(block.age)) == 60 * MINUTE).all()


def test_newcomers_are_as_many_as_said_and_differ_only_where_said_and_only_one_arm_cannot_read_them() -> None:
    table = {"kind": "category", "at": "20m", "model": "candidate"} | EVERY["category"]
    before, label_before, _, _ = rows_of(day_of([table]), 0, HALF)
    after, label_after, *_ = rows_of(day_of([table]), HALF, 2 * HALF)  # as the incumbent reads them, who knows them all
    unknown = np.isnan(whole(day_of([table]), HALF, 2 * HALF, lambda block: np.asarray(block.read_by(1)))[:, 1])
    interval = stats.binomtest(int(unknown.sum()), len(unknown)).proportion_ci(0.9999)
    assert interval.low < 0.2 < interval.high
    for column in range(8):
        assert stats.kstest(after[unknown, column], "norm", args=(1.5 if column == 1 else 0.0, 1.0)).pvalue > 1e-4
        assert stats.kstest(after[~unknown, column], "norm").pvalue > 1e-4
    fits = [LogisticRegression(C=1e6).fit(x, y) for x, y in ((before, label_before), (after, label_after))]
    assert np.allclose(fits[0].coef_, fits[1].coef_, atol=0.15)  # four standard errors of the worst coefficient


def test_an_encoder_may_have_a_code_for_those_it_does_not_know() -> None:
    day = day_of([{"kind": "category", "at": "20m", "code": 9.0} | EVERY["category"]])
    served = whole(day, HALF, 2 * HALF, lambda block: np.asarray(block.served))[:, 1]
    assert not np.isnan(served).any()
    interval = stats.binomtest(int((served == 9.0).sum()), len(served)).proportion_ci(0.9999)
    assert interval.low < 0.2 < interval.high
    assert stats.kstest(served[served != 9.0], "norm").pvalue > 1e-4


def test_late_features_are_in_the_log_as_ever_and_models_rank_worse_without_them() -> None:
    table = {"kind": "late", "at": "20m", "model": "candidate"} | EVERY["late"]
    plain, day = day_of([]), day_of([table])
    log = [whole(one, 0, 2 * HALF, lambda block: np.asarray(block.served)) for one in (plain, day)]
    assert (log[0] == log[1]).all()
    gone = np.isnan(whole(day, HALF, 2 * HALF, lambda block: np.asarray(block.read_by(1))))
    assert not gone[:, 2:].any()
    assert (gone[:, 0] == gone[:, 1]).all()
    interval = stats.binomtest(int(gone[:, 0].sum()), len(gone)).proportion_ci(0.9999)
    assert interval.low < 0.6 < interval.high
    _, label, ours, theirs = rows_of(day, HALF, 2 * HALF)
    _, _, as_ever, before = rows_of(plain, HALF, 2 * HALF)
    assert (ours == as_ever).all()
    assert roc_auc_score(label, theirs) < roc_auc_score(label, before) - 4 * 0.0016


def test_rescaled_scores_rank_as_ever_and_are_calibrated_as_little_as_said_in_one_arm() -> None:
    plain, day = day_of([]), day_of([{"kind": "rescaled-scores", "at": "20m"} | EVERY["rescaled-scores"]])
    _, label, ours, theirs = rows_of(day, HALF, 2 * HALF)
    _, _, as_ever, before = rows_of(plain, HALF, 2 * HALF)
    assert (ours == as_ever).all()
    assert roc_auc_score(label, theirs) == pytest.approx(roc_auc_score(label, before), abs=1e-5)  # ties of 32 bits
    logit = np.log(theirs / (1 - theirs)).reshape(-1, 1)
    fit = LogisticRegression(C=1e9).fit(logit, label)
    assert abs(fit.coef_[0, 0] - 0.6) < 0.03
    assert abs(fit.intercept_[0] - 0.7) < 0.05
    decided = whole(day, HALF, 2 * HALF, lambda block: block.opinion(1).decision)
    assert (decided == (theirs >= 0.5)).all()


TWICE: dict[str, Any] = {"kind": "duplicated", "rate": "30%", "within": "2s", "at": "10m", "until": "15m"}


def test_requests_that_come_twice_are_the_same_requests_and_as_many_as_said() -> None:
    a, b = day_of([]).block(0), day_of([TWICE]).block(0)
    assert (np.diff(b.at) >= 0).all()
    struck = (a.at >= 10 * MINUTE) & (a.at < 15 * MINUTE)
    copies = len(b) - len(a)
    interval = stats.binomtest(copies, int(struck.sum())).proportion_ci(0.9999)
    assert interval.low < 0.3 < interval.high
    rows, first, times = np.unique(np.asarray(b.served), axis=0, return_index=True, return_counts=True)
    assert (rows == np.unique(np.asarray(a.served), axis=0)).all()
    assert times.max() == 2
    # np.unique returns the first of two that are alike: the original, in order of arrival.
    original = np.zeros(len(b), dtype=bool)
    original[first] = True
    for before, after in zip(everything(a), everything(b), strict=True):
        assert np.array_equal(before, after[original], equal_nan=before.dtype.kind == "f")
    of_copy = {row.tobytes(): at for row, at in zip(np.asarray(b.served)[~original], b.at[~original], strict=True)}
    gaps = [of_copy[row.tobytes()] - at for row, at in zip(np.asarray(b.served)[original], b.at[original], strict=True)
            if row.tobytes() in of_copy]
    assert stats.kstest(np.array(gaps) / 2e9, "uniform").pvalue > 1e-4


def test_copies_have_a_luck_of_their_own_and_stay_in_the_block_of_their_originals() -> None:
    a, b = day_of([]).block(0), day_of([TWICE | {"rate": "100%", "until": "40m"}]).block(0)
    assert b.at[-1] < b.end
    assert len(b) == len(a) + int((a.at >= 10 * MINUTE).sum())
    luck = b.luck(1)
    assert stats.kstest(luck, "uniform").pvalue > 1e-4
    assert len(np.unique(luck)) > 0.95 * len(luck)
    assert set(b.demand(1)) == set(a.demand(1))


def test_label_noise_delay_and_stop_are_what_they_say() -> None:
    noisy = day_of([{"kind": "label-noise", "at": "20m"} | EVERY["label-noise"]])
    wrong = whole(noisy, HALF, 2 * HALF, lambda block: block.reported_label != block.label)
    interval = stats.binomtest(int(wrong.sum()), len(wrong)).proportion_ci(0.9999)
    assert interval.low < 0.2 < interval.high
    late = day_of([{"kind": "label-delay", "at": "20m"} | EVERY["label-delay"]])
    before, after = (whole(day, HALF, 2 * HALF, lambda block: block.label_at - block.at) for day in (day_of([]), late))
    assert np.allclose(after, 4 * before, atol=1_000)
    stopped = day_of([{"kind": "label-stop", "at": "20m"} | EVERY["label-stop"]])
    assert (whole(stopped, HALF, 2 * HALF, lambda block: block.label_at) == -1).all()


def test_seasonal_onset_is_a_raised_cosine() -> None:
    seasonal = Onset.model_validate({"onset": "seasonal", "at": "20m", "period": "20m"})
    at = np.array([10, 20, 25, 30, 35, 40, 50]) * MINUTE
    assert np.allclose(strength(seasonal, at), [0, 0, 0.5, 1, 0.5, 0, 1])
