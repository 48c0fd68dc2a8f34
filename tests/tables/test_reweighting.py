"""What a group's odds have to weigh: in closed form, against training anew, and where no weight helps."""

import math
import re
from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

from sandbox.base.action import Adjust, Reweight, RollBack
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.decide.ramp.mitigating import heed, kinds_of, thresholds
from sandbox.decide.ramp.rates import ALL, FALSE, TRUE, above, gap
from sandbox.decide.ramp.reweighting import LEAST_WEIGHT, weights
from sandbox.decide.ramp.steps import Steps
from sandbox.world.block import Amendment, Opinion

BINS = 100
GROUPS = ("many", "few")
LOG_ODDS = np.linspace(-9.0, 9.0, 20_001)


def grades(
    *, low: float = 0.0, few_low: float = 0.0, rarer: float = 0.0, many: int = 60_000, few: int = 20_000
) -> np.ndarray[Any, Any]:
    """Cases whose true log odds are normal, those of the few `rarer` lower; scores lie `low` and `few_low` below."""
    table = np.zeros((2, 2, BINS), dtype=np.int64)
    for group, (n, below, centre) in enumerate(((many, low, 0.0), (few, few_low, -rarer))):
        weight = norm.pdf(LOG_ODDS, centre, 1.3)
        weight *= n / weight.sum()
        place = np.minimum((expit(LOG_ODDS - below) * BINS).astype(int), BINS - 1)
        for label, chance in enumerate((expit(-LOG_ODDS), expit(LOG_ODDS))):
            table[group, label] = np.round(np.bincount(place, weights=weight * chance, minlength=BINS))
    return table


@pytest.mark.parametrize("below", [0.2, 0.9, 1.5, -0.7])
@pytest.mark.parametrize("kinds", [(TRUE,), (FALSE,), (FALSE, TRUE), (ALL,), ()])
def test_log_odds_that_lie_lower_are_multiplied_back(below: float, kinds: tuple[int, ...]) -> None:
    found = dict(weights(grades(few_low=below), GROUPS, kinds=kinds, threshold=0.5))
    # Bins are a hundredth wide and count as their middle.
    assert found == {"few": pytest.approx(math.exp(below), rel=0.02)}


@pytest.mark.parametrize("low", [-0.5, 0.8])
def test_the_largest_group_keeps_its_scores_whatever_they_promise(low: float) -> None:
    found = dict(weights(grades(low=low, few_low=low + 0.6), GROUPS, kinds=(TRUE,), threshold=0.5))
    assert found == {"few": pytest.approx(math.exp(0.6), rel=0.02)}
    assert weights(grades(low=low, few_low=low), GROUPS, kinds=(TRUE,), threshold=0.5) == ()


def test_scores_that_mean_the_same_are_left_where_base_rates_differ() -> None:
    # Calibrated in both groups, and yet a gap: no weight may narrow it without making scores lie (Kleinberg et al.).
    table = grades(rarer=0.8)
    assert gap(above(table, at=[0.5, 0.5]), (TRUE,)) > 0.15
    assert weights(table, GROUPS, kinds=(TRUE,), threshold=0.5) == ()
    assert thresholds(table, GROUPS, kinds=(TRUE,), threshold=0.5) != (), "which a threshold does not mind"


def test_a_weight_that_would_widen_the_gap_that_failed_is_not_tried() -> None:
    # The few are rarer and promised too much: honest scores would be lower still, and more of their true cases refused.
    table = grades(rarer=0.8, few_low=-0.6)
    assert weights(table, GROUPS, kinds=(TRUE,), threshold=0.5) == ()
    assert dict(weights(table, GROUPS, kinds=(), threshold=0.5)) == {"few": pytest.approx(math.exp(-0.6), rel=0.02)}


@pytest.mark.parametrize(("below", "moves"), [(0.04, False), (0.06, True), (-0.04, False), (-0.06, True)])
def test_a_weight_of_a_twentieth_or_less_is_none(below: float, moves: bool) -> None:
    assert math.exp(0.04) < LEAST_WEIGHT < math.exp(0.06)
    assert bool(weights(grades(few_low=below), GROUPS, kinds=(), threshold=0.5)) is moves


def test_exactly_a_hundred_are_enough() -> None:
    table = grades(few_low=0.9)
    for label in (0, 1):
        table[1, label] = 0
        table[1, label, 30 + 20 * label] = 100
    assert weights(table, GROUPS, kinds=(), threshold=0.5) != ()
    table[1, 1, 50] = 99
    assert weights(table, GROUPS, kinds=(), threshold=0.5) == ()


@pytest.mark.parametrize("threshold", [0.2, 0.7])
def test_whether_a_gap_narrows_is_reckoned_where_the_candidate_decides(threshold: float) -> None:
    # Scores too low widen the gap in true cases wherever one decides; once they are raised, it is as good as gone.
    table = grades(few_low=0.9)
    found = dict(weights(table, GROUPS, kinds=(TRUE,), threshold=threshold))["few"]
    reached = threshold / (threshold + found * (1.0 - threshold))
    assert gap(above(table, at=[threshold, reached]), (TRUE,)) < 0.02 < gap(above(table, at=[threshold] * 2), (TRUE,))
    # Where everybody or nobody is decided yes there is no gap, and none to narrow.
    assert weights(table, GROUPS, kinds=(TRUE,), threshold=0.0) == ()
    assert weights(table, GROUPS, kinds=(TRUE,), threshold=1.0) == ()


def test_several_groups_are_told_one_by_one() -> None:
    two = grades(few_low=0.9)
    table = np.concatenate([two, grades(few_low=-0.7)[1:]])
    ramp = Steps.model_validate({"steps": ["5%"], "mitigation": "reweighting"})
    failed = Judgement(gate="fair", kind="g", verdict=Verdict.FAIL, because="+9pp > +5pp", value=9.0, bound=5.0, n=9)
    fine = Judgement(gate="other", kind="g", verdict=Verdict.PASS, because="fine", value=0.0, bound=5.0, n=9)
    for how, said in (("reweighting", "; odds of few ×2.4[0-9], rest ×0.49[0-9]?"),
                      ("thresholds", "; the others decide yes from 0.5, few from 0.[23][0-9], rest from 0.6[0-9]")):
        after, done = heed(
            ramp.model_copy(update={"mitigation": how}), Climb(Phase.CLIMBING, held_by="bakes"),
            Climb(Phase.ROLLED_BACK), RollBack("x"), failed={"fair": ("fairness.tpr_gap",)}, judgements=(fine, failed),
            grades=table, groups=("many", "few", "rest"), threshold=0.5, at=7,
        )
        assert re.fullmatch(re.escape("fair failed: +9pp > +5pp") + said, done.because), done.because
        assert after.held_by == ""


@pytest.mark.parametrize(("few", "known"), [(150, False), (250, True)])
def test_of_groups_with_fewer_than_a_hundred_true_or_false_cases_nothing_is_known(few: int, known: bool) -> None:
    table = grades(few_low=0.9, few=few)
    assert (int(table[1].sum(axis=1).min()) >= 100) is known
    assert bool(weights(table, GROUPS, kinds=(TRUE,), threshold=0.5)) is known


def test_a_threshold_is_reached_by_weighted_scores_where_the_gap_was_reckoned() -> None:
    table = grades(few_low=0.9)
    weight = dict(weights(table, GROUPS, kinds=(TRUE,), threshold=0.3))["few"]
    middles = (np.arange(BINS) + 0.5) / BINS
    yes = weight * middles / (1.0 - middles + weight * middles) >= 0.3
    counted = table[1, 1, yes].sum() / table[1, 1].sum()
    reached = 0.3 / (0.3 + weight * 0.7)
    assert above(table, at=[0.3, reached])[1, TRUE] == pytest.approx(counted, abs=table[1, 1].max() / table[1, 1].sum())


def test_it_is_what_training_with_weighted_true_cases_would_have_made_of_the_intercept() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(60_000, 2))
    true = rng.random(60_000) < expit(x @ [1.0, -0.6] - 0.5)
    plain = LogisticRegression(C=1e9, tol=1e-8).fit(x, true)
    weighed = LogisticRegression(C=1e9, tol=1e-8).fit(x, true, sample_weight=np.where(true, 2.5, 1.0))
    # Standard errors of an intercept and of slopes from 60,000 cases are about 0.01; three of both.
    assert weighed.intercept_ - plain.intercept_ == pytest.approx(math.log(2.5), abs=0.04)
    assert weighed.coef_ == pytest.approx(plain.coef_, abs=0.04)
    score = plain.predict_proba(x)[:, 1].astype(np.float32)
    after = amended(score, np.zeros(len(x), dtype=np.uint8), weight=2.5).score
    assert np.abs(after - weighed.predict_proba(x)[:, 1]).max() < 0.02


def amended(score: np.ndarray[Any, Any], group: np.ndarray[Any, Any], *, weight: float, since: int = 0) -> Opinion:
    at = np.arange(len(score))
    opinion = Opinion(score, score >= np.float32(0.5))
    nothing = np.float32(np.nan)
    one = Amendment(
        since, np.array([0.5, nothing], dtype=np.float32), np.array([weight, nothing], dtype=np.float32)
    )
    return one.amended(opinion, at=at, group=group)


def test_only_the_odds_of_the_group_and_of_those_who_come_later_are_multiplied() -> None:
    score = np.array([0.2, 0.2, 0.2, 0.4, 0.0, 1.0, np.nan], dtype=np.float32)
    group = np.array([0, 0, 1, 0, 0, 0, 0], dtype=np.uint8)
    after = amended(score, group, weight=4.0, since=1)
    # Odds of 1:4 become 1:1, of 2:3 become 8:3; certainty stays, and what comes to no number is no yes.
    assert after.score == pytest.approx([0.2, 0.5, 0.2, 8 / 11, 0.0, 1.0, np.nan], nan_ok=True)
    assert after.decision.tolist() == [False, True, False, True, False, True, False]


READS: list[tuple[set[str], tuple[int, ...]]] = [
    ({"fairness.fpr_gap"}, (FALSE,)),
    ({"fairness.tpr_gap"}, (TRUE,)),
    ({"fairness.tpr_gap{segment=eu}"}, (TRUE,)),
    ({"fairness.tpr_gap", "fairness.fpr_gap"}, (FALSE, TRUE)),
    ({"fairness.equalized_odds"}, (FALSE, TRUE)),
    ({"fairness.selection_ratio"}, (ALL,)),
    ({"fairness.selection_gap", "fairness.tpr_gap"}, (TRUE, ALL)),
    ({"fairness.calibration_gap"}, ()),
]


@pytest.mark.parametrize(("reads", "kinds"), READS, ids=[", ".join(sorted(row[0])) for row in READS])
def test_what_failed_says_which_rates_are_to_come_nearer(reads: set[str], kinds: tuple[int, ...]) -> None:
    assert kinds_of(reads) == kinds


HEEDS: list[tuple[str, str, str, dict[str, float], type[Any]]] = [
    ("a gap in rates from scores too low", "reweighting", "fairness.tpr_gap", {"few_low": 0.9}, Reweight),
    ("a gap in what scores promise", "reweighting", "fairness.calibration_gap", {"few_low": 0.9}, Reweight),
    ("a gap in rates from base rates", "reweighting", "fairness.tpr_gap", {"rarer": 0.8}, RollBack),
    ("a gap in rates from base rates, and thresholds", "thresholds", "fairness.tpr_gap", {"rarer": 0.8}, Adjust),
    ("a gap in what scores promise, and thresholds", "thresholds", "fairness.calibration_gap", {"few_low": 0.9},
     RollBack),
]


@pytest.mark.parametrize(("says", "how", "metric", "keys", "does"), HEEDS, ids=[row[0] for row in HEEDS])
def test_each_mitigation_is_tried_where_it_can_mend(
    says: str, how: str, metric: str, keys: dict[str, float], does: type[Any]
) -> None:
    ramp = Steps.model_validate({"steps": ["5%"], "mitigation": how})
    failed = Judgement(gate="fair", kind="g", verdict=Verdict.FAIL, because="+9pp > +5pp", value=9.0, bound=5.0, n=9)
    gone = Climb(Phase.ROLLED_BACK, 0, 7)
    after, done = heed(
        ramp, Climb(Phase.CLIMBING), gone, RollBack("fair failed at step 5%: +9pp > +5pp"),
        failed={"fair": (metric,)}, judgements=(failed,),
        grades=grades(**keys), groups=GROUPS, threshold=0.5, at=7,  # type: ignore[arg-type]
    )
    assert isinstance(done, does)
    if isinstance(done, RollBack):
        what = "weight" if how == "reweighting" else "threshold"
        assert done.because == f"fair failed at step 5%, and no {what} of a group is known to narrow it: +9pp > +5pp"
        assert after == gone
    if isinstance(done, Reweight):
        assert done.because.startswith("fair failed: +9pp > +5pp; odds of few ×2.4")
        assert after == Climb(Phase.CLIMBING, 0, 7, weights=done.weights), "the step begins anew"
        again, back = heed(
            ramp, after, gone, RollBack("again"), failed={"fair": (metric,)}, judgements=(failed,),
            grades=grades(**keys), groups=GROUPS, threshold=0.5, at=9,  # type: ignore[arg-type]
        )
        assert (again, back) == (gone, RollBack("again")), "once"
