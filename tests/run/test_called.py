"""Roles that somebody calls by hand: they come when the plan says, or sleep, and follow the runbook of what fires."""

import pytest

from sandbox.drill.air import Air
from sandbox.drill.debriefing import given
from sandbox.lab.repeat import repeat
from sandbox.run.session import Session
from tests.run.operated import BOOK, MINUTE, SLOW, facts, plan_of

TEAM = '[oncall]\nkind = "human"\n[oncall.others.lead]\nacknowledge = "2m"\ndecide = "1m"\nstep = "30s"\n'
RECIPE = """
[[runbook.slow.rollback.steps]]
title = "all the way back"
action = "roll back"
then = "done"
"""


def called(kind: str, more: str = "", *, at: float = 8, role: str = "lead"):
    session = Session(plan_of(SLOW + BOOK + TEAM + more))
    session.advance(int(at * MINUTE))
    session.apply(kind, actor="ada", role=role)
    return session.finish()


def did(flight) -> list[tuple[float, str]]:
    return [(at, one["kind"]) for at, one in facts(flight, "command") if one["actor"] == "lead"]


def test_who_is_escalated_to_takes_over_with_the_recipe_after_their_time() -> None:
    flight = called("escalate", RECIPE)
    assert did(flight)[:3] == [(10, "acknowledge"), (11.5, "perform"), (11.5, "roll back")]
    steps = [one["arguments"]["step"] for _, one in facts(flight, "command") if one["kind"] == "perform"]
    assert steps == [2], "the first of the recipe"
    assert flight.outcome == "rolled_back"
    assert [one["origin"] for _, one in facts(flight, "command") if one["actor"] == "lead"][:2] == ["called", "called"]


def test_who_is_paged_goes_through_the_runbook_from_its_first_step() -> None:
    flight = called("page", RECIPE)
    steps = [one["arguments"]["step"] for _, one in facts(flight, "command") if one["kind"] == "perform"]
    assert steps == [1]
    assert did(flight)[0] == (10, "acknowledge")


@pytest.mark.parametrize(("more", "at"), [('asleep = "100%"\n', 8), ("", 2)])
def test_who_sleeps_does_nothing_and_who_finds_nothing_that_fires_leaves_it_as_it_is(more: str, at: float) -> None:
    session = Session(plan_of(SLOW + BOOK + TEAM + more))
    session.advance(int(at * MINUTE))
    session.apply("escalate", actor="ada", role="lead")
    flight = session.finish()
    said = [one["arguments"]["text"] for _, one in facts(flight, "command") if one["kind"] == "note"]
    assert said == ([] if more else ["nothing fires: left as it is"])
    assert flight.outcome == "held"


def test_nobody_answers_for_a_role_that_the_plan_gives_nobody() -> None:
    session = Session(plan_of(SLOW + BOOK))
    session.advance(8 * MINUTE)
    session.apply("escalate", actor="ada", role="lead")
    assert {one["actor"] for _, one in facts(session.finish(), "command")} == {"ada", "policy"}
    assert "lead" in session.standing.roles
    assert session.refusal("escalate", role="led")


def test_what_a_called_role_did_is_done_again_by_itself() -> None:
    plan = plan_of(SLOW + BOOK + TEAM + RECIPE)
    flight = called("escalate", RECIPE)
    assert repeat(flight, plan).digest == flight.digest
    assert [(one.kind, one.arguments) for one in given(flight)] == [("escalate", {"role": "lead"})]
    assert Air(plan, flight.header.seed).fly(given(flight), actor="ada").digest == flight.digest
