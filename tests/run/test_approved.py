"""An approval on file counts at its step, and is what the digest rests on; what nobody approved holds."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sandbox.base.command import Accepted
from sandbox.lab.fleet import Mission, flown_mission
from sandbox.lab.repeat import repeat
from sandbox.run.session import Session, fly
from sandbox.scenario.approvals import Signature
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text
from tests.run.test_session import MINUTE, TEXT, moves

GOVERNED = TEXT.replace('bake = "2m"', 'bake = "2m"\napprovals = [{ step = 2, role = "product" }]') + (
    '[plan]\napprovals = ["risk", "privacy"]\n'
)


def plan_of(*signed: tuple[str, int], text: str = GOVERNED) -> Plan:
    plan = Plan(name="short", text=text, document=read_text(text, name="short.toml"))
    return replace(plan, approvals=tuple(
        Signature(role=role, steps=[step], plan=plan.hash, by=f"p-0000000{number}", at=date(2026, 5, 1))
        for number, (role, step) in enumerate(signed)
    ))


BEGIN = (("risk", 1), ("privacy", 1))


@pytest.mark.parametrize(("signed", "waits"), [
    ((), "the ramp waits for the approval of risk, privacy"),
    (BEGIN[:1], "the ramp waits for the approval of privacy"),
    (BEGIN, "50% waits for the approval of product"),
])
def test_what_is_not_approved_on_file_holds_and_says_for_whom(signed, waits) -> None:
    flight = fly(plan_of(*signed))
    assert flight.outcome == "held"
    assert flight.journal[-1].facts["held_by"] == waits
    assert len(moves(flight)) == (1 if signed == BEGIN else 0)


def test_what_is_approved_on_file_flies_as_if_nobody_had_to_be_asked() -> None:
    governed, free = fly(plan_of(*BEGIN, ("product", 2))), fly(plan_of(text=TEXT))
    assert moves(governed) == moves(free)
    assert governed.outcome == "promoted"
    assert governed.journal[0].facts["approvals"] == [
        {"step": 1, "role": "risk", "by": "p-00000000"}, {"step": 1, "role": "privacy", "by": "p-00000001"},
        {"step": 2, "role": "product", "by": "p-00000002"},
    ]
    assert "approvals" not in free.journal[0].facts


def test_the_digest_rests_on_the_approvals_that_count_and_on_no_others() -> None:
    some, more = fly(plan_of(*BEGIN)), fly(plan_of(*BEGIN, ("product", 2)))
    nobody_asked = fly(plan_of(*BEGIN, ("legal", 1), ("risk", 2)))
    assert len({some.digest, more.digest}) == 2
    assert nobody_asked.digest == some.digest


def test_approvals_given_in_flight_let_the_ramp_begin_when_the_last_is_there() -> None:
    session = Session(plan_of(("privacy", 1)))
    session.advance(int(2.5 * MINUTE))
    assert session.apply("approve", role="product").reason == 'the ramp waits for risk, privacy, not for "product"'
    assert isinstance(session.apply("approve", role="risk"), Accepted)
    session.advance(5 * MINUTE)
    assert isinstance(session.apply("approve", role="product"), Accepted)
    assert moves(session.finish()) == [(2.5, "step"), (5.0, "step"), (7.0, "promote")]


def test_nobody_puts_the_ramp_on_a_step_that_is_not_approved() -> None:
    session = Session(plan_of(*BEGIN))
    session.advance(2 * MINUTE)
    for kind in ("advance", "promote"):
        assert session.apply(kind).reason == "it waits for the approval of product"
    session.apply("approve", role="product")
    assert isinstance(session.apply("advance"), Accepted)
    assert moves(session.finish())[1] == (2.0, "step")


def test_approvals_given_before_the_ramp_would_begin_do_not_begin_it_earlier() -> None:
    session = Session(plan_of(("privacy", 1), ("product", 2)))
    session.advance(int(0.5 * MINUTE))
    session.apply("approve", role="risk")
    assert moves(session.finish())[0] == (1.0, "step")


def test_a_flight_is_repeated_with_the_approvals_it_had_whatever_is_on_file_now() -> None:
    flight = fly(plan_of(*BEGIN, ("product", 2)))
    assert repeat(flight, plan_of()).digest == flight.digest


HALTED = f'{TEXT}[plan.halt]\n"too slow" = "latency.p95{{arm=candidate}} > 1ms"\n'


def test_a_halt_condition_is_read_from_telemetry_and_sends_everybody_back() -> None:
    flight = fly(plan_of(text=HALTED))
    last = [entry.facts for entry in flight.journal if entry.kind == "ramp"][-1]
    assert flight.outcome == "rolled_back"
    assert last["because"].startswith("alert too slow fires: ")
    assert fly(plan_of(text=HALTED.replace("1ms", "10s"))).outcome == "promoted"


def test_a_halt_condition_may_hold_instead_and_one_in_words_does_nothing() -> None:
    holds = HALTED.replace('"latency.p95{arm=candidate} > 1ms"', (
        '{ when = "latency.p95{arm=candidate} > 1ms", for = "1m", then = "hold" }'
    ))
    flight = fly(plan_of(text=holds))
    assert (flight.outcome, flight.journal[-1].facts["held_by"]) == ("held", "alert too slow fires")
    words = f'{TEXT}[plan]\nhalt = ["somebody complains"]\n'
    assert fly(plan_of(text=words)).outcome == "promoted"


def test_a_study_flies_a_governed_plan_as_if_everybody_had_agreed() -> None:
    mission = Mission(text=GOVERNED, folder=Path(), name="short", setting="", candidate="", seed=1)
    free = fly(plan_of(text=TEXT), seed=1)
    found = flown_mission(mission)
    assert (found.failure, found.outcome) == ("", free.outcome) == ("", "promoted")
