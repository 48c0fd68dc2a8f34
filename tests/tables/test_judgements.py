"""Whole judgements of the gates that ask one arm or the split: verdict, reason, numbers; each boundary from both sides.

Intervals are written out here as Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas give them (Annals of Statistics 52(6),
2024, theorem 2.2 and appendix B.2); quantiles are scipy's.
"""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln

from sandbox.base.reading import NOTHING, ByUser, Evidence, Look, Measure, Null, Reading, Unit
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.burn_budget import BurnBudget
from sandbox.decide.gates.calibration import Calibration
from sandbox.decide.gates.fairness import Fairness
from sandbox.decide.gates.forecast import Forecast
from sandbox.decide.gates.shift import Shift
from sandbox.decide.gates.srm import Srm

PASS, FAIL, OPEN, NONE, ERROR = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NO_DATA, Verdict.ERROR


def half_of(error: float, n: int, alpha: float, *, sides: int) -> float:
    """Half of the asymptotic confidence sequence, tightest at 5,000 observations."""
    level = alpha if sides == 2 else 2 * alpha
    rho2 = (-2 * math.log(level) + math.log(1 - 2 * math.log(level))) / 5_000
    root = math.sqrt(n * rho2 + 1)
    inside = math.log(root / alpha) if sides == 2 else math.log(1 + root / (2 * alpha))
    return error * math.sqrt(2 * (n * rho2 + 1) / (n * rho2) * inside)


def evidence(
    readings: dict[str, tuple[Reading, ...]], *, step: int = 0, share: float = 0.1, unit: Unit = "share",
    looks: tuple[Look, ...] = (),
) -> Evidence:
    return Evidence(
        at=0, arm=1, step=step, share=share, step_started=0, bake_ends=20, merged=readings, looks=looks,
        measures={name: Measure(name=name, unit=unit, lower_is_better=True) for name in readings},
    )


def numbers(judgement: Judgement) -> tuple[Any, ...]:
    return judgement.verdict, judgement.because, judgement.value, judgement.bound, judgement.n


# shift


CHI9 = Null(scale=1e-3, freedom=9)


def bound_of(look: int, step: int = 0) -> float:
    """Yurdakul: scale times the chi-squared quantile; alpha 5%, 1/2 of it for the first step, 6/(pi j)² for look j."""
    alpha = 0.05 / ((step + 1) * (step + 2)) * 6 / (math.pi * look) ** 2
    return 1e-3 * float(stats.chi2.isf(alpha, 9))


def psi(value: float, n: int = 1_000, null: Null | None = CHI9) -> Evidence:
    return evidence({"drift.psi": (Reading(value=0.0, n=n), Reading(value=value, n=n, null=null))}, unit="index")


def shift(**keys: Any) -> Shift:
    return Shift.model_validate({"name": "s", "metric": "drift.psi", "most": 0.01} | keys)


def test_a_shift_is_judged_by_chance_and_alpha_is_spent_look_by_look() -> None:
    gate = shift()
    state = gate.begin()
    for look in (1, 2, 3):
        bound = bound_of(look)
        assert bound > 0.01
        state, said = gate.step(state, psi(bound * (1 - 1e-9)))
        assert (said.verdict, said.value, said.n) == (PASS, bound * (1 - 1e-9), 1_000)
        assert said.bound == pytest.approx(bound, rel=1e-9)
        assert said.because == f"{bound:.3g} ≤ {bound:.3g} (chance)"
    bound = bound_of(4)
    state, said = gate.step(state, psi(2 * bound))
    assert numbers(said) == (FAIL, f"{2 * bound:.3g} > {bound:.3g} (chance)", 2 * bound, said.bound, 1_000)
    assert said.bound == pytest.approx(bound, rel=1e-9)


def test_a_later_step_has_less_of_alpha() -> None:
    at = evidence({"drift.psi": (NOTHING, Reading(value=0.02, n=1_000, null=CHI9))}, step=2, unit="index")
    assert shift().step(shift().begin(), at)[1].bound == pytest.approx(bound_of(1, step=2), rel=1e-9)


@pytest.mark.parametrize(("value", "verdict", "because"), [
    (0.1, PASS, "0.1 ≤ 0.1 (matters)"), (0.0999, PASS, "0.0999 ≤ 0.1 (matters)"),
    (0.101, FAIL, "0.101 > 0.1 (matters)"),
])
def test_what_is_too_small_to_matter_passes_however_sure(value: float, verdict: Verdict, because: str) -> None:
    _, said = shift(most=0.1).step(shift().begin(), psi(value))
    assert numbers(said) == (verdict, because, value, 0.1, 1_000)


def test_a_shift_must_be_found_so_many_looks_in_a_row() -> None:
    gate, state = shift(most=0.1, failures=3), shift().begin()
    said = []
    for value in (0.2, 0.2, 0.05, 0.2, 0.2, 0.2, 0.2):
        state, one = gate.step(state, psi(value))
        said.append((one.verdict, one.because))
    found = "0.2 > 0.1 (matters)"
    assert said == [
        (OPEN, f"{found}, 1 of 3 looks in a row"), (OPEN, f"{found}, 2 of 3 looks in a row"),
        (PASS, "0.05 ≤ 0.1 (matters)"), (OPEN, f"{found}, 1 of 3 looks in a row"),
        (OPEN, f"{found}, 2 of 3 looks in a row"), (FAIL, found), (FAIL, found),
    ]


@pytest.mark.parametrize(("at", "n"), [(psi(0.5, n=99), 99), (psi(0.5, null=None), 1_000), (psi(math.nan), 1_000)])
def test_a_shift_without_enough_to_judge_is_no_look(at: Evidence, n: int) -> None:
    before = shift().begin()
    state, said = shift().step(before, at)
    assert state == before
    assert numbers(said) == (NONE, f"n {n:,} < 100", None, None, n)
    assert shift().step(before, psi(0.5, n=100))[1].verdict is FAIL


# calibration


def by_user(buckets: int, each: int, value: float, spread: float = 0.0) -> ByUser:
    """Equal buckets of users whose means differ by `spread` up and down."""
    n = np.zeros(64)
    n[:buckets] = each
    means = value + spread * np.where(np.arange(64) % 2, 1.0, -1.0)
    return ByUser(n=n, total=n * means)


def offset(value: float, *, n: int = 6_400, error: float = 1e-3, users: ByUser | None = None) -> Evidence:
    name = "quality.calibration.in_the_large"
    return evidence({name: (NOTHING, Reading(value=value, n=n, error=error, by_user=users))})


def calibration(**keys: Any) -> Calibration:
    return Calibration.model_validate({"name": "c", "most": "3%"} | keys)


HALF = half_of(1e-3, 6_400, 0.025, sides=2)


@pytest.mark.parametrize(("value", "verdict", "where"), [
    (0.0, PASS, "is within"), (0.03 - HALF * 1.001, PASS, "is within"), (-0.03 + HALF * 1.001, PASS, "is within"),
    (0.03 - HALF * 0.999, OPEN, "straddles"), (0.03 + HALF * 0.999, OPEN, "straddles"),
    (0.03 + HALF * 1.001, FAIL, "is beyond"), (-0.03 - HALF * 1.001, FAIL, "is beyond"),
])
def test_calibration_turns_at_its_bound_give_or_take_the_interval(value: float, verdict: Verdict, where: str) -> None:
    _, said = calibration().step(False, offset(value))
    off = f"{'+' if value >= 0 else '−'}{100 * abs(value):.3g}pp"
    because = f"mean score off by {off} ± {100 * HALF:.3g}pp, {where} ±3pp by user"
    assert numbers(said) == (verdict, because, value, math.copysign(0.03, value), 6_400)


def test_a_failure_of_calibration_does_not_fade_within_its_step() -> None:
    state, _ = calibration().step(False, offset(0.1))
    assert state
    assert calibration().step(state, offset(0.0))[1].verdict is FAIL


def test_the_error_of_calibration_is_that_of_users_unless_requests_are_the_unit() -> None:
    users = by_user(64, 100, 0.0, spread=0.01)
    clustered = 0.01 / math.sqrt(63)  # the spread of 64 means about theirs, over the root of 64
    _, said = calibration(most="1%").step(False, offset(0.0, users=users))
    half = half_of(clustered, 6_400, 0.025, sides=2)
    because = f"mean score off by +0pp ± {100 * half:.3g}pp, is within ±1pp by user"
    assert (said.verdict, said.because) == (PASS, because)
    _, said = calibration(most="1%", unit="request").step(False, offset(0.0, users=users))
    assert said.because == f"mean score off by +0pp ± {100 * HALF:.3g}pp, is within ±1pp by request"


@pytest.mark.parametrize(("keys", "at", "because"), [
    ({}, offset(0.5, n=99), "n 99 < 100"), ({}, offset(0.5, error=math.nan), "n 6,400 < 100"),
    ({}, offset(math.nan), "n 6,400 < 100"),
    ({}, offset(0.5, users=by_user(9, 700, 0.5)),
     "too few users: they weigh like 9.0 equal groups, 10 are needed"),
])
def test_calibration_without_enough_to_judge_says_why(keys: dict[str, Any], at: Evidence, because: str) -> None:
    reading = at.merged["quality.calibration.in_the_large"][1]
    state, said = calibration(**keys).step(False, at)
    assert not state
    assert numbers(said) == (NONE, because, None, None, reading.n)


def test_ten_equal_buckets_of_users_and_a_hundred_requests_are_just_enough() -> None:
    assert calibration().step(False, offset(0.5, users=by_user(10, 640, 0.5)))[1].verdict is FAIL
    assert calibration(unit="request").step(False, offset(0.5, users=by_user(2, 3_200, 0.5)))[1].verdict is FAIL
    assert calibration().step(False, offset(0.5, n=100))[1].verdict is FAIL


# fairness


def gaps(old: Reading, new: Reading, *, step: int = 0, rates: tuple[str, ...] = ("tpr", "fpr")) -> Evidence:
    return evidence({f"fairness.{rate}_gap": (old, new) for rate in rates}, step=step)


def gap(value: float, *, n: int = 5_000, error: float = 0.005) -> Reading:
    return Reading(value=value, n=n, error=error)


def fairness(**keys: Any) -> Fairness:
    return Fairness.model_validate({"name": "f", "gap": "10%", "worse": "5%"} | keys)


OWN = half_of(0.005, 5_000, 0.025 / 4, sides=1)
BOTH = half_of(0.005 * math.sqrt(2), 10_000, 0.025 / 4, sides=1)


@pytest.mark.parametrize(("old", "new", "verdict", "label", "value", "half", "sign", "bound"), [
    (0.05, 0.05, PASS, "tpr gap against the incumbent's", 0.0, BOTH, "≤", 0.05),
    (0.07, 0.1 - OWN * 1.001, PASS, "tpr gap", 0.1 - OWN * 1.001, OWN, "≤", 0.1),
    (0.07, 0.1 - OWN * 0.999, OPEN, "tpr gap", 0.1 - OWN * 0.999, OWN, "straddles", 0.1),
    (0.09, 0.1 + OWN * 0.999, OPEN, "tpr gap", 0.1 + OWN * 0.999, OWN, "straddles", 0.1),
    (0.09, 0.1 + OWN * 1.001, FAIL, "tpr gap", 0.1 + OWN * 1.001, OWN, ">", 0.1),
    (0.0, 0.05 + BOTH * 1.01, FAIL, "tpr gap against the incumbent's", 0.05 + BOTH * 1.01, BOTH, ">", 0.05),
    (0.0, 0.05 + BOTH * 0.99, OPEN, "tpr gap against the incumbent's", 0.05 + BOTH * 0.99, BOTH, "straddles", 0.05),
])
def test_fairness_turns_on_its_worst_question(
    old: float, new: float, verdict: Verdict, label: str, value: float, half: float, sign: str, bound: float
) -> None:
    _, said = fairness().step(fairness().begin(), gaps(gap(old), gap(new)))
    because = f"{label} +{100 * value:.3g}pp ± {100 * half:.3g}pp {sign} +{100 * bound:.3g}pp"
    assert (said.verdict, said.because, said.bound, said.n) == (verdict, because, bound, 10_000)
    assert said.value == pytest.approx(value, abs=1e-12)


def test_one_rate_alone_asks_two_questions_and_so_has_more_of_alpha_each() -> None:
    half = half_of(0.005, 5_000, 0.05 / 6 / 2, sides=1)
    gate = fairness(metric="fairness.fpr_gap")
    assert gate.reads == ("fairness.fpr_gap",)
    _, said = gate.step(gate.begin(), gaps(gap(0.09), gap(0.09), step=1, rates=("fpr",)))
    assert said.because == f"fpr gap +9pp ± {100 * half:.3g}pp straddles +10pp"


def test_an_unfairness_found_once_does_not_fade_within_its_step() -> None:
    state, said = fairness().step(fairness().begin(), gaps(gap(0.0), gap(0.3)))
    assert said.verdict is FAIL
    state, said = fairness().step(state, gaps(gap(0.0), gap(0.0)))
    assert said.verdict is FAIL
    assert said.because.endswith("near +5pp; was beyond it earlier in this step") or said.because.endswith(
        "near +10pp; was beyond it earlier in this step"
    )
    assert state.failed


@pytest.mark.parametrize(("old", "new"), [
    (gap(0.0), NOTHING), (NOTHING, gap(0.0)), (gap(0.0), gap(0.0, error=math.nan)), (gap(0.0), gap(math.nan)),
])
def test_a_gap_that_cannot_be_told_is_no_data(old: Reading, new: Reading) -> None:
    state, said = fairness().step(fairness().begin(), gaps(old, new))
    because = "fewer than 100 true and 100 false cases in each group"
    assert numbers(said) == (NONE, because, None, None, old.n + new.n)
    assert not state.failed


# forecast


def accuracy(
    value: float, *, n: int = 5_000, error: float = 0.004, step: int = 0, users: ByUser | None = None
) -> Evidence:
    return evidence({"quality.accuracy": (NOTHING, Reading(value=value, n=n, error=error, by_user=users))}, step=step)


def forecast(**keys: Any) -> Forecast:
    return Forecast.model_validate({"name": "p", "metric": "quality.accuracy", "low": 0.8, "high": 0.85} | keys)


WIDTH = half_of(0.004, 5_000, 0.025, sides=2)


@pytest.mark.parametrize(("value", "verdict", "where", "bound"), [
    (0.8, PASS, "inside", 0.8), (0.82, PASS, "inside", 0.8), (0.84, PASS, "inside", 0.85), (0.85, PASS, "inside", 0.85),
    (0.8 - WIDTH * 0.999, OPEN, "outside", 0.8), (0.85 + WIDTH * 0.999, OPEN, "outside", 0.85),
    (0.8 - WIDTH * 1.001, FAIL, "outside", 0.8), (0.85 + WIDTH * 1.001, FAIL, "outside", 0.85),
])
def test_a_forecast_fails_on_either_side(value: float, verdict: Verdict, where: str, bound: float) -> None:
    _, said = forecast().step(None, accuracy(value))
    because = f"{100 * value:.3g}% ± {100 * WIDTH:.3g}% {where} the promised 80% to 85%"
    assert numbers(said) == (verdict, because, value, bound, 5_000)


def test_a_forecast_with_one_end_knows_no_other() -> None:
    for keys, value, verdict, bound in (
        ({"high": None}, 0.99, PASS, 0.8), ({"high": None}, 0.7, FAIL, 0.8), ({"low": None}, 0.1, PASS, 0.85),
        ({"low": None}, 0.95, FAIL, 0.85),
    ):
        _, said = forecast(**keys).step(None, accuracy(value))
        assert (said.verdict, said.bound) == (verdict, bound)
        assert said.because.endswith("the promised 80%" if "high" in keys else "the promised 85%")


def test_a_forecast_spends_less_at_a_later_step_and_counts_users() -> None:
    later = half_of(0.004, 5_000, 0.05 / 12, sides=2)
    assert f"± {100 * later:.3g}%" in forecast().step(None, accuracy(0.7, step=2))[1].because
    clustered = half_of(0.05 / math.sqrt(63), 6_400, 0.025, sides=2)
    at = accuracy(0.7, n=6_400, users=by_user(64, 100, 0.7, spread=0.05))
    assert f"± {100 * clustered:.3g}%" in forecast().step(None, at)[1].because


@pytest.mark.parametrize(("keys", "at", "verdict", "because"), [
    ({}, accuracy(0.1, n=99), NONE, "n 99 < 100"), ({}, accuracy(0.1, error=math.nan), NONE, "n 5,000 < 100"),
    ({}, accuracy(math.nan), NONE, "n 5,000 < 100"),
    ({"low": None, "high": None}, accuracy(0.1), ERROR, "no interval was promised for it"),
])
def test_a_forecast_without_enough_to_judge_says_why(
    keys: dict[str, Any], at: Evidence, verdict: Verdict, because: str
) -> None:
    _, said = forecast(**keys).step(None, at)
    assert numbers(said) == (verdict, because, None, None, at.merged["quality.accuracy"][1].n)
    assert forecast().step(None, accuracy(0.1, n=100))[1].verdict is FAIL


# the split


def look(hits: tuple[int, int], *, share: tuple[float, float] = (0.9, 0.1), step: int = 0, of: str = "users") -> Look:
    readings = tuple(Reading(value=0.0, n=sum(hits), hits=one) for one in hits)
    return Look(start=0, end=1, step=step, share=share, readings={f"traffic.{of}": readings})


def split(*looks: Look, step: int = 0, share: float = 0.1) -> Evidence:
    return evidence({}, step=step, share=share, looks=looks)


def srm(**keys: Any) -> Srm:
    return Srm.model_validate({"name": "srm"} | keys)


def log_dirichlet(counts: tuple[int, int], share: tuple[float, float]) -> float:
    """Lindon, Malek: the Dirichlet-multinomial with 1,000 prior counts against the multinomial."""
    prior = 1_000 * np.array(share)
    s = np.array(counts, dtype=float)
    mixture = gammaln(1_000) - gammaln(1_000 + s.sum()) + float((gammaln(prior + s) - gammaln(prior)).sum())
    return float(mixture - (s * np.log(share)).sum())


def test_a_split_as_set_passes_and_says_how_many_went_where() -> None:
    state, said = srm().step(srm().begin(), split(look((900, 100)), look((905, 95))))
    assert state.counts == (1_805, 195)
    strongest = max(0.0, log_dirichlet((1_805, 195), (0.9, 0.1)))
    p = math.exp(-strongest)
    assert numbers(said) == (PASS, f"9.75% of users, set 10%, p {p:.2g}", 0.0975, 0.1, 2_000)


def test_a_split_that_is_not_what_was_set_blames_the_split_for_the_rest_of_the_flight() -> None:
    counts = (800, 200)
    strength = log_dirichlet(counts, (0.9, 0.1))
    assert strength > -math.log(0.001)
    state, said = srm().step(srm().begin(), split(look(counts)))
    because = f"the split is not what was set: 20% of users, set 10%, p {math.exp(-strength):.2g}"
    assert numbers(said) == (ERROR, because, 0.2, 0.1, 1_000)
    state, said = srm().step(state, split(look((90_000, 10_000))))
    assert (said.verdict, said.because, said.n) == (ERROR, because, 101_000)
    state, said = srm().step(state, split(look((500, 500), share=(0.5, 0.5), step=1), step=1, share=0.5))
    assert (said.verdict, said.because) == (ERROR, because)


def test_the_split_is_judged_at_its_alpha_and_by_its_strongest_evidence() -> None:
    counts = next((900 - k, 100 + k) for k in range(100) if log_dirichlet((900 - k, 100 + k), (0.9, 0.1)) > 3.5)
    strength = log_dirichlet(counts, (0.9, 0.1))
    assert srm(alpha=f"{101 * math.exp(-strength)}%").step(srm().begin(), split(look(counts)))[1].verdict is ERROR
    gate = srm(alpha=f"{99 * math.exp(-strength)}%")
    state, said = gate.step(gate.begin(), split(look(counts)))
    assert said.verdict is PASS
    state, said = gate.step(state, split(look((900, 100))))
    assert said.because.endswith(f"p {math.exp(-strength):.2g}"), "evidence once seen is not forgotten"


def test_counting_begins_anew_when_shares_are_set_anew_and_leaves_out_other_steps() -> None:
    gate = srm()
    state, _ = gate.step(gate.begin(), split(look((900, 100))))
    state, said = gate.step(state, split(
        look((905, 95)), look((500, 500), share=(0.5, 0.5), step=1), step=1, share=0.5,
    ))
    assert state.counts == (500, 500)
    assert (said.verdict, said.n, said.value, said.bound) == (PASS, 1_000, 0.5, 0.5)


@pytest.mark.parametrize(("at", "verdict", "because", "n"), [
    (split(look((90, 9))), NONE, "n 99 < 100", 99), (split(), NONE, "n 0 < 100", 0),
    (split(look((0, 500), share=(0.0, 1.0)), share=1.0), PASS, "nobody is drawn at this share", 500),
    (split(look((500, 0), share=(1.0, 0.0)), share=0.0), PASS, "nobody is drawn at this share", 500),
])
def test_a_split_that_says_nothing_yet_says_so(at: Evidence, verdict: Verdict, because: str, n: int) -> None:
    assert numbers(srm().step(srm().begin(), at)[1]) == (verdict, because, None, None, n)
    assert srm().step(srm().begin(), split(look((90, 10))))[1].verdict is PASS


def test_requests_are_counted_where_they_are_the_unit() -> None:
    gate = srm(unit="request")
    assert gate.reads == ("traffic.share",)
    assert srm().reads == ("traffic.users",)
    _, said = gate.step(gate.begin(), split(look((900, 100), of="share")))
    assert said.because == "10% of requests, set 10%, p 1"


# the error budget


def failures(hits: int, n: int = 1_000, others: int = 9_000) -> Evidence:
    readings = (Reading(value=0.0, n=others, hits=0), Reading(value=hits / n if n else math.nan, n=n, hits=hits))
    return evidence({"failures.rate": readings})


@pytest.mark.parametrize(("hits", "verdict", "because", "value"), [
    # 0.5% of 10,000 requests may fail: 50; the candidate may burn half of them.
    (25, PASS, "25 bad of 50 allowed: 50% ≤ 50% of the step's budget", 0.5),
    (26, FAIL, "26 bad of 50 allowed: 52% > 50% of the step's budget", 0.52),
    (0, PASS, "0 bad of 50 allowed: 0% ≤ 50% of the step's budget", 0.0),
])
def test_a_budget_is_burned_by_what_all_requests_may_fail(
    hits: int, verdict: Verdict, because: str, value: float
) -> None:
    gate = BurnBudget.model_validate({"name": "b", "metric": "failures.rate", "objective": "99.5%", "budget": "50%"})
    _, said = gate.step(None, failures(hits))
    assert numbers(said) == (verdict, because, pytest.approx(value), 0.5, 1_000)


@pytest.mark.parametrize(("at", "n"), [(failures(50, n=99), 99), (failures(0, n=0), 0)])
def test_a_budget_without_requests_of_the_candidate_is_no_data(at: Evidence, n: int) -> None:
    gate = BurnBudget.model_validate({"name": "b"})
    assert numbers(gate.step(None, at)[1]) == (NONE, f"candidate n {n} < 100", None, None, n)
    assert gate.step(None, failures(50, n=100))[1].verdict is FAIL
