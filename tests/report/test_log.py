"""The log says what changed, once, and what only the world knew as such."""

import pytest

from sandbox.base.journal import Entry
from sandbox.base.truth import Interval
from sandbox.report.render.text import text
from sandbox.report.scorecard import score
from tests.report.made import MINUTE, flight, gate, ramp, truth


def lines_of(*entries, **more):
    return [(line.who, line.what, line.verdict) for line in score(flight(*entries, **more)).log]


def hold(at, because):
    return Entry(at, "ramp", {"what": "hold", "step": 0, "because": because})


def test_a_gate_is_noted_when_it_fails_and_as_evidence_for_the_next_step():
    entries = (
        ramp(0, "step", title="shadow", share=0.0, because="the ramp begins"),
        gate(1 * MINUTE, "no_data"), gate(2 * MINUTE, "pass"), gate(3 * MINUTE, "pass"),
        ramp(3 * MINUTE, "step", step=1, title="5%", because="every gate passed"),
        gate(4 * MINUTE, "pass"), gate(5 * MINUTE, "fail"), gate(6 * MINUTE, "fail"),
        ramp(6 * MINUTE, "roll back", step=1, share=0.0, because="errors failed at step 5%: 3% > 2%"),
    )
    assert lines_of(*entries) == [
        ("ramp", "shadow", ""), ("gate", "errors", "PASS"), ("ramp", "advance → 5%", ""), ("gate", "errors", "FAIL"),
        ("ramp", "roll back → 0%", ""),
    ]


def test_waiting_is_noted_once_for_each_reason():
    entries = (
        ramp(0, "step", because="the ramp begins"), hold(1 * MINUTE, "bakes until 00:05"),
        hold(5 * MINUTE, "errors: no data, n 3 < 100"), hold(6 * MINUTE, "errors: no data, n 9 < 100"),
        hold(7 * MINUTE, "12 of at least 300 answers"), hold(8 * MINUTE, "14 of at least 300 answers"),
    )
    assert [what for _, what, _ in lines_of(*entries)] == ["5%", "holds at 5%", "holds at 5%"]


def test_commands_of_people_are_noted_and_those_of_the_policy_are_not():
    def command(actor, answer):
        return Entry(MINUTE, "command", {
            "id": 1, "actor": actor, "kind": "advance", "arguments": {}, "answer": answer, "reason": "not now",
        })

    given = (command("policy", "accepted"), command("operator", "refused"))
    assert lines_of(ramp(0, "step", because="the ramp begins"), *given)[1:] == [("operator", "advance, refused", "")]


def test_the_world_is_marked_and_told_in_order():
    fault = Interval("fault", "errors", 3 * MINUTE + 5 * 10**9, 6 * MINUTE, ("candidate",))
    made = flight(
        ramp(0, "step", because="the ramp begins"), gate(5 * MINUTE, "fail"),
        ramp(5 * MINUTE, "roll back", share=0.0, because="errors failed at step 5%: 3% > 2%"),
        what_was=truth(harmed={3: 100}, intervals=(fault,)), outcome="rolled_back",
        plan={"faults": [{"kind": "errors", "rate": "4%"}]}, expect={"detected_within": "3m", "outcome": "rolled_back"},
    )
    said = text(score(made, repeat="greenroom run made.toml --seed 3")).splitlines()
    whole = "\n".join(said)
    assert " 00:03:05 ◆world  4% of candidate fail" in said
    assert [line[1:9].strip() for line in said[2:8]] == ["00:00", "00:03:05", "00:03:05", "00:05", "00:05", "00:06"]
    assert "outcome   rolled_back at 00:05, having answered 5% at most    ✓ expected" in whole
    assert "1m55s after harm began at 00:03:05 (because of the errors fault)    ✓ detected_within ≤ 3m" in whole
    assert said[-1] == " repeat    greenroom run made.toml --seed 3"


@pytest.mark.parametrize(("kind", "arms", "line"), [
    ("crash", ("candidate",), "crash on candidate"), ("scrape-gap", (), "scrape-gap sets in"),
    ("none", (), "no fault: nothing breaks"),
])
def test_the_world_says_of_a_fault_what_it_lies_on_if_it_lies_on_anything(kind, arms, line):
    made = flight(
        ramp(0, "step"), what_was=truth(intervals=(Interval("fault", kind, MINUTE, 2 * MINUTE, arms),)),
        plan={"faults": [{"kind": kind}]},
    )
    said = text(score(made, repeat="x"))
    assert line in said
    assert ("fault is over" in said) == (kind != "none")


def test_a_split_that_is_not_the_one_that_was_set_is_told_of():
    applied = [[0, 1, [[0.95, 0.05]]], [MINUTE, 2, [[0.97, 0.03]]], [4 * MINUTE, 3, [[1.0, 0.0]]]]
    made = flight(
        ramp(0, "step"), _set(MINUTE, "step", version=2, share=0.1),
        _set(2 * MINUTE, "roll back", version=3, share=0.0),
        Entry(9 * MINUTE, "truth", {"applied": applied}, truth=True), outcome="rolled_back",
    )
    said = text(score(made, repeat="x")).splitlines()
    assert [line.split("◆world")[1].split() for line in said if "in force" in line] == [
        ["3%", "in", "force,", "10%", "set"], ["0%", "in", "force", "set", "2m", "before"]
    ]


def _set(at, what, *, version, share):
    return Entry(at, "ramp", ramp(at, what, share=share).facts | {"version": version})


def test_a_flight_that_outlives_its_traffic_says_when_nobody_asked_any_more():
    silent = truth()
    silent.requests[4:] = 0
    told = score(flight(ramp(0, "step", because="the ramp begins"), what_was=silent)).log
    assert [(line.at, line.because) for line in told if line.what == "nobody asks any more"] == [
        (4 * MINUTE, "traffic ends 6m before the flight does")
    ]
    busy = truth()
    busy.requests[8:] = 0
    told = score(flight(ramp(0, "step", because="the ramp begins"), what_was=busy)).log
    assert not [line for line in told if line.what == "nobody asks any more"]
