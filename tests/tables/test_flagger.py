"""Flagger's analysis loop, row by row.

Sources: fluxcd/flagger pkg/controller/scheduler.go (advanceCanary, runAnalysis), scheduler_metrics.go with
scheduler_metrics_test.go, scheduler_deployment_test.go, pkg/metrics/providers/prometheus_test.go,
docs/gitbook/usage/{how-it-works,metrics}.md.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.base.reading import NOTHING, Reading
from sandbox.base.verdict import Verdict
from sandbox.decide.dialects.flagger import Answer, Loop, Move, answered, due, ticked
from sandbox.decide.gates.checks import Checks, Ranged
from tests.tables.controlling import SECOND, evidence, reading, run

IN, OUT, GONE = Answer.INSIDE, Answer.OUTSIDE, Answer.MISSING
NAN = math.nan

RANGES = [
    ("request-success-rate at its min", 99.0, 99.0, None, False, IN),
    ("request-success-rate below its min", 98.9, 99.0, None, False, OUT),
    ("request-success-rate 100", 100.0, 99.0, None, False, IN),
    ("a max includes its bound", 500.0, None, 500.0, False, IN),
    ("above a max", 500.1, None, 500.0, False, OUT),
    ("inside a band", 5.0, 1.0, 9.0, False, IN),
    ("a band's lower end", 1.0, 1.0, 9.0, False, IN),
    ("a band's upper end", 9.0, 1.0, 9.0, False, IN),
    ("below a band", 0.5, 1.0, 9.0, False, OUT),
    ("above a band", 9.5, 1.0, 9.0, False, OUT),
    ("a max of 0 and 0", 0.0, None, 0.0, False, IN),
    ("a max of 0 and anything", 1e-9, None, 0.0, False, OUT),
    ("a min of 0 and less", -1e-9, 0.0, None, False, OUT),
    ("no values found (prometheus_test.go)", NAN, 99.0, None, False, GONE),
    ("NaN under a max", NAN, None, 500.0, False, GONE),
    ("request-duration 500ms", 0.5, None, 0.5, True, IN),
    ("request-duration 500.9ms is 500", 0.5009, None, 0.5, True, IN),
    ("request-duration 501ms", 0.501, None, 0.5, True, OUT),
    ("request-duration's bound 500.9ms is 500, 500ms", 0.5, None, 0.5009, True, IN),
    ("request-duration's bound 500.9ms is 500, 501ms", 0.501, None, 0.5009, True, OUT),
    ("request-duration's min", 0.0999, 0.1, None, True, OUT),
    ("300ms are 300 in spite of binary fractions", 0.3, 0.3, 0.3, True, IN),
]


@pytest.mark.parametrize(("source", "value", "low", "high", "ms", "answer"), RANGES, ids=[row[0] for row in RANGES])
def test_a_value_is_checked_as_flagger_does(
    source: str, value: float, low: float | None, high: float | None, ms: bool, answer: Answer
) -> None:
    ranged = Ranged.model_validate({"metric": "latency.p99" if ms else "x", "min": low, "max": high})
    assert ranged.answer(value) is answer


TICKS = [
    ("all inside: advance", 0, 5, (IN, IN), True, Move.ADVANCE, 0, -1),
    ("the first fails: halt, counted once", 0, 5, (OUT, IN), True, Move.HALT, 1, 0),
    ("two fail: the first ends the check", 0, 5, (OUT, OUT), True, Move.HALT, 1, 0),
    ("the second fails", 2, 5, (IN, OUT), True, Move.HALT, 3, 1),
    ("no values found fails the check", 0, 5, (GONE,), True, Move.HALT, 1, 0),
    ("no values found before a failure", 0, 5, (GONE, OUT), True, Move.HALT, 1, 0),
    ("a success takes nothing back", 4, 5, (IN,), True, Move.ADVANCE, 4, -1),
    ("the threshold-th failure halts, not yet more", 4, 5, (OUT,), True, Move.HALT, 5, 0),
    ("then the next tick rolls back", 5, 5, (IN,), True, Move.ROLL_BACK, 5, -1),
    ("and does not check again", 5, 5, (OUT,), True, Move.ROLL_BACK, 5, -1),
    ("TestScheduler_DeploymentRollback: 10 of 10", 10, 10, (IN,), True, Move.ROLL_BACK, 10, -1),
    ("the default threshold of 1: halt at first", 0, 1, (OUT,), True, Move.HALT, 1, 0),
    ("the default threshold of 1: then back", 1, 1, (IN,), True, Move.ROLL_BACK, 1, -1),
    ("ours: a missing value holds", 1, 5, (GONE, IN), False, Move.WAIT, 1, 0),
    ("ours: a failure beside a missing value fails", 1, 5, (GONE, OUT), False, Move.HALT, 2, 1),
    ("ours: missing at the threshold rolls back still", 5, 5, (GONE,), False, Move.ROLL_BACK, 5, -1),
]


@pytest.mark.parametrize(
    ("source", "failed", "threshold", "answers", "strict", "move", "after", "first"), TICKS, ids=[r[0] for r in TICKS]
)
def test_a_tick_concludes_what_flagger_does(
    source: str, failed: int, threshold: int, answers: tuple[Answer, ...], strict: bool, move: Move, after: int,
    first: int,
) -> None:
    loop = ticked(Loop(failed=failed), answers, at=60, since=0, threshold=threshold, missing_fails=strict)
    assert (loop.move, loop.failed) == (move, after)
    assert first == -1 or loop.first == first


CLOCK = [
    ("no check before the first interval", Loop(), 59, 0, False),
    ("the first an interval after the step began", Loop(), 60, 0, True),
    ("none between", Loop(since=0, last_at=60), 119, 0, False),
    ("one every interval", Loop(since=0, last_at=60), 120, 0, True),
    ("a new step waits an interval of its own", Loop(since=0, last_at=100), 160, 120, False),
    ("and is then checked", Loop(since=0, last_at=100), 180, 120, True),
]


@pytest.mark.parametrize(("source", "loop", "at", "since", "is_due"), CLOCK, ids=[row[0] for row in CLOCK])
def test_checks_are_due_once_an_interval(source: str, loop: Loop, at: int, since: int, is_due: bool) -> None:
    assert due(loop, at=at, since=since, interval=60) is is_due


def checks(**keys: object) -> Checks:
    return Checks.model_validate({
        "name": "checks", "interval": "60s", "threshold": 3, "metrics": [{"metric": "x", "max": 1}], **keys,
    })


def test_consecutive_failures_roll_back_threshold_intervals_after_the_first() -> None:
    gate = checks()
    said = run(gate, (evidence({"x": (reading(0), reading(2))}, at=30 * tick) for tick in range(12)))
    verdicts = [one.verdict for one in said]
    first_failure, rollback = verdicts.index(Verdict.INCONCLUSIVE), verdicts.index(Verdict.FAIL)
    assert (first_failure * 30, rollback * 30) == (60, 60 + 3 * 60)
    assert said[rollback].because == "3 of 3 failed checks, last x 2 > 1"
    assert verdicts[0] is Verdict.NO_DATA


def test_failed_checks_of_earlier_steps_count() -> None:
    gate = checks()
    values = ((60, 0, 2.0), (120, 0, 0.5), (200, 130, 2.0), (270, 130, 2.0), (340, 130, 0.5))
    said = run(gate, (evidence({"x": (reading(0), reading(v))}, at=at, since=since) for at, since, v in values))
    assert [one.verdict for one in said] == [
        Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.FAIL
    ]


@pytest.mark.parametrize(("missing", "verdicts"), [
    ("fail", [Verdict.INCONCLUSIVE] * 3 + [Verdict.FAIL]), ("hold", [Verdict.NO_DATA] * 4),
])
def test_no_values_fail_as_in_flagger_or_hold(missing: str, verdicts: list[Verdict]) -> None:
    gate = checks(missing=missing)
    said = run(gate, (evidence({"x": (reading(0), NOTHING)}, at=60 * tick) for tick in range(1, 5)))
    assert [one.verdict for one in said] == verdicts
    assert "starved: the incumbent has 1,000" in said[0].because


@pytest.mark.parametrize(("incumbent", "says"), [(reading(0.0), "starved"), (NOTHING, "idle")])
def test_a_starved_candidate_and_an_idle_service_are_told_apart(incumbent: Reading, says: str) -> None:
    (said,) = run(checks(), [evidence({"x": (incumbent, NOTHING)}, at=60)])
    assert (said.verdict, says in said.because) == (Verdict.NO_DATA, True)


@given(st.lists(st.sampled_from([IN, OUT, GONE]), min_size=1, max_size=40), st.integers(1, 6))
def test_it_rolls_back_at_the_tick_after_the_threshold_th_failed_check_and_never_else(
    answers: list[Answer], threshold: int
) -> None:
    loop, failures = Loop(), 0
    for tick, answer in enumerate(answers):
        loop = ticked(loop, (answer,), at=tick * SECOND, since=0, threshold=threshold)
        assert (loop.move is Move.ROLL_BACK) == (failures >= threshold)
        failures += answer is not IN and loop.move is not Move.ROLL_BACK
        assert loop.failed == failures


@given(st.floats(0, 2), st.floats(0, 2))
def test_a_worse_value_never_checks_better(value: float, worse: float) -> None:
    order = [IN, OUT]
    assert order.index(answered(value, low=None, high=1.0)) <= order.index(
        answered(value + worse, low=None, high=1.0)
    )
