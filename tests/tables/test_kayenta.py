"""Kayenta's judge, row by row; the rank test beside scipy's and R's.

Sources: spinnaker/kayenta ClassifierSuite, ScorerSuite, MannWhitneySuite, MannWhitneyRSuite, DetectorSuite,
TransformSuite, GenerateCanaryAnalysisResultTaskTest; issues #426, #780, spinnaker/spinnaker#6278.
"""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, norm

from sandbox.base.reading import NOTHING, Look, Reading
from sandbox.base.verdict import Verdict
from sandbox.decide.dialects.kayenta import (
    Ask,
    Classed,
    Grade,
    Label,
    classed,
    concluded,
    effect_of,
    prepared,
    scored,
    spread,
)
from sandbox.decide.dialects.mann_whitney import common_language, shift, standardized
from sandbox.decide.gates.canary_score import CanaryScore
from tests.tables.controlling import SECOND, evidence, reading

PASS, HIGH, LOW, NODATA, NODATA_FAIL = Label.PASS, Label.HIGH, Label.LOW, Label.NODATA, Label.NODATA_FAIL
NAN = math.nan

# ClassifierSuite's samples of thirty, to two places.
CANARY = [
    9.78, 10.59, 7.84, 9.32, 8.38, 8.94, 8.27, 9.75, 11.62, 9.28, 8.15, 10.56, 13.50, 11.05, 6.95, 12.52, 9.02, 4.92,
    11.25, 11.60, 8.44, 11.11, 10.70, 8.92, 10.09, 11.42, 9.38, 7.80, 10.62, 11.91,
]
CONTROL = [
    11.15, 9.96, 7.07, 7.30, 9.79, 9.60, 6.19, 12.35, 10.37, 8.61, 9.91, 10.36, 14.21, 10.95, 10.22, 11.74, 10.91,
    12.82, 8.10, 8.50, 12.11, 13.27, 10.11, 6.95, 6.21, 10.16, 8.35, 8.38, 7.00, 10.76,
]
RAISED = [
    20.88, 21.79, 19.71, 15.86, 19.51, 19.39, 22.93, 17.16, 18.66, 23.42, 24.06, 22.63, 21.98, 21.66, 20.07, 22.12,
    16.44, 21.56, 21.00, 17.78, 17.81, 18.54, 20.56, 19.55, 21.77, 21.81, 20.96, 20.98, 19.11, 16.98,
]
TALL = [
    20.76, 22.80, 20.61, 20.97, 23.47, 21.53, 21.77, 18.31, 19.06, 25.88, 18.98, 19.39, 19.00, 24.23, 20.05, 18.23,
    17.87, 23.06, 18.40, 16.97, 19.47, 17.90, 17.55, 16.10, 24.38, 15.92, 20.48, 19.08, 17.46, 18.85,
]
TEN = [20.0, 22.0, 21.0, 25.0, 30.0]
ONE = [1.0, 2.2, 1.1, 2.5, 3.0]
UP, DOWN = {"direction": "increase"}, {"direction": "decrease"}
CRITICAL = {"critical": True}

SUITE = [
    ("Pass Metric", CANARY, CONTROL, {}, PASS, False),
    ("High Metric", RAISED, CONTROL, {}, HIGH, False),
    ("Low Metric", CANARY, TALL, {}, LOW, False),
    ("Directional: Increase", CANARY, TALL, UP, PASS, False),
    ("Directional: Decrease", RAISED, CONTROL, DOWN, PASS, False),
    ("Directional: High Metric", RAISED, CONTROL, UP, HIGH, False),
    ("Directional: Low Metric", CANARY, TALL, DOWN, LOW, False),
    ("Tied Observations", [1.0] * 3, [1.0] * 2, DOWN, PASS, False),
    ("Identical Populations", [1.0, 2, 3, 4, 5], [5.0, 4, 3, 2, 1], DOWN, PASS, False),
    ("Leading Zero Identical Population", [0.0, 1, 1, 1, 1], [1.0] * 5, DOWN, PASS, False),
    ("Missing Experiment Data", [], [1.0, 2, 3, 4, 5], DOWN, NODATA, False),
    ("Missing Experiment Data: Critical Metric", [], [1.0, 2, 3, 4, 5], {**DOWN, **CRITICAL}, NODATA, True),
    ("Missing Experiment Data with NaN Replacement", [], [1.0, 2, 3, 4, 5], {"nan": "replace"}, PASS, False),
    ("Missing Control Data", [1.0, 2, 3], [], {}, NODATA, False),
    ("mustHaveData", [], [1.0, 2, 3], {"must_have_data": True}, NODATA_FAIL, False),
    ("mustHaveData and critical", [], [1.0, 2, 3], {"must_have_data": True, **CRITICAL}, NODATA, True),
    ("Mean Ratio Effect Size: High", TEN, ONE, {"allowed_decrease": 0.8, "allowed_increase": 1.2}, HIGH, False),
    ("Mean Ratio Effect Size: Low", CANARY, TALL, {**DOWN, "allowed_decrease": 0.8, "allowed_increase": 1.2}, LOW,
     False),
    ("Mean Ratio Effect Size: Pass", [10.0, 12.2, 10.1, 12.5, 23.0], TEN,
     {"allowed_decrease": 0.5, "allowed_increase": 1.0}, PASS, False),
    ("Critical Effect Size: Critical High", TEN, ONE, {**CRITICAL, "critical_increase": 1.2}, HIGH, True),
    ("Critical Effect Size: Critical Low", [2.0, 2, 2, 2, 3], [10.0, 20.2, 10.1, 20.5, 30.0],
     {**CRITICAL, "critical_decrease": 1.2}, LOW, True),
    ("Critical Effect Size: High", TEN, ONE,
     {**CRITICAL, "allowed_increase": 5.0, "critical_increase": 13.0}, HIGH, False),
    ("Critical Effect Size: Pass", TEN, ONE,
     {**CRITICAL, "allowed_increase": 13.0, "critical_increase": 15.0}, PASS, False),
    ("Critical Effect Size: Critical High (Default Thresholds)", TEN, ONE, CRITICAL, HIGH, True),
]


@pytest.mark.parametrize(
    ("source", "canary", "baseline", "keys", "label", "critical"), SUITE, ids=[row[0] for row in SUITE]
)
def test_a_metric_is_classified_as_classifier_suite_says(
    source: str, canary: list[float], baseline: list[float], keys: dict, label: Label, critical: bool
) -> None:
    found = classed(np.array(canary), np.array(baseline), Ask(**keys), tolerance=0.10, confidence=0.95)
    assert (found.label, found.critical) == (label, critical)


TWENTY = [float(one) for one in range(20)]
HALF = [one + 0.5 for one in TWENTY]
EFFECTS = [
    # 20 points against 20 that lie d + 1/2 higher: the higher exceed the lower in 1 - (20 - d)(19 - d) / 800 of pairs.
    ("often higher", [one + 8 for one in HALF], TWENTY, {}, HIGH, 1 - 12 * 11 / 800),
    ("as often as is allowed", [one + 8 for one in HALF], TWENTY, {"allowed_increase": 1 - 12 * 11 / 800}, HIGH,
     1 - 12 * 11 / 800),
    ("less often than is allowed", [one + 8 for one in HALF], TWENTY, {"allowed_increase": 0.836}, PASS,
     1 - 12 * 11 / 800),
    ("often lower", TWENTY, [one + 8 for one in HALF], {}, LOW, 12 * 11 / 800),
    ("lower as often as is allowed", TWENTY, [one + 8 for one in HALF], {"allowed_decrease": 12 * 11 / 800}, LOW,
     12 * 11 / 800),
    ("lower less often than is allowed", TWENTY, [one + 8 for one in HALF], {"allowed_decrease": 0.164}, PASS,
     12 * 11 / 800),
]


@pytest.mark.parametrize(
    ("says", "canary", "baseline", "keys", "label", "effect"), EFFECTS, ids=[row[0] for row in EFFECTS]
)
def test_an_effect_in_common_language_is_allowed_up_to_its_bound(
    says: str, canary: list[float], baseline: list[float], keys: dict, label: Label, effect: float
) -> None:
    found = classed(np.array(canary), np.array(baseline), Ask(effect="cles", **keys))
    assert (found.label, found.effect) == (label, pytest.approx(effect))


RATIOS = [
    # Means of 2 and of 1: at the bound it counts, beyond it does not.
    ("at what is allowed", 2.0, 1.0, {"allowed_increase": 2.0}, HIGH, False),
    ("within what is allowed", 2.0, 1.0, {"allowed_increase": 2.01}, PASS, False),
    ("down to what is allowed", 1.0, 2.0, {"allowed_decrease": 0.5}, LOW, False),
    ("not as far down", 1.0, 2.0, {"allowed_decrease": 0.49}, PASS, False),
    ("critical at its bound", 2.0, 1.0, {"critical": True, "critical_increase": 2.0}, HIGH, True),
    ("critical just short of it", 2.0, 1.0, {"critical": True, "critical_increase": 2.01}, HIGH, False),
    ("critically low at its bound", 1.0, 2.0, {"critical": True, "critical_decrease": 0.5}, LOW, True),
    ("critically low just short of it", 1.0, 2.0, {"critical": True, "critical_decrease": 0.49}, LOW, False),
]


@pytest.mark.parametrize(
    ("says", "canary", "baseline", "keys", "label", "critical"), RATIOS, ids=[row[0] for row in RATIOS]
)
def test_a_ratio_counts_from_its_bound_on(
    says: str, canary: float, baseline: float, keys: dict, label: Label, critical: bool
) -> None:
    spreads = np.array([-0.25, -0.125, 0.0, 0.125, 0.25] * 4)
    found = classed(canary + spreads, baseline + spreads, Ask(**keys))
    assert (found.label, found.critical, found.effect) == (label, critical, canary / baseline)


def test_alike_points_have_an_effect_that_says_so() -> None:
    points = np.array([1.0, 2.0, 3.0])
    assert classed(points, points[::-1], Ask()).effect == 1.0
    assert classed(points, points[::-1], Ask(effect="cles")).effect == 0.5


DISPUTED = [
    ("#426: a few errors against none", [0.0, 1, 2, 1, 0, 0], [0.0] * 6, PASS),
    ("#6278: 7 of 10 points a hundredfold", [100.0] * 7 + [1.0] * 3, [1.0] * 10, PASS),
    ("#6278: 8 of 10 points a hundredfold", [100.0] * 8 + [1.0] * 2, [1.0] * 10, HIGH),
    ("#780: as high, far more variable", [10.0 + 3 * d for d in range(-9, 10)], [10.0 + 0.1 * d for d in range(-9, 10)],
     PASS),
    ("both constant, and different", [3.0] * 12, [2.0] * 12, HIGH),
    ("both constant, lower", [1.0] * 12, [2.0] * 12, LOW),
]


@pytest.mark.parametrize(("source", "canary", "baseline", "label"), DISPUTED, ids=[row[0] for row in DISPUTED])
def test_disputed_cases_come_out_as_they_did_for_those_who_complained(
    source: str, canary: list[float], baseline: list[float], label: Label
) -> None:
    assert classed(np.array(canary), np.array(baseline), Ask()).label is label


TRANSFORMS = [
    ("Remove Single NaN", [0, 1, NAN, 1, 0], {}, [0, 1, 1, 0]),
    ("Remove Multiple NaN", [NAN] * 3, {}, []),
    ("Replace NaN", [NAN, 1], {"nan": "replace"}, [0, 1]),
    ("IQR Empty Data", [], {"outliers": "remove"}, []),
    ("keep is the default", [21, 23, 24, 25, 50, 29, 23, 21], {}, [21, 23, 24, 25, 50, 29, 23, 21]),
    ("reduceSensitivity: the 99th percentile, R-7 since 2018, widens the fence", [1.0] * 97 + [20.0] * 3,
     {"outliers": "remove"}, [1.0] * 97 + [20.0] * 3),
    ("a single point far out is dropped", [1.0] * 200 + [20.0], {"outliers": "remove"}, [1.0] * 200),
    # 0 to 100 have their percentiles at themselves: fences at 25 - k 50 and 75 + k 50, but no narrower than 1 and 99.
    ("the 1st and the 99th percentile stay in", list(range(101)), {"outliers": "remove", "outlier_factor": 0.1},
     list(range(1, 100))),
    ("a fence at the points themselves keeps them", list(range(101)), {"outliers": "remove", "outlier_factor": 0.5},
     list(range(101))),
    ("a fence just short of them does not", list(range(101)), {"outliers": "remove", "outlier_factor": 0.495},
     list(range(1, 100))),
    ("points below zero have fences of their own", [one - 200 for one in range(101)],
     {"outliers": "remove", "outlier_factor": 0.5}, [one - 200 for one in range(101)]),
    ("missing points first, then outliers", [NAN] + [1.0] * 200 + [20.0], {"outliers": "remove"}, [1.0] * 200),
]


@pytest.mark.parametrize(("source", "points", "keys", "kept"), TRANSFORMS, ids=[row[0] for row in TRANSFORMS])
def test_points_are_prepared_as_transform_suite_says(
    source: str, points: list[float], keys: dict, kept: list[float]
) -> None:
    assert prepared(np.array(points, dtype=float), Ask(**keys)).tolist() == kept


def good(group: str = "g") -> tuple[str, Classed]:
    return group, Classed(label=PASS)


def bad(group: str = "g", label: Label = HIGH, *, critical: bool = False) -> tuple[str, Classed]:
    return group, Classed(label=label, critical=critical)


SCORES = [
    ("Single Metric Pass", [good()], {}, 100.0),
    ("Single Metric Fail", [bad()], {}, 0.0),
    ("One Group, Two Metrics", [good(), bad()], {}, 50.0),
    ("One Group, Three Metrics", [good(), bad(), bad(label=LOW)], {}, 33.33),
    ("Two Groups, Three Metrics", [good("a"), good("a"), bad("b")], {"a": 75, "b": 25}, 75.0),
    ("Two Groups, Equal Weight", [good("a"), bad("a"), bad("b")], {"a": 50, "b": 50}, 25.0),
    ("No Data", [bad(label=NODATA)], {}, 0.0),
    ("one good (normal), one fail (critical)", [good(), bad(critical=True)], {}, 0.0),
    ("one low (normal), one good (critical)", [bad(label=LOW), good()], {}, 50.0),
    ("critical Nodata", [good(), good(), bad(label=NODATA, critical=True)], {}, 0.0),
    ("half without data", [good(), bad(label=NODATA)], {}, 0.0),
    ("a third without data is left out", [good(), good(), bad(label=NODATA)], {}, 100.0),
    ("mustHaveData counts as failed", [good(), bad(label=NODATA_FAIL)], {}, 50.0),
    ("Error is left out", [good(), bad(), bad(label=Label.ERROR)], {}, 50.0),
    ("an all-Nodata group contributes its whole weight", [bad("a"), bad("a"), bad("b", NODATA)], {"a": 40, "b": 60},
     60.0),
    ("unlisted groups share the rest", [good("a"), bad("b"), good("c")], {"a": 50}, 75.0),
    ("rounded to two places", [good(), bad(), good()], {}, 66.67),
]


@pytest.mark.parametrize(("source", "metrics", "weights", "score"), SCORES, ids=[row[0] for row in SCORES])
def test_a_score_is_what_scorer_suite_says(source: str, metrics: list, weights: dict, score: float) -> None:
    assert scored(metrics, weights=weights).value == score


# GenerateCanaryAnalysisResultTaskTest: score, marginal, pass → whether the canary is good; no threshold is -inf here.
FINALS = [
    (95, -math.inf, -math.inf, Grade.PASS), (60, 75, 95, Grade.FAIL), (85, 75, -math.inf, Grade.PASS),
    (85, 75, 95, Grade.FAIL), (97, 75, 95, Grade.PASS),
]


@pytest.mark.parametrize(("score", "marginal", "passing", "grade"), FINALS)
def test_the_last_score_decides(score: float, marginal: float, passing: float, grade: Grade) -> None:
    assert concluded(score, passing=passing, marginal=marginal, final=True) is grade


def test_at_the_margin_the_workflow_fails_what_the_judge_calls_marginal() -> None:
    assert concluded(75, passing=95, marginal=75, final=False) is Grade.FAIL
    assert concluded(75.01, passing=95, marginal=75, final=False) is Grade.MARGINAL
    assert concluded(94.99, passing=95, marginal=75, final=False) is Grade.MARGINAL
    assert concluded(95, passing=95, marginal=75, final=False) is Grade.PASS


def test_the_interval_and_the_estimate_are_those_of_kayentas_suite() -> None:
    found = shift(np.array([10.0, 20.0, 30.0, 40.0]), np.array([1.0, 2.0, 3.0, 4.0]), confidence=0.95)
    # Brent's search stops within 1e-4 of a jump.
    assert (found.low, found.high) == pytest.approx((6.0, 39.0), abs=1e-4)
    assert found.estimate == pytest.approx(22.5, abs=2.0), "any shift between 20 and 26 has a rank sum at its mean"


numbers = st.lists(st.integers(-20, 20), min_size=4, max_size=25)


@given(numbers, numbers)
def test_the_rank_sum_is_scipys(x: list[int], y: list[int]) -> None:
    a, b = np.array(x, dtype=float), np.array(y, dtype=float)
    assume(len(set(x + y)) > 1)
    theirs = mannwhitneyu(a, b, method="asymptotic", use_continuity=True, alternative="two-sided")
    # Where the rank sum is at its mean scipy corrects all the same; its p-value is 1 either way.
    assert min(1.0, 2 * norm.sf(abs(standardized(a, b, 0.0)))) == pytest.approx(theirs.pvalue, rel=1e-9)
    assert common_language(a, b) == pytest.approx(theirs.statistic / (len(a) * len(b)), rel=1e-12)


@given(numbers, numbers)
def test_the_interval_holds_the_shifts_that_scipy_would_not_reject(x: list[int], y: list[int]) -> None:
    a, b = np.array(x, dtype=float), np.array(y, dtype=float)
    assume(len(set(x)) > 1 or len(set(y)) > 1)
    found = shift(a, b, confidence=0.95)
    assert found.low <= found.high + 2e-4
    for beyond in (found.low - 0.25, found.high + 0.25):
        if a.min() - b.max() < beyond < a.max() - b.min():
            assert mannwhitneyu(a - beyond, b, method="asymptotic").pvalue <= 0.05 + 1e-9


@given(numbers, numbers, st.integers(1, 30))
def test_moving_the_candidate_moves_the_interval_along(x: list[int], y: list[int], by: int) -> None:
    a, b = np.array(x, dtype=float), np.array(y, dtype=float)
    assume(len(set(x)) > 1 or len(set(y)) > 1)
    one, other = shift(a, b, confidence=0.98), shift(a + by, b, confidence=0.98)
    # Where the rank sum is constant over a stretch any point of it is a root; jumps of integer points are 1 apart.
    assert (other.low, other.high) == pytest.approx((one.low + by, one.high + by), abs=1.001)


@given(numbers, numbers)
def test_what_is_high_one_way_is_low_the_other(x: list[int], y: list[int]) -> None:
    a, b = np.array(x, dtype=float), np.array(y, dtype=float)
    ask = Ask(effect="cles")
    mirrored = {PASS: PASS, HIGH: LOW, LOW: HIGH}
    forward, backward = classed(a, b, ask), classed(-a, -b, ask)
    assume(forward.shift is not None and backward.shift is not None)
    # The search may end anywhere on a stretch where the rank sum is constant, so only clear cases must mirror.
    margin = min(abs(forward.shift.low), abs(forward.shift.high)) - 0.25 * abs(forward.shift.estimate)
    if abs(margin) > 1.5:
        assert backward.label is mirrored[forward.label]


def test_inputs_are_left_as_they_were() -> None:
    x, y = np.array([1.0, NAN, 50.0, 2.0]), np.array([1.0, 2.0, 3.0, 2.0])
    before = x.copy(), y.copy()
    classed(x, y, Ask(nan="replace", outliers="remove"))
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_an_effect_is_the_ratio_of_means_and_unknown_where_one_is_zero() -> None:
    assert effect_of(np.array([2.0, 4.0]), np.array([1.0, 2.0]), "mean-ratio") == 2.0
    assert math.isnan(effect_of(np.array([1.0]), np.array([0.0]), "mean-ratio"))


def test_equal_points_are_spread_without_chance_and_around_their_value() -> None:
    points = np.full(20, 7.0)
    assert (spread(points) == spread(points)).all()
    assert spread(points).mean() == pytest.approx(7.0, rel=1e-9)
    assert np.ptp(spread(points)) < 7.0 * 1e-4


def score_gate(**keys: object) -> CanaryScore:
    return CanaryScore.model_validate({
        "name": "score", "interval": "60s", "metrics": [{"metric": "x", "direction": "increase"}], **keys,
    })


def judged(gate: CanaryScore, pairs: list[tuple[Reading, Reading]], *, bake_ends: float = 1e6) -> list[Verdict]:
    """What it says at the end of every window of 10s."""
    state, said = gate.begin(), []
    for place, pair in enumerate(pairs):
        window = Look(
            start=10 * place * SECOND, end=10 * (place + 1) * SECOND, step=0, share=(0.9, 0.1), readings={"x": pair}
        )
        seen = evidence({"x": pair}, at=10 * (place + 1), bake_ends=bake_ends, looks=(window,))
        state, judgement = gate.step(state, seen)
        said.append(judgement)
    return said


def test_it_is_judged_once_an_interval_and_fails_at_once_below_the_margin() -> None:
    pairs = [(reading(1 + 0.01 * i), reading(3 + 0.01 * i)) for i in range(12)]
    said = judged(score_gate(), pairs)
    assert [one.verdict for one in said] == [Verdict.NO_DATA] * 5 + [Verdict.FAIL] * 7
    assert said[-1].because.startswith("score 0 ≤ 75, x high (×2.")


def test_an_equal_candidate_scores_a_hundred() -> None:
    pairs = [(reading(1 + 0.01 * (i % 5)), reading(1 + 0.01 * (i % 4))) for i in range(12)]
    said = judged(score_gate(), pairs)[-1]
    assert (said.verdict, said.value) == (Verdict.PASS, 100.0)


def test_what_is_marginal_waits_and_at_the_end_of_the_bake_does_not_pass() -> None:
    gate = score_gate(
        metrics=[{"metric": "x", "direction": "increase", "group": "a"}, {"metric": "y", "group": "b"}],
        groups={"a": 20, "b": 80},
    )
    state, said = gate.begin(), []
    for place in range(18):
        pair = {
            "x": (reading(1 + 0.01 * place), reading(3 + 0.01 * place)), "y": (reading(1 + place), reading(1 + place))
        }
        window = Look(start=10 * place * SECOND, end=10 * (place + 1) * SECOND, step=0, share=(0.9, 0.1), readings=pair)
        state, judgement = gate.step(state, evidence(pair, at=10 * (place + 1), bake_ends=150, looks=(window,)))
        said.append(judgement)
    assert [said[at].verdict for at in (6, 12, 14)] == [Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.FAIL]
    assert said[14].because.startswith("score 80 < 95, x high")


@pytest.mark.parametrize(("missing", "incumbent", "verdict", "says"), [
    ("hold", reading(1.0), Verdict.NO_DATA, "starved"), ("hold", NOTHING, Verdict.NO_DATA, "idle"),
    ("score", reading(1.0), Verdict.FAIL, "score 0 ≤ 75, x no data"),
])
def test_without_data_it_holds_or_scores_as_kayenta_and_never_passes(
    missing: str, incumbent: Reading, verdict: Verdict, says: str
) -> None:
    said = judged(score_gate(missing=missing), [(incumbent, NOTHING)] * 8)[-1]
    assert said.verdict is verdict
    assert says in said.because


def test_replacing_missing_points_does_not_pass_a_starved_candidate() -> None:
    gate = score_gate(metrics=[{"metric": "x", "direction": "increase", "nan": "replace"}])
    assert judged(gate, [(reading(1.0), NOTHING)] * 8)[-1].verdict is Verdict.NO_DATA


def test_a_lookback_forgets_what_is_older() -> None:
    pairs = [(reading(1.0), reading(9.0 + i)) for i in range(6)] + [
        (reading(1 + 0.01 * (i % 5)), reading(1 + 0.01 * (i % 4))) for i in range(12)
    ]
    assert judged(score_gate(over="1m"), pairs)[-1].verdict is Verdict.PASS
    assert judged(score_gate(), pairs[:8])[-1].verdict is Verdict.FAIL
