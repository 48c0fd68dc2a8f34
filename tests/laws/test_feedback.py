"""Feedback loops: people move as the recursion says, at the plan's instants only, and nothing else moves with them."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sandbox.base.rows import RequestRows
from sandbox.run.rig import world_spec
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.world.directions import model_direction, truth_directions
from sandbox.world.models.synthetic import rho_for, truth_for
from sandbox.world.synthetic_day import SyntheticDay

MINUTE = 60 * 10**9


def plan_of(**loop: Any) -> Plan:
    loop |= {key: f"{100 * loop[key]:g}%" for key in ("memory", "rest") if key in loop}
    document = Document.model_validate({
        "scenario": {"title": "t", "duration": "40m", "seed": 4},
        "traffic": {"kind": "steady", "mean": "60/s"},
        "population": {"base_rate": "40%"},
        "models": {"incumbent": {"kind": "synthetic", "auc": 0.8}, "candidate": {"kind": "synthetic", "auc": 0.85}},
        "ramp": {"steps": ["30%"], "bake": "1h"},
        "drift": [{"kind": "feedback", "features": ["f6", "f7"], "every": "2m"} | loop],
    })
    assert list(document.problems()) == []
    return Plan(name="t", text="", document=document)


def moved(plan: Plan) -> dict[int, float]:
    truth = [entry.facts for entry in fly(plan).journal if entry.kind == "truth"][-1]
    return {at: shift for at, _, shift in truth.get("moved", [])}


def said_yes(name: str, auc: float, shift: float) -> float:
    """P(a synthetic model says yes at 50%) where f6 and f7 lie `shift` above the mean, by the normal distribution."""
    truth, _, _ = truth_directions(8)
    intercept, signal = truth_for(base_rate=0.4, best_auc=0.9)
    rho = rho_for(auc, intercept=intercept, signal=signal)
    direction = model_direction(name, truth=truth, rho=rho)
    return float(stats.norm.sf(-intercept / (signal * rho) - shift * (direction[5] + direction[6])))


@pytest.mark.parametrize(("gain", "memory"), [(1.0, 0.5), (-1.5, 0.0), (-0.8, 0.8)])
def test_people_move_as_the_recursion_says_given_how_often_a_normal_index_passes_the_threshold(
    gain: float, memory: float
) -> None:
    rest = 0.15
    shifts = moved(plan_of(gain=gain, memory=memory, rest=rest, at="6m"))
    assert list(shifts) == [k * 2 * MINUTE for k in range(3, 20)]
    expected, spread, worst = 0.0, 0.0, 0.0
    for shift in shifts.values():
        def yes(shift: float) -> float:
            return 0.7 * said_yes("incumbent", 0.8, shift) + 0.3 * said_yes("candidate", 0.85, shift)
        slope = memory + gain * (yes(expected + 0.01) - yes(expected - 0.01)) / 0.02
        expected = memory * expected + gain * (yes(expected) - rest)
        # Users are drawn once and ask often, but features are drawn anew each time: a share is binomial.
        spread = np.hypot(slope * spread, gain * 0.5 / np.sqrt(120 * 60))
        worst = max(worst, abs(shift - expected) / spread)
    assert worst < 4.5
    assert abs(expected) > 10 * spread, "the loop did nothing to speak of"


def test_people_rest_at_what_they_were_told_before_the_loop_set_in() -> None:
    shifts = list(moved(plan_of(gain=0.5, memory=0.0, at="20m")).values())
    assert max(map(abs, shifts)) < 0.5 * 4.5 * 0.5 * np.sqrt(1 / (120 * 60) + 1 / (1200 * 60))


def test_a_shift_stops_where_it_is_said_to() -> None:
    shifts = moved(plan_of(gain=50.0, memory=0.9, rest=0.0, most=0.7, at="0s"))
    assert max(shifts.values()) == 0.7


def test_before_it_sets_in_a_loop_is_the_identity_bit_for_bit() -> None:
    def rows(gain: float) -> RequestRows:
        kept: list[RequestRows] = []
        fly(plan_of(gain=gain, rest=0.0, at="20m"), keep=kept.append)
        return kept  # type: ignore[return-value]

    quiet, loud = rows(0.0), rows(2.0)
    differs = False
    for a, b in zip(quiet, loud, strict=True):  # type: ignore[call-overload]
        assert (a.at == b.at).all()
        assert (a.user == b.user).all()
        before = a.at < 20 * MINUTE
        for name in ("label", "label_at", "score", "latency", "status", "harm"):
            assert (getattr(a, name)[before] == getattr(b, name)[before]).all()
        differs |= bool((a.score != b.score).any())
    assert differs


def test_only_the_named_features_move_and_by_the_shift() -> None:
    spec = world_spec(plan_of(at="0s"), seed=4, recording=None)
    day = SyntheticDay(spec)
    a, b = day.block(3), day.block(3, {0: 0.8})
    still = [0, 1, 2, 3, 4, 7]
    assert (np.asarray(a.served)[:, still] == np.asarray(b.served)[:, still]).all()
    assert np.allclose(np.asarray(b.served)[:, [5, 6]] - np.asarray(a.served)[:, [5, 6]], 0.8, atol=1e-6)
    assert (a.at == b.at).all()
    assert (a.label_at == b.label_at).all()


@pytest.mark.parametrize("every", ["2m", "7m", "37m"])
def test_blocks_meet_and_begin_at_every_instant(every: str) -> None:
    plan = plan_of(every=every, at="0s")
    day = SyntheticDay(world_spec(plan, seed=4, recording=None))
    edge, starts, number = 0, list[int](), 0
    while edge < 40 * MINUTE:
        block = day.block(number)
        assert block.start == edge
        starts.append(block.start)
        edge, number = block.end, number + 1
    minutes = int(every[:-1])
    assert {k * minutes * MINUTE for k in range(-(-40 // minutes))} <= set(starts)


def test_cutting_time_anywhere_changes_no_bit() -> None:
    plan = plan_of(gain=2.0, rest=0.2, at="5m")
    session, at = Session(plan), 0
    while at < 40 * MINUTE:
        at += 7_333_333_333
        session.advance(at)
        session.touch()
    assert session.finish().digest == fly(plan).digest


def test_loops_of_one_plan_react_at_the_same_instants() -> None:
    document = Document.model_validate({
        "scenario": {"title": "t"},
        "models": {"incumbent": {"kind": "synthetic"}, "candidate": {"kind": "synthetic"}},
        "drift": [{"kind": "feedback"}, {"kind": "feedback", "every": "7m"}],
    })
    assert [one.message for one in document.problems()] == ["another loop reacts every 10m; say the same here"]
