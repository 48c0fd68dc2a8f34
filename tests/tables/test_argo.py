"""An Argo Rollouts metric, row by row: what upstream's tests, its docs and its traces say of the same case.

Sources: argoproj/argo-rollouts utils/evaluate/evaluate_test.go, metricproviders/prometheus/prometheus_test.go,
analysis/analysis_test.go, utils/analysis/factory_test.go, docs/features/analysis.md, test/e2e/functional.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.base.reading import NOTHING, Reading
from sandbox.base.verdict import Verdict
from sandbox.decide.dialects.argo import Conditions, Limits, Phase, Tally, assessed, counted, due_at, measured, mistakes
from sandbox.decide.gates.threshold import Threshold
from tests.tables.controlling import SECOND, evidence, reading, run

OK, FAILED, OPEN, ERROR, RUNNING, PENDING = (
    Phase.SUCCESSFUL, Phase.FAILED, Phase.INCONCLUSIVE, Phase.ERROR, Phase.RUNNING, Phase.PENDING
)
SUCCESS = {"low": 0.9}
BOTH = {"low": 0.9, "fail_below": 0.9}
GAP = {"low": 0.9, "fail_below": 0.5}
OVERLAP = {"low": 0.5, "fail_below": 0.9}

MEASUREMENTS = [
    ("TestEvaluateResultNoSuccessOrFailureCondition", {}, 0.1, OK),
    ("TestEvaluateResultWithSuccess", SUCCESS, 0.95, OK),
    ("TestEvaluateResultNoFailureConditionAndNotSuccessful", SUCCESS, 0.1, FAILED),
    ("TestEvaluateResultWithFailure", {"fail_below": 0.9}, 0.1, FAILED),
    ("TestEvaluateResultNoSuccessConditionAndNotFailing", {"fail_below": 0.9}, 0.95, OK),
    ("TestEvaluateResultInconclusive", GAP, 0.7, OPEN),
    ("both conditions, success only holds", GAP, 0.9, OK),
    ("both conditions, failure holds", GAP, 0.4, FAILED),
    ("both conditions hold: failure wins", OVERLAP, 0.7, FAILED),
    ("TestProcessNaNResponse, success condition", SUCCESS, math.nan, FAILED),
    ("TestProcessNaNResponse, both conditions", BOTH, math.nan, OPEN),
    ("TestProcessInfResponse", SUCCESS, math.inf, OK),
    ("WithEmptySlice: result[0] of nothing", SUCCESS, None, ERROR),
    ("a provider that errors, no condition", {}, None, ERROR),
    ("docs: result <= bound includes it", {"high": 2.0}, 2.0, OK),
    ("docs: a band", {"low": 1.0, "high": 2.0}, 2.1, FAILED),
]


@pytest.mark.parametrize(("source", "conditions", "value", "phase"), MEASUREMENTS, ids=[row[0] for row in MEASUREMENTS])
def test_one_measurement_is_what_argo_says(source: str, conditions: dict, value: float | None, phase: Phase) -> None:
    assert measured(value, Conditions(**conditions)) is phase


def tally(**keys: int) -> Tally:
    return Tally(phase=RUNNING, last=OK, **keys)


MINUTE = 60 * SECOND
EVERY = {"interval": MINUTE}
STATUS = [
    ("FailureLimit: 3 of 2", {"failure": 2, **EVERY}, {"failed": 3}, FAILED, FAILED),
    ("FailureLimit: 3 of 3", {"failure": 3, **EVERY}, {"failed": 3}, RUNNING, OK),
    ("InconclusiveLimit: 3 of 2", {"inconclusive": 2, **EVERY}, {"inconclusive": 3}, OPEN, OPEN),
    ("InconclusiveLimit: 3 of 3", {"inconclusive": 3, **EVERY}, {"inconclusive": 3}, RUNNING, OK),
    ("ConsecutiveErrors: 5", EVERY, {"consecutive_error": 5}, ERROR, ERROR),
    ("ConsecutiveErrors: 4", EVERY, {"consecutive_error": 4}, RUNNING, OK),
    ("CountReached: 10 good", {"count": 10}, {"successful": 10}, OK, OK),
    ("CountReached: 5 good, 5 inconclusive", {"count": 10}, {"successful": 5, "inconclusive": 5}, OPEN, OPEN),
    ("count 1, failureLimit 1 (#4393)", {"count": 1, "failure": 1}, {"failed": 1}, OK, OK),
    ("count reached with tolerated failures (#4479)", {"count": 5, "failure": 2}, {"successful": 3, "failed": 2},
     OK, OK),
    ("errors do not count", {"count": 2}, {"successful": 1, "consecutive_error": 3}, RUNNING, OK),
    ("failureLimit -1 tolerates all", {"failure": -1, "consecutive_success": 2, **EVERY}, {"failed": 99}, RUNNING, OK),
    ("error goes over failed", EVERY, {"failed": 9, "consecutive_error": 5}, ERROR, ERROR),
    ("error goes over inconclusive", EVERY, {"inconclusive": 9, "consecutive_error": 5}, ERROR, ERROR),
    ("inconclusive goes over failed", EVERY, {"inconclusive": 1, "failed": 1}, OPEN, OPEN),
    ("consecutiveSuccessLimit reached", {"consecutive_success": 3, **EVERY},
     {"successful": 3, "consecutive_success": 3}, OK, OK),
    ("consecutiveSuccessLimit not reached", {"consecutive_success": 3, **EVERY},
     {"successful": 5, "consecutive_success": 2}, RUNNING, OK),
    ("failureLimit wins over consecutiveSuccessLimit", {"consecutive_success": 3, "failure": 0, **EVERY},
     {"successful": 3, "consecutive_success": 3, "failed": 1}, FAILED, FAILED),
    ("count reached without the successes in a row, a failure limit",
     {"count": 5, "consecutive_success": 3, "failure": 2}, {"successful": 3, "failed": 2, "consecutive_success": 2},
     OPEN, OPEN),
    ("count reached without the successes in a row, no failure limit",
     {"count": 5, "consecutive_success": 3, "failure": -1}, {"successful": 3, "failed": 2, "consecutive_success": 2},
     FAILED, FAILED),
    ("a single success settles it", {"consecutive_success": 1, **EVERY}, {"successful": 1, "consecutive_success": 1},
     OK, OK),
    ("count reached without the successes in a row, a failure limit of 0",
     {"count": 3, "consecutive_success": 3, "failure": 0}, {"successful": 3, "consecutive_success": 2}, OPEN, OPEN),
]


@pytest.mark.parametrize(
    ("source", "limits", "counts", "phase", "terminating"), STATUS, ids=[row[0] for row in STATUS]
)
def test_a_metric_is_what_assess_metric_status_says(
    source: str, limits: dict, counts: dict, phase: Phase, terminating: Phase
) -> None:
    assert assessed(tally(**counts), Limits(**limits)) is phase
    assert assessed(tally(**counts), Limits(**limits), terminating=True) is terminating


def test_without_a_measurement_a_metric_is_pending_and_successful_when_it_is_stopped() -> None:
    assert assessed(Tally(), Limits()) is PENDING
    assert assessed(Tally(), Limits(), terminating=True) is OK


def test_a_completed_metric_keeps_its_phase() -> None:
    done = Tally(phase=FAILED, last=FAILED, failed=1)
    assert assessed(done, Limits(failure=9)) is FAILED
    assert due_at(done, Limits(interval=MINUTE), started=0) is None


SCHEDULE = [
    ("the first at once", Tally(), Limits(interval=MINUTE), 0),
    ("HonorInitialDelay", Tally(), Limits(interval=MINUTE, initial_delay=40 * SECOND), 40),
    ("Interval", Tally(phase=RUNNING, last=OK, last_at=30 * SECOND), Limits(interval=MINUTE), 90),
    ("UponError: DefaultErrorRetryInterval", Tally(phase=RUNNING, last=ERROR, last_at=30 * SECOND),
     Limits(interval=MINUTE), 40),
    ("UponError without an interval", Tally(phase=RUNNING, last=ERROR), Limits(), 10),
]


@pytest.mark.parametrize(("source", "so_far", "limits", "seconds"), SCHEDULE, ids=[row[0] for row in SCHEDULE])
def test_the_next_measurement_is_due_when_argo_says(source: str, so_far: Tally, limits: Limits, seconds: int) -> None:
    assert due_at(so_far, limits, started=0) == seconds * SECOND


VALID = [
    ("count > 1 without interval", {"count": 2}, "2 measurements need an interval"),
    ("count < failureLimit", {"count": 1, "failure": 2}, "count 1 is less than failure_limit 2"),
    ("count < failureLimit + consecutiveSuccessLimit", {"count": 4, "failure": 2, "consecutive_success": 3, **EVERY},
     "count 4 is less than failure_limit 2 + consecutive_success_limit 3"),
    ("count < consecutiveSuccessLimit", {"count": 2, "failure": -1, "consecutive_success": 3, **EVERY},
     "count 2 is less than consecutive_success_limit 3"),
    ("count < inconclusiveLimit", {"count": 1, "inconclusive": 2}, "count 1 is less than inconclusive_limit 2"),
    ("failureLimit -1 and no consecutiveSuccessLimit", {"failure": -1}, "failure_limit -1 tolerates every failure"),
    ("count < consecutiveSuccessLimit, and no failure is tolerated", {"count": 2, "consecutive_success": 3, **EVERY},
     "count 2 is less than failure_limit 0 + consecutive_success_limit 3; raise it"),
    ("count = consecutiveSuccessLimit is let through", {"count": 3, "failure": -1, "consecutive_success": 3, **EVERY},
     ""),
    ("count = failureLimit + consecutiveSuccessLimit", {"count": 5, "failure": 2, "consecutive_success": 3, **EVERY},
     ""),
    ("count = inconclusiveLimit, too", {"count": 2, "inconclusive": 2, **EVERY}, ""),
    ("failureLimit = count is let through", {"count": 1, "failure": 1}, ""),
    ("without a count nothing is compared", {"failure": 3, "inconclusive": 3}, ""),
]


@pytest.mark.parametrize(("source", "limits", "said"), VALID, ids=[row[0] for row in VALID])
def test_what_validate_metrics_refuses_is_refused(source: str, limits: dict, said: str) -> None:
    found = mistakes(Limits(**limits))
    assert found.startswith(said)
    assert bool(found) == bool(said)


NONE = NOTHING
TRACES = [
    ("an idle canary and result[0]: aborted at 40s whatever the interval",
     {"min": 0.95, "interval": "1m", "count": 5, "inconclusive_limit": 3, "empty": "error"}, NONE, Verdict.FAIL, 40),
    ("rollout-background-analysis-inconclusive.yaml: the fourth at 15s",
     {"min": 0.9, "fail_below": 0.1, "interval": "5s", "inconclusive_limit": 3}, reading(0.5), Verdict.INCONCLUSIVE,
     15),
    ("failureLimit 3 fails at the fourth, 180s", {"min": 0.9, "interval": "60s", "failure_limit": 3}, reading(0.1),
     Verdict.FAIL, 180),
    ("interval 60s, count 5: successful at 240s", {"min": 0.9, "interval": "60s", "count": 5}, reading(1.0),
     Verdict.PASS, 240),
    ("count 1, failureLimit 1: successful at once", {"min": 0.9, "interval": "5s", "count": 1, "failure_limit": 1},
     reading(0.1), Verdict.PASS, 0),
    ("consecutiveSuccessLimit 3: settled at the third", {"min": 0.9, "interval": "10s", "consecutive_success_limit": 3},
     reading(1.0), Verdict.PASS, 20),
]


@pytest.mark.parametrize(("source", "keys", "value", "verdict", "seconds"), TRACES, ids=[row[0] for row in TRACES])
def test_a_trace_ends_when_and_as_argos_does(
    source: str, keys: dict, value: Reading, verdict: Verdict, seconds: int
) -> None:
    gate = Threshold.model_validate({"metric": "x", "name": "x", "minimum": 1, **keys})
    state, ended = gate.begin(), -1
    for second in range(0, 300, 5):
        state, judgement = gate.step(state, evidence({"x": (reading(1.0), value)}, at=second))
        if state[0].phase.over:
            ended = second
            break
    assert (judgement.verdict, ended) == (verdict, seconds)


def test_failures_count_over_the_step_and_not_in_a_row() -> None:
    gate = Threshold.model_validate({"metric": "x", "name": "x", "max": 1, "failure_limit": 2, "interval": "10s"})
    values = (2.0, 0.0, 2.0, 0.0, 2.0, 0.0)
    said = run(gate, (evidence({"x": (reading(0.0), reading(v))}, at=10 * i) for i, v in enumerate(values)))
    assert [one.verdict for one in said] == [
        Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.PASS, Verdict.PASS, Verdict.FAIL, Verdict.FAIL
    ]
    assert said[4].because == "2 > 1, failed 3 > failure_limit 2"
    assert said[5].because == said[4].because, "what is decided stays decided"


def test_with_a_count_the_step_waits_for_the_last_measurement() -> None:
    gate = Threshold.model_validate({"metric": "x", "name": "x", "max": 1, "count": 3, "interval": "10s"})
    said = run(gate, (evidence({"x": (reading(0.0), reading(0.5))}, at=10 * i) for i in range(4)))
    assert [one.verdict for one in said] == [Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.PASS]


@pytest.mark.parametrize(("incumbent", "says"), [(reading(0.0, n=5_000), "starved"), (NOTHING, "idle")])
def test_a_starved_candidate_and_an_idle_service_are_told_apart_and_neither_passes(
    incumbent: Reading, says: str
) -> None:
    gate = Threshold.model_validate({"metric": "x", "name": "x", "max": 1})
    said = run(gate, (evidence({"x": (incumbent, NOTHING)}, at=20 * i) for i in range(20)))
    assert {one.verdict for one in said} == {Verdict.NO_DATA}
    assert says in said[-1].because


@given(
    st.lists(st.sampled_from([OK, FAILED, OPEN, ERROR]), min_size=1, max_size=30), st.integers(0, 4), st.integers(0, 4)
)
def test_a_metric_fails_only_beyond_a_limit_and_never_takes_it_back(
    phases: list[Phase], failure: int, inconclusive: int
) -> None:
    limits, so_far, was_over = Limits(interval=1, failure=failure, inconclusive=inconclusive), Tally(), False
    for at, phase in enumerate(phases):
        if so_far.phase.over:
            break
        before, so_far = so_far, counted(so_far, phase, limits, at=at)
        assert so_far.count == before.count + (phase is not ERROR)
        was_over = so_far.failed > failure or so_far.inconclusive > inconclusive or so_far.consecutive_error > 4
        assert so_far.phase.over == was_over


@given(st.floats(-2, 2), st.floats(0, 2), st.booleans())
def test_a_worse_value_never_measures_better(value: float, worse: float, gap: bool) -> None:
    order = [OK, OPEN, FAILED]
    conditions = Conditions(high=0.5, fail_above=1.0 if gap else None)
    assert order.index(measured(value, conditions)) <= order.index(measured(value + worse, conditions))
