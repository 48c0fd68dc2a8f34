"""What was to be done beside the decision, and alerts held against what they should have told."""

from dataclasses import replace

import pytest

from sandbox.base.flight import Flight
from sandbox.report.debrief.alerts import alerting
from sandbox.report.debrief.cause import Cause
from sandbox.report.debrief.clocks import clocks
from sandbox.report.debrief.process import followed, process, silences_left
from tests.report.debrief.made import ERRORS, SEEN, WHOLE, command, fires, page
from tests.report.made import MINUTE, flight, ramp

READS = {"candidate errors": ("errors.rate",), "early": ("latency.p99",)}


def duties(made: Flight, cause: Cause = ERRORS) -> dict[str, bool]:
    found = process(made, cause, clocks(made, cause, truth=SEEN))
    return {one.name: one.done for one in found.duties}


def test_who_answered_declared_told_and_tidied_up_did_everything() -> None:
    assert all(duties(flight(*WHOLE)).values())
    assert len(duties(flight(*WHOLE))) == 5


def test_nobody_is_blamed_for_what_did_not_apply() -> None:
    quiet = duties(flight(ramp(0, "step")), Cause(kind="none"))
    assert quiet == {"no silence left behind": True}


def test_a_page_that_nobody_acknowledged_counts_against() -> None:
    assert duties(flight(ramp(0, "step"), page(4 * MINUTE)))["the page acknowledged within 5m"] is False


@pytest.mark.parametrize(("given", "left"), [
    ([("silence", {"alert": "a", "lasts": "2m"})], ()),
    ([("silence", {"alert": "a", "lasts": "2h"})], ("a",)),
    ([("silence", {"alert": "a", "lasts": 2 * 3_600 * 10**9}), ("unsilence", {"alert": "a"})], ()),
    ([("disable", {"alert": "a"})], ("a",)),
    ([("disable", {"alert": "a"}), ("enable", {"alert": "a"})], ()),
])
def test_silences_that_outlive_the_flight_were_left_behind(given: list[tuple[str, dict]], left: tuple) -> None:
    entries = [command((number + 1) * MINUTE, kind, **said) for number, (kind, said) in enumerate(given)]
    assert silences_left(flight(*entries)) == left


BOOK = {
    "alerts": ["candidate errors"],
    "steps": [{"title": "look", "verify": "x"}, {"title": "back", "action": {"kind": "roll back"}}],
    "forbidden": [{"kind": "promote", "reason": "it is bad"}],
}


LOOK, BACK = ("perform", {"runbook": "errors", "step": 1}), ("perform", {"runbook": "errors", "step": 2})


@pytest.mark.parametrize(("given", "done", "right"), [
    ([LOOK, BACK], (1, 2), True),
    ([LOOK, ("roll back", {})], (1, 2), True),
    ([("roll back", {}), LOOK], (2, 1), False),
    ([("perform", {"runbook": "other", "step": 1})], (), False),
])
def test_a_runbook_is_followed_when_what_was_done_of_it_was_done_in_order(given, done, right) -> None:
    entries = [page(0), *(command(MINUTE, kind, **said) for kind, said in given)]
    (book,) = followed(flight(*entries, plan={"runbook": {"errors": BOOK}}), ERRORS)
    assert (book.done, book.duty.done) == (done, right)


def test_a_runbook_for_something_else_does_not_apply() -> None:
    assert not followed(flight(ramp(0, "step"), plan={"runbook": {"errors": BOOK}}), ERRORS)
    mine = BOOK | {"alerts": [], "diagnosis": "errors"}
    assert followed(flight(ramp(0, "step"), plan={"runbook": {"errors": mine}}), ERRORS)


def test_what_the_runbook_forbids_is_told_apart() -> None:
    made = flight(page(0), command(MINUTE, "promote"), plan={"runbook": {"errors": BOOK}})
    found = process(made, ERRORS, clocks(made, ERRORS, truth=SEEN))
    assert [one.kind for one in found.forbidden] == ["promote"]


def test_an_alert_on_what_a_cause_shows_in_is_expected_and_every_other_a_false_alarm() -> None:
    found = alerting(flight(*WHOLE), ERRORS, reads=READS, observable=3 * MINUTE)
    assert [one.alert for one in found.expected] == ["candidate errors"]
    assert [one.alert for one in found.false] == ["early"]
    assert (found.latency, found.late, found.met, found.precision) == (MINUTE, False, True, 0.5)


def test_in_a_control_every_alert_is_a_false_alarm() -> None:
    found = alerting(flight(*WHOLE), Cause(kind="none"), reads=READS, observable=None)
    assert len(found.false) == 2
    assert found.met, "there was nothing to tell"


def test_an_alert_that_comes_too_late_or_not_at_all_did_not_do_its_part() -> None:
    late = alerting(flight(fires(9 * MINUTE)), ERRORS, reads=READS, observable=-2 * MINUTE)
    never = alerting(flight(), ERRORS, reads=READS, observable=3 * MINUTE)
    blind = alerting(flight(), ERRORS, reads={"early": ("latency.p99",)}, observable=3 * MINUTE)
    assert (late.late, late.met, never.met, blind.met, blind.must) == (True, False, False, False, ())


EARLY = replace(ERRORS, at=0)
PATH = {"runbook": {"errors": BOOK | {"escalation": [{"role": "lead", "after": "1m"}]}}}


@pytest.mark.parametrize(("calls", "expected"), [
    ([], {"lead called after 1m": False}),
    ([(2, "lead")], {"lead called after 1m": True}),
    ([(8, "lead")], {"lead called after 1m": False}),
    ([(2, "boss")], {"lead called after 1m": False, "escalated to the right role": False}),
])
def test_who_is_on_the_path_is_called_by_their_time_and_nobody_else(calls: list, expected: dict) -> None:
    entries = [page(0), command(MINUTE, "acknowledge"), command(MINUTE, "declare")]
    entries += [command(at * MINUTE, "escalate", role=role) for at, role in calls]
    made = flight(*entries, plan=PATH)
    found = duties(made, EARLY)
    assert {name: found[name] for name in found if "called" in name or "right role" in name} == expected


def test_who_was_called_is_told_with_whether_they_came() -> None:
    made = flight(
        command(5 * MINUTE, "escalate", role="lead", reason="stuck"), command(7 * MINUTE, "acknowledge", actor="lead"),
        command(8 * MINUTE, "page", role="dba"),
    )
    told = process(made, ERRORS, clocks(made, ERRORS, truth=SEEN)).calls
    assert [(one.role, one.kind, one.answered) for one in told] == [
        ("lead", "escalate", 7 * MINUTE), ("dba", "page", None),
    ]
