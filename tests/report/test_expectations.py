"""Each key of [expect], met, missed and inconclusive, and what it comes to."""

import pytest

from sandbox.base.truth import Interval
from sandbox.report.exit_code import MEANINGS, ExitCode, worst
from sandbox.report.expectations import CHECKS
from sandbox.report.scorecard import score
from sandbox.scenario.tables.expect import Expect
from tests.report.made import MINUTE, flight, gate, ramp, truth

BACK = (ramp(0, "step", share=0.25), gate(6 * MINUTE, "fail"), ramp(6 * MINUTE, "roll back", share=0.0))
UP = (ramp(0, "step"), ramp(4 * MINUTE, "promote", share=1.0))
HARMED = truth(harmed={4: 100}, helped={4: 30})


def test_every_key_of_the_table_is_checked():
    assert set(CHECKS) == set(Expect.model_fields)


@pytest.mark.parametrize(
    ("key", "value", "state", "got"),
    [
        ("outcome", "rolled_back", "met", "rolled_back"),
        ("outcome", "promoted", "missed", "rolled_back"),
        ("detected_within", "2m", "met", "2m"),
        ("detected_within", "90s", "missed", "2m"),
        ("promoted_by", "1h", "missed", "never promoted"),
        ("largest_share", "25%", "met", "25%"),
        ("largest_share", "24%", "missed", "25%"),
        ("harmed_users", "< 101", "met", "100"),
        ("harmed_users", "< 100", "missed", "100"),
        ("harmed_requests", ">= 100", "met", "100"),
        ("net_harm", "= 70", "met", "70"),
        ("failed_gate", "errors", "met", "errors"),
        ("failed_gate", "latency", "missed", "errors"),
    ],
)
def test_a_rollback_is_held_against_each_key(key, value, state, got):
    card = score(flight(*BACK, what_was=HARMED, outcome="rolled_back", expect={key: value}))
    assert [(one.key, one.state, one.got) for one in card.expectations] == [(f"expect.{key}", state, got)]
    assert card.exit_code is (ExitCode.MET if state == "met" else ExitCode.MISSED)


def test_promotion_has_a_time():
    early = score(flight(*UP, outcome="promoted", expect={"promoted_by": "4m"}))
    late = score(flight(*UP, outcome="promoted", expect={"promoted_by": "3m"}))
    assert (early.expectations[0].state, late.expectations[0].state) == ("met", "missed")


def test_harm_that_never_began_cannot_be_detected():
    card = score(flight(*BACK, outcome="rolled_back", expect={"detected_within": "2m"}))
    assert card.expectations[0].state == "inconclusive"
    assert card.exit_code is ExitCode.INCONCLUSIVE


def test_harm_that_nobody_noticed_is_missed():
    card = score(flight(*UP, what_was=HARMED, outcome="promoted", expect={"detected_within": "2m"}))
    assert (card.expectations[0].state, card.expectations[0].got) == ("missed", "never detected")


def test_a_fault_that_never_struck_is_not_a_pass():
    fault = Interval("fault", "errors", 5 * MINUTE, 6 * MINUTE, ("candidate",))
    idle = truth(intervals=(fault,), work=0, requests=0)
    card = score(flight(*UP, what_was=idle, outcome="promoted", expect={"outcome": "promoted"}))
    assert [one.state for one in card.expectations] == ["met", "inconclusive"]
    assert card.exit_code is ExitCode.INCONCLUSIVE
    assert "never struck" in card.expectations[1].got


def test_a_fault_that_let_a_pool_do_nothing_of_what_was_asked_of_it_has_struck():
    fault = Interval("fault", "crash", 5 * MINUTE, 6 * MINUTE, ("candidate",))
    dead = truth(intervals=(fault,), work=0)
    card = score(flight(*UP, what_was=dead, outcome="promoted", expect={"outcome": "promoted"}))
    assert card.exit_code is ExitCode.MET


def test_a_fault_that_struck_is_no_matter():
    fault = Interval("fault", "errors", 5 * MINUTE, 6 * MINUTE, ("candidate",))
    card = score(flight(*UP, what_was=truth(intervals=(fault,)), outcome="promoted", expect={"outcome": "promoted"}))
    assert card.exit_code is ExitCode.MET


@pytest.mark.parametrize(("name", "struck"), [
    ("slow-rollback", False), ("partial-rollback", False), ("incompatible-rollback", False), ("unapplied", True),
    ("scrape-gap", True), ("none", True),
])
def test_a_fault_that_waits_for_a_rollback_has_not_struck_where_none_came(name, struck):
    fault = Interval("fault", name, 0, 9 * MINUTE, ())
    entries = (ramp(0, "step"), ramp(5 * MINUTE, "promote", share=1.0))
    promoted = flight(*entries, what_was=truth(intervals=(fault,)), outcome="promoted", expect={"outcome": "promoted"})
    states = [one.state for one in score(promoted).expectations]
    assert states == (["met"] if struck else ["met", "inconclusive"])
    entries = (ramp(0, "step"), ramp(5 * MINUTE, "roll back", share=0.0))
    was = truth(intervals=(fault,))
    back = flight(*entries, what_was=was, outcome="rolled_back", expect={"outcome": "rolled_back"})
    assert [one.state for one in score(back).expectations] == ["met"]


def test_nothing_asserted_is_not_a_pass():
    assert score(flight(*UP, outcome="promoted")).exit_code is ExitCode.NOTHING_ASSERTED


def test_the_gravest_of_several_counts():
    order = [70, 74, 3, 4, 5, 1, 0]
    for index, code in enumerate(order):
        assert worst(ExitCode(one) for one in reversed(order[index:])) == code
    assert worst([]) is ExitCode.NOTHING_ASSERTED


def test_every_code_has_a_meaning():
    assert set(MEANINGS) == set(ExitCode)
