"""Where a gate's verdict turns, row by row; the boundary against a published calculation."""

import math

import pytest

from sandbox.base.reading import NOTHING, Evidence, Measure, Reading, Unit
from sandbox.base.verdict import Verdict
from sandbox.decide.gates.no_worse import NoWorse
from sandbox.decide.gates.threshold import Threshold

PASS, FAIL, OPEN, NONE, BROKEN = (
    Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NO_DATA, Verdict.ERROR
)


def seen(
    old: Reading, new: Reading, *, at: int = 0, unit: Unit = "index", lower_is_better: bool = True
) -> Evidence:
    return Evidence(
        at=at, arm=1, step=0, share=0.1, step_started=0, bake_ends=20, merged={"x": (old, new)},
        measures={"x": Measure(name="x", unit=unit, lower_is_better=lower_is_better)},
    )


def reading(value: float, *, n: int = 10_000, error: float = 0.001) -> Reading:
    return Reading(value=value, n=n, error=error)


THRESHOLDS = [
    ({"max": "2%"}, reading(0.0200), PASS, "2% ≤ 2%"),
    ({"max": "2%"}, reading(0.0201), FAIL, "2.01% > 2%"),
    ({"max": "2%"}, reading(0.0200001), FAIL, "2.00001% > 2%"),
    ({"min": 0.7}, reading(0.7), PASS, "0.7 ≥ 0.7"),
    ({"min": 0.7}, reading(0.69), FAIL, "0.69 < 0.7"),
    ({"min": 0.1, "max": 0.2}, reading(0.15), PASS, "0.15 ≤ 0.2"),
    ({"min": 0.1, "max": 0.2}, reading(0.05), FAIL, "0.05 < 0.1"),
    ({"max": "2%", "failure_limit": 1}, reading(0.03), OPEN, "3% > 2%, failed 1 ≤ failure_limit 1"),
    ({"max": "2%", "fail_above": "4%"}, reading(0.03), OPEN, "3% > 2%, inconclusive 1 > inconclusive_limit 0"),
    ({"fail_above": "4%"}, reading(0.04), PASS, "4% ≤ 4%"),
    ({"max": "2%", "count": 1, "failure_limit": 1}, reading(0.03), PASS,
     "3% > 2%, 1 of 1 measured, failed 1 ≤ failure_limit 1"),
    ({"max": "2%", "initial_delay": "60s"}, reading(0.0), NONE, "first measured 60s from now"),
    ({"max": "2%", "minimum": 500}, reading(0.5, n=499), NONE, "n 499 < 500"),
    ({"max": "2%"}, NOTHING, NONE, "n 0 < 100, starved: the incumbent has 10,000"),
    ({"max": "2%", "empty": "error"}, NOTHING, NONE,
     "n 0 < 100, starved: the incumbent has 10,000, errors in a row 1 ≤ consecutive_error_limit 4"),
]


@pytest.mark.parametrize(("keys", "value", "verdict", "because"), THRESHOLDS)
def test_a_threshold_turns_where_it_says(keys: dict, value: Reading, verdict: Verdict, because: str) -> None:
    gate = Threshold.model_validate({"metric": "x", "name": "x", **keys})
    unit = "share" if "%" in because else "index"
    _, judgement = gate.step(gate.begin(), seen(reading(0.0), value, unit=unit))
    assert (judgement.verdict, judgement.because) == (verdict, because)


def no_worse(**keys: object) -> NoWorse:
    return NoWorse.model_validate({"metric": "x", "name": "x", "margin": "20%", **keys})


NO_WORSE = [
    ({}, reading(1.0), reading(1.0), True, PASS),
    ({}, reading(1.0), reading(1.5), True, FAIL),
    ({}, reading(1.0), reading(0.5), True, PASS),
    ({}, reading(1.0), reading(0.5), False, FAIL),
    ({}, reading(1.0), reading(1.2), True, OPEN),
    ({}, reading(1.0), reading(1.0, error=0.2), True, OPEN),
    ({}, reading(1.0), reading(1.0, n=99), True, NONE),
    ({}, reading(1.0, n=99), reading(1.0), True, NONE),
    ({}, NOTHING, reading(1.0), True, NONE),
    ({}, reading(1.0), reading(1.0, error=math.nan), True, NONE),
    ({}, reading(0.0), reading(0.1), True, BROKEN),
    ({"margin": 0.2}, reading(0.0), reading(0.1), True, PASS),
    ({"margin": "20pp"}, reading(0.0), reading(0.3), True, FAIL),
    ({"test": "fixed"}, reading(1.0), reading(9.0), True, OPEN),
]


@pytest.mark.parametrize(("keys", "old", "new", "lower", "verdict"), NO_WORSE)
def test_no_worse_turns_where_it_says(
    keys: dict, old: Reading, new: Reading, lower: bool, verdict: Verdict
) -> None:
    gate = no_worse(**keys)
    _, judgement = gate.step(gate.begin(), seen(old, new, lower_is_better=lower))
    assert judgement.verdict is verdict
    assert judgement.because


def test_a_fixed_test_judges_when_the_bake_ends() -> None:
    gate = no_worse(test="fixed")
    _, judgement = gate.step(gate.begin(), seen(reading(1.0), reading(9.0), at=20))
    assert judgement.verdict is FAIL


def test_a_failure_does_not_fade_within_its_step() -> None:
    gate = no_worse()
    state, judgement = gate.step(gate.begin(), seen(reading(1.0), reading(1.5)))
    assert judgement.verdict is FAIL
    _, judgement = gate.step(state, seen(reading(1.0), reading(1.0)))
    assert judgement.verdict is FAIL
    assert "earlier" in judgement.because


@pytest.mark.parametrize("worse", [0.0, 0.1, 0.2, 0.3, 0.4, 1.0])
def test_worse_data_never_gives_a_better_verdict(worse: float) -> None:
    order = [PASS, OPEN, FAIL]
    gate = no_worse()

    def verdict_of(value: float) -> int:
        _, judgement = gate.step(gate.begin(), seen(reading(1.0), reading(value, error=0.03)))
        return order.index(judgement.verdict)

    assert verdict_of(1.0 + worse) <= verdict_of(1.0 + worse + 0.1)
