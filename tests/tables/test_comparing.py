"""Where the comparing gates and their companions turn, row by row."""

import math

import numpy as np
import pytest

from sandbox.base.reading import NOTHING, ByUser, Evidence, Look, Measure, Null, Reading
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.gates.asking import Asking
from sandbox.decide.gates.better import Better
from sandbox.decide.gates.burn_budget import BurnBudget
from sandbox.decide.gates.calibration import Calibration
from sandbox.decide.gates.exposure_budget import ExposureBudget
from sandbox.decide.gates.fairness import Fairness
from sandbox.decide.gates.forecast import Forecast
from sandbox.decide.gates.no_worse import NoWorse
from sandbox.decide.gates.shift import Shift
from sandbox.decide.gates.srm import Srm
from sandbox.decide.gates.starving import silence
from sandbox.decide.gates.threshold import Threshold
from sandbox.decide.judging import sharing, together

PASS, FAIL, OPEN, NONE, BROKEN = (
    Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NO_DATA, Verdict.ERROR
)


def events(n: int, hits: int, firsts: int | None = None) -> Reading:
    each = np.full(64, 1 / 64)
    return Reading(
        value=hits / n, n=n, hits=hits, error=math.sqrt(max(hits, 1)) / n,
        by_user=ByUser(n * each, hits * each, hits if firsts is None else firsts),
    )


def evidence(
    name: str, old: Reading, new: Reading, *, share: float = 0.5, step: int = 0, lower: bool = True, look: bool = True
) -> Evidence:
    people = tuple(Reading(value=0.5, n=2_000, hits=1_000) for _ in range(2))
    readings = {name: (old, new), "traffic.users": people}
    one = Look(start=0, end=1, step=step, share=(1 - share, share), readings=readings)
    return Evidence(
        at=10, arm=1, step=step, share=share, step_started=100 * step, bake_ends=100 * step + 20, merged=readings,
        measures={name: Measure(name=name, unit="share", lower_is_better=lower)}, looks=(one,) if look else (),
    )


def no_worse(**keys: object) -> NoWorse:
    return NoWorse.model_validate({"metric": "errors.rate", "name": "x", **keys})


TURNS = [
    ({"margin": "20%"}, events(50_000, 1_000), events(50_000, 2_000), FAIL, ">"),
    ({"margin": "20%"}, events(50_000, 1_000), events(50_000, 900), PASS, "≤"),
    ({"margin": "20%"}, events(50_000, 100), events(50_000, 105), OPEN, "not yet surely ≤ +20% (p "),
    ({"margin": "1pp"}, events(50_000, 0), events(50_000, 0), PASS, "≤ +1pp"),
    ({"margin": "1pp"}, events(150, 0), events(150, 0), OPEN, "not yet surely ≤ +1pp (p "),
    ({"margin": "20%"}, events(50_000, 0), events(50_000, 0), NONE, "no event yet"),
    ({"margin": "20%"}, events(50_000, 0), events(50_000, 400), FAIL, ">"),
    ({"margin": "20%"}, events(50_000, 10), events(99, 1), NONE, "candidate n 99 < 100"),
    ({"margin": "20%"}, events(50_000, 10), NOTHING, NONE, "candidate n 0 < 100"),
    ({"margin": "20%", "unit": "request"}, events(50_000, 1_000), events(50_000, 2_000), FAIL, "by request"),
]


@pytest.mark.parametrize(("keys", "old", "new", "verdict", "says"), TURNS)
def test_no_worse_turns_on_events(keys: dict, old: Reading, new: Reading, verdict: Verdict, says: str) -> None:
    gate = no_worse(**keys)
    _, judgement = gate.step(gate.begin(), evidence("errors.rate", old, new))
    assert judgement.verdict is verdict, judgement.because
    assert says in judgement.because


def test_a_judgement_by_user_says_so_and_n_is_what_it_rests_on() -> None:
    gate = no_worse()
    _, judgement = gate.step(gate.begin(), evidence("errors.rate", events(50_000, 1_000), events(50_000, 2_000)))
    assert judgement.n == 100_000
    assert judgement.because.endswith("by user")


def test_first_events_find_what_is_rare_before_means_can() -> None:
    # Eight of eight first errors on a tenth of the users: chance 1e-8 under equal rates.
    gate = no_worse(margin="0%")
    _, judgement = gate.step(gate.begin(), evidence("errors.rate", events(9_000, 0), events(1_000, 8), share=0.1))
    assert judgement.verdict is FAIL
    assert judgement.log_evidence is not None
    assert judgement.log_evidence >= math.log(20)


def test_a_pass_at_one_step_is_not_a_pass_at_the_next() -> None:
    gate = no_worse(margin="20%")
    state, judgement = gate.step(gate.begin(), evidence("errors.rate", events(50_000, 1_000), events(50_000, 900)))
    assert judgement.verdict is PASS
    new = evidence("errors.rate", events(200, 4), events(200, 4), step=1)
    _, judgement = gate.step(state, new)
    assert judgement.verdict in (OPEN, NONE)


def test_what_was_seen_at_earlier_steps_counts_against_a_candidate_at_later_ones() -> None:
    gate = no_worse(margin="0%")
    state = gate.begin()
    verdicts = []
    for step in range(4):
        state, judgement = gate.step(state, evidence("errors.rate", events(4_000, 40), events(4_000, 62), step=step))
        verdicts.append(judgement.verdict)
    assert verdicts[0] is not FAIL
    assert verdicts[-1] is FAIL


def test_a_shadow_is_compared_by_what_was_answered() -> None:
    gate = no_worse(margin="20%")
    seen = evidence("errors.rate", events(50_000, 1_000, 0), events(50_000, 2_000, 0), share=0.0)
    _, judgement = gate.step(gate.begin(), seen)
    assert judgement.verdict is FAIL


def test_an_always_valid_test_refuses_a_stretch() -> None:
    with pytest.raises(ValueError, match="reads all there is"):
        no_worse(over="5m")


@pytest.mark.parametrize(
    ("by", "new", "verdict"), [("0%", 500, PASS), ("0%", 2_000, FAIL), ("0%", 1_000, OPEN), ("60%", 500, FAIL)]
)
def test_better_turns_where_the_candidate_is_surely_better(by: str, new: int, verdict: Verdict) -> None:
    gate = Better.model_validate({"metric": "errors.rate", "name": "x", "by": by})
    _, judgement = gate.step(gate.begin(), evidence("errors.rate", events(50_000, 1_000), events(50_000, new)))
    assert judgement.verdict is verdict, judgement.because


def people(gate: Srm, old: int, new: int, *, share: float = 0.1, state: object = None) -> tuple[object, Judgement]:
    n = old + new
    reading = tuple(Reading(value=k / n, n=n, hits=k) for k in (old, new))
    look = Look(start=0, end=1, step=0, share=(1 - share, share), readings={"traffic.users": reading})
    seen = Evidence(
        at=10, arm=1, step=0, share=share, step_started=0, bake_ends=20, merged={"traffic.users": reading},
        measures={}, looks=(look,),
    )
    return gate.step(state or gate.begin(), seen)


@pytest.mark.parametrize(
    ("old", "new", "verdict"), [(9_000, 1_000, PASS), (8_900, 1_100, PASS), (8_700, 1_300, BROKEN), (50, 5, NONE)]
)
def test_srm_turns_where_the_split_is_surely_not_what_was_set(old: int, new: int, verdict: Verdict) -> None:
    _, judgement = people(Srm(name="x"), old, new)
    assert judgement.verdict is verdict, judgement.because


def test_a_mismatch_is_not_forgotten() -> None:
    gate = Srm(name="x")
    state, _ = people(gate, 8_700, 1_300)
    _, judgement = people(gate, 90_000, 10_000, state=state)
    assert judgement.verdict is BROKEN


def test_a_shift_must_be_more_than_chance_and_more_than_nothing() -> None:
    gate = Shift(name="x", minimum=100)

    def verdict_of(value: float, n: int) -> Verdict:
        reading = Reading(value=value, n=n, null=Null(scale=1 / n + 1 / 20_000, freedom=9, among=8))
        seen = Evidence(
            at=10, arm=1, step=0, share=0.1, step_started=0, bake_ends=20, merged={"drift.psi": (reading, reading)},
            measures={},
        )
        return gate.step(gate.begin(), seen)[1].verdict

    assert verdict_of(0.11, 200) is PASS  # the largest of eight features shows that much without any shift
    assert verdict_of(0.11, 5_000) is FAIL
    assert verdict_of(0.09, 5_000_000) is PASS
    assert verdict_of(0.11, 99) is NONE


FAIR = [
    ((0.02, 0.02), (0.03, 0.03), PASS), ((0.02, 0.02), (0.30, 0.02), FAIL), ((0.02, 0.02), (0.02, 0.30), FAIL),
    ((0.30, 0.02), (0.30, 0.02), FAIL), ((0.0, 0.0), (0.07, 0.0), FAIL), ((0.02, 0.02), (0.065, 0.02), OPEN),
]


@pytest.mark.parametrize(("old", "new", "verdict"), FAIR)
def test_fairness_judges_the_gap_and_what_it_was_before(old: tuple, new: tuple, verdict: Verdict) -> None:
    def gaps(values: tuple) -> list[Reading]:
        return [Reading(value=value, n=20_000, error=0.003) for value in values]

    merged = dict(zip(("fairness.tpr_gap", "fairness.fpr_gap"), zip(gaps(old), gaps(new), strict=True), strict=True))
    seen = Evidence(
        at=10, arm=1, step=0, share=0.1, step_started=0, bake_ends=20, merged=merged, measures={}
    )
    gate = Fairness(name="x")
    _, judgement = gate.step(gate.begin(), seen)
    assert judgement.verdict is verdict, judgement.because


def test_fairness_without_enough_cases_has_no_data() -> None:
    merged = dict.fromkeys(("fairness.tpr_gap", "fairness.fpr_gap"), (NOTHING, NOTHING))
    seen = Evidence(at=10, arm=1, step=0, share=0.1, step_started=0, bake_ends=20, merged=merged, measures={})
    gate = Fairness(name="x")
    assert gate.step(gate.begin(), seen)[1].verdict is NONE


def test_a_budget_is_an_account_of_all_that_the_step_may_fail() -> None:
    # 1,000 requests at an objective of 99% may fail ten times; half of that is five.
    gate = BurnBudget(name="x", objective="99%", budget="50%")
    for hits, verdict in ((5, PASS), (6, FAIL)):
        seen = evidence("failures.rate", events(800, 90), events(200, hits))
        assert gate.step(None, seen)[1].verdict is verdict


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.80, PASS), (0.86, PASS), (0.87, OPEN), (0.95, FAIL), (0.60, FAIL)]
)
def test_a_forecast_is_broken_on_either_side(value: float, verdict: Verdict) -> None:
    gate = Forecast.model_validate({"metric": "quality.auc", "name": "x", "low": 0.75, "high": 0.86})
    seen = evidence("quality.auc", NOTHING, Reading(value=value, n=5_000, error=0.01))
    assert gate.step(None, seen)[1].verdict is verdict


def spent(*looks: Look, **keys: object) -> Judgement:
    gate = ExposureBudget.model_validate({"name": "x", **keys})
    seen = Evidence(
        at=10, arm=1, step=looks[-1].step, share=0.1, step_started=0, bake_ends=20, merged={}, measures={}, looks=looks
    )
    return gate.step(gate.begin(), seen)[1]


def test_a_budget_of_which_nothing_is_seen_is_not_kept() -> None:
    gate = ExposureBudget.model_validate({"name": "x", "users": 5})
    state, said = gate.begin(), []
    for step, share, looks in (
        (0, 0.0, ()), (1, 0.1, ()), (1, 0.1, (exposed(1, 0.1, users=4, n=9, failed=0, old_failed=0),)), (1, 0.1, ()),
        (2, 0.5, ()),
    ):
        seen = Evidence(
            at=10, arm=1, step=step, share=share, step_started=0, bake_ends=20, merged={}, measures={}, looks=looks
        )
        state, judgement = gate.step(state, seen)
        said.append((judgement.verdict, judgement.because, judgement.n))
    unseen = "nothing seen of this step yet"
    assert said == [
        (PASS, "0 users met, of 5", 0), (NONE, unseen, 0), (PASS, "4 users met, of 5", 9),
        (PASS, "4 users met, of 5", 9), (NONE, unseen, 9),
    ]


def exposed(step: int, share: float, *, users: int, n: int, failed: int, old_failed: int) -> Look:
    """A window in which the incumbent answered 1,000; the candidate n, of which failed."""
    people = (Reading(value=0, n=users, hits=0), Reading(value=1, n=users, hits=users))
    return Look(start=0, end=1, step=step, share=(1 - share, share), readings={
        "traffic.users": people, "failures.rate": (events(1_000, old_failed), events(n, failed)),
    })


def test_a_budget_of_exposure_counts_users_answers_and_what_was_worse_than_the_incumbent() -> None:
    looks = (
        exposed(0, 0.0, users=500, n=500, failed=500, old_failed=0),  # a shadow: nobody met it
        exposed(1, 0.1, users=60, n=100, failed=10, old_failed=20),  # 8 more than 2% of 100
        exposed(1, 0.1, users=20, n=100, failed=0, old_failed=20),  # 2 fewer
        exposed(2, 0.5, users=70, n=400, failed=20, old_failed=50),  # as many
    )
    for key, value in (("users", 80), ("answers", 600), ("harmed", 6)):
        within, over = spent(*looks, **{key: value}), spent(*looks, **{key: value - 1})
        assert (within.verdict, over.verdict) == (PASS, FAIL)
        assert within.value == pytest.approx(value)
    assert "80 users met, of 80" in spent(*looks, users=80, answers=10_000).because


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.0, PASS), (-0.009, PASS), (0.016, OPEN), (-0.016, OPEN), (0.028, FAIL), (-0.028, FAIL)]
)
def test_scores_are_calibrated_where_their_mean_is_surely_near_the_share_true(value: float, verdict: Verdict) -> None:
    # The error is 0.2pp; its always-valid half width at n = 5,000 and alpha / 2 = 2.5% is about 3.2 errors.
    each = np.full(64, 5_000 / 64)
    reading = Reading(value=value, n=5_000, error=0.002, by_user=ByUser(each, each * value))
    gate = Calibration(name="x")
    seen = evidence(gate.metric, NOTHING, reading)
    assert gate.step(gate.begin(), seen)[1].verdict is verdict
    # Users who differ much tell less: half of them always off by ten points, the others by as much the other way.
    uneven = ByUser(each, each * (value + np.where(np.arange(64) % 2, 0.1, -0.1)))
    seen = evidence(gate.metric, NOTHING, Reading(value=value, n=5_000, error=0.002, by_user=uneven))
    assert gate.step(gate.begin(), seen)[1].verdict is OPEN


def test_scores_once_found_off_stay_so_for_the_step() -> None:
    gate = Calibration(name="x", unit="request")
    state = gate.begin()
    said = []
    for value in (0.05, 0.0):
        state, judgement = gate.step(state, evidence(gate.metric, NOTHING, Reading(value=value, n=900, error=0.002)))
        said.append(judgement.verdict)
    assert said == [FAIL, FAIL]


def test_bonferroni_divides_and_e_bh_adds_those_that_are_strong_together() -> None:
    gates = sharing(tuple(no_worse(name=name) for name in "abcd"), correction="e-bh")
    assert [gate.alpha for gate in gates] == [0.0125] * 4  # type: ignore[union-attr]
    assert sharing(gates[:1], correction="bonferroni") == gates[:1]

    def said(log_e: float) -> Judgement:
        return Judgement(
            gate="x", kind="no-worse", verdict=OPEN, because="", value=0.0, bound=0.0, n=1, log_evidence=log_e
        )

    # Wang and Ramdas 2022 at alpha .05 and K = 4: one alone needs 80, all four together 20 each.
    weak, strong = math.log(19.0), math.log(21.0)
    judgements = tuple(map(said, (strong,) * 4))
    assert [one.verdict for one in together(judgements, gates, correction="e-bh")] == [FAIL] * 4
    assert [one.verdict for one in together(judgements, gates, correction="bonferroni")] == [OPEN] * 4
    judgements = tuple(map(said, (strong, strong, strong, weak)))
    assert [one.verdict for one in together(judgements, gates, correction="e-bh")] == [OPEN] * 4


def alphas(*gates: Asking, correction: str) -> list[float]:
    return [getattr(gate, "alpha", 0.0) for gate in sharing(gates, correction=correction)]  # type: ignore[arg-type]


def test_those_that_compare_and_decide_share_alpha_and_no_others() -> None:
    one, two, watching = no_worse(name="a"), no_worse(name="b"), no_worse(name="c", dry_run=True)
    limit, split = Threshold.model_validate({"metric": "errors.rate", "max": 0.1}), Srm(name="s")
    for correction in ("bonferroni", "e-bh"):
        assert alphas(one, correction=correction) == [0.05]
        assert alphas(one, two, correction=correction) == [0.025, 0.025]
        assert alphas(one, watching, limit, split, correction=correction) == [0.05, 0.05, 0.0, 0.001]
        assert alphas(one, two, watching, correction=correction) == [0.025, 0.025, 0.05]
    assert alphas(one, two, correction="none") == [0.05, 0.05]


def said_by(verdict: Verdict, log_e: float | None) -> Judgement:
    return Judgement(
        gate="x", kind="no-worse", verdict=verdict, because="x", value=0.0, bound=0.0, n=1, log_evidence=log_e
    )


STRONG = math.log(45.0)  # more than 2 / (2 * 0.05) = 20 and 2 / 0.05 = 40


@pytest.mark.parametrize(("judgements", "after"), [
    ([said_by(OPEN, STRONG), said_by(PASS, STRONG)], [FAIL, FAIL]),
    ([said_by(OPEN, STRONG), said_by(OPEN, 0.0)], [FAIL, OPEN]),
    ([said_by(OPEN, math.log(39.0)), said_by(OPEN, 0.0)], [OPEN, OPEN]),
    ([said_by(OPEN, math.log(21.0)), said_by(OPEN, math.log(21.0))], [FAIL, FAIL]),
    ([said_by(NONE, STRONG), said_by(OPEN, STRONG)], [NONE, FAIL]),  # what has no data is not failed by others
    ([said_by(BROKEN, STRONG), said_by(OPEN, math.log(21.0))], [BROKEN, OPEN]),  # void evidence lends no strength
    ([said_by(OPEN, None), said_by(OPEN, math.log(21.0))], [OPEN, OPEN]),  # nor does none
    ([said_by(OPEN, None), said_by(OPEN, None)], [OPEN, OPEN]),
])
def test_e_bh_turns_where_wang_and_ramdas_say(judgements: list[Judgement], after: list[Verdict]) -> None:
    # 2022, with K = 2 at alpha .05: alone an e-value must reach 40, two together 20 each.
    gates = sharing((no_worse(name="a"), no_worse(name="b")), correction="e-bh")
    done = together(tuple(judgements), gates, correction="e-bh")
    assert [one.verdict for one in done] == after
    for before, now in zip(judgements, done, strict=True):
        more = "; strong beside the other gates (e-BH)" if now.verdict is not before.verdict else ""
        assert now.because == f"x{more}"


def test_a_gate_that_only_watches_is_judged_alone() -> None:
    gates = sharing((no_worse(name="a"), no_worse(name="b", dry_run=True)), correction="e-bh")
    done = together((said_by(OPEN, 0.0), said_by(OPEN, STRONG)), gates, correction="e-bh")
    assert [one.verdict for one in done] == [OPEN, OPEN]


BAD = exposed(0, 0.1, users=10, n=100, failed=12, old_failed=20)  # 10 more than 2% of 100


@pytest.mark.parametrize(("keys", "verdict", "because", "value", "bound"), [
    ({"users": 10}, PASS, "10 users met, of 10", 10.0, 10.0),
    ({"users": 9}, FAIL, "10 users met, more than 9", 10.0, 9.0),
    ({"answers": 100}, PASS, "100 answers given, of 100", 100.0, 100.0),
    ({"answers": 99}, FAIL, "100 answers given, more than 99", 100.0, 99.0),
    ({"harmed": 14}, PASS, "14 answers harmed, about, of 14", 14.0, 14.0),
    ({"harmed": 13}, FAIL, "14 answers harmed, about, more than 13", 14.0, 13.0),
    # The budget that is spent most is told, whichever it is.
    ({"users": 100, "answers": 200, "harmed": 50}, PASS, "100 answers given, of 200", 100.0, 200.0),
    ({"users": 12, "answers": 200, "harmed": 50}, PASS, "10 users met, of 12", 10.0, 12.0),
    ({"users": 12, "answers": 200, "harmed": 9}, FAIL, "14 answers harmed, about, more than 9", 14.0, 9.0),
])
def test_a_budget_of_exposure_tells_of_what_is_spent_most(
    keys: dict[str, int], verdict: Verdict, because: str, value: float, bound: float
) -> None:
    labelled = Look(start=0, end=1, step=0, share=(0.9, 0.1), readings={
        # Of matured labels 7 of 50 wrong, where 6% of them would have been: 4 more.
        "quality.wrong": (events(500, 30), events(50, 7)), "traffic.users": (NOTHING, NOTHING),
    })
    said = spent(BAD, labelled, **keys)
    assert (said.verdict, said.because) == (verdict, because)
    assert (said.value, said.bound, said.n) == (pytest.approx(value), bound, 100)


def test_harm_is_not_known_where_an_arm_has_nothing() -> None:
    for pair in ((NOTHING, events(100, 50)), (events(100, 50), NOTHING)):
        one = Look(start=0, end=1, step=0, share=(0.9, 0.1), readings={
            "failures.rate": pair, "traffic.users": (events(10, 1), events(10, 5)),
        })
        assert spent(one, harmed=5).value == 0.0


def test_a_judgement_speaks_in_its_gates_name() -> None:
    gate = no_worse(name="eu errors", metric="errors.rate{segment=eu}", dry_run=True)
    said = gate.judged(NONE, "x")
    assert (said.gate, said.kind, said.decides, said.segment, said.n) == ("eu errors", "no-worse", False, "eu", 0)
    assert (said.value, said.bound, said.log_evidence) == (None, None, None)
    assert no_worse(metric="errors.rate").judged(NONE, "x").segment == ""
    assert no_worse().judged(NONE, "x").decides is True


@pytest.mark.parametrize(("mine", "others", "said"), [
    (Reading(value=0.5, n=5), 9, ""), (Reading(value=0.5, n=4), 9, "n 4 < 5"),
    (Reading(value=math.nan, n=5), 9, "no value"), (Reading(value=math.nan, n=6), 9, "no value"),
    (NOTHING, 9, "n 0 < 5, starved: the incumbent has 9"), (NOTHING, 0, "n 0 < 5, the whole service is idle"),
])
def test_silence_says_who_has_too_little(mine: Reading, others: int, said: str) -> None:
    assert silence((Reading(value=0.5, n=others), mine), 1, minimum=5) == said
