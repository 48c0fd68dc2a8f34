"""Laws of commands: refused, they change nothing; accepted, they come to one end; and time may be cut anywhere."""

import numpy as np
import pytest

from sandbox.base.command import Accepted, Refused
from sandbox.base.flight import Flight
from sandbox.operate.operations.kinds import BY_NAME
from sandbox.run.session import Session
from tests.run.operated import BOOK, MINUTE, SLOW, plan_of

REFUSED: dict[str, dict[str, str | int | float | bool]] = {
    "resume": {}, "advance": {"to": 2}, "promote": {"share": "5%"}, "hold": {"for": "5m"}, "abort": {"now": True},
    "roll back": {"segment": "mars"}, "divert": {"segment": "mars"}, "readmit": {"segment": "eu"},
    "scale": {"replicas": 4}, "restart": {"model": "other"}, "toggle": {"feature": "f1", "on": True},
    "adjust": {"threshold": 2.0}, "acknowledge": {"all": True},
    "silence": {"alert": "none", "lasts": "5m", "reason": "x"}, "unsilence": {"alert": "slow"},
    "disable": {"alert": "none", "reason": "x"}, "enable": {"alert": "slow"}, "declare": {"severity": 9}, "close": {},
    "diagnose": {"cause": "weather"}, "escalate": {"role": "nobody"}, "page": {"role": "nobody"},
    "update": {"audience": "press", "text": "x"}, "note": {}, "approve": {"role": "risk"},
    "refuse": {"role": "risk", "reason": "x"}, "perform": {"runbook": "slow", "step": 9},
    "send": {"runbook": "slow", "message": 9},
}


def without_commands(flight: Flight) -> list[dict]:
    """The journal without what was asked for; commands are numbered, and the numbers of later ones move."""
    return [
        {**one.as_json(), "facts": {key: value for key, value in one.facts.items() if key != "id"}}
        for one in flight.journal if not (one.kind == "command" and one.facts["answer"] == "refused")
    ]


@pytest.fixture(scope="module")
def left_alone() -> Flight:
    return Session(plan_of(SLOW + BOOK)).finish()


def test_commands_that_are_refused_change_nothing_but_the_journal(left_alone: Flight) -> None:
    assert set(REFUSED) == set(BY_NAME)
    session = Session(plan_of(SLOW + BOOK))
    for number, (kind, arguments) in enumerate(REFUSED.items()):
        session.advance(2 * MINUTE + number * 37_000_000_123)
        standing = session.standing
        assert session.refusal(kind, **arguments) != ""
        assert isinstance(session.apply(kind, **arguments), Refused), kind
        assert session.standing == standing
    flight = session.finish()
    assert without_commands(flight) == without_commands(left_alone)
    assert flight.digest != left_alone.digest
    assert np.array_equal(flight.truth.harmed, left_alone.truth.harmed)
    assert sum(one.kind == "command" and one.facts["answer"] == "refused" for one in flight.journal) == len(REFUSED)


BUSY = SLOW + BOOK + """
[oncall]
kind = "simulated"
acknowledge = { p50 = "40s", p99 = "2m" }
decide = { p50 = "30s", p99 = "1m" }
step = { p50 = "20s", p99 = "1m" }
[operations."roll back"]
takes = { p50 = "70s", p99 = "3m" }
fails = "50%"
says = "the queue is locked"
[operations.scale]
takes = "45s"
"""
COMMANDS: tuple[tuple[float, str, dict[str, str | int | float | bool]], ...] = (
    (1.3, "divert", {"segment": "eu", "part": "30%"}), (2.01, "toggle", {"feature": "f1"}),
    (2.7, "scale", {"replicas": 6}), (3.3, "adjust", {"group": "b", "threshold": 0.45}),
    (4.4, "restart", {"part": "50%"}), (5.2, "silence", {"alert": "slow", "lasts": "90s", "reason": "known"}),
    (5.9, "toggle", {"feature": "f1", "on": True}), (6.3, "readmit", {"segment": "eu"}),
    (12.1, "roll back", {"part": "50%"}), (14.2, "roll back", {}), (14.3, "roll back", {}), (17.7, "roll back", {}),
)


def flown(*, every: int | None) -> Flight:
    session = Session(plan_of(BUSY))
    for at, kind, arguments in COMMANDS:
        to = int(at * MINUTE)
        while every is not None and session.now + every < to:
            session.advance(session.now + every)
            session.touch()
        session.advance(to)
        session.apply(kind, actor="ada", **arguments)
    return session.finish()


@pytest.fixture(scope="module")
def busy() -> Flight:
    return flown(every=None)


@pytest.mark.parametrize("every", [2_333_333_333, 61 * 10**9])
def test_cutting_time_anywhere_changes_no_bit_of_a_flight_with_commands(busy: Flight, every: int) -> None:
    assert flown(every=every).digest == busy.digest


def test_every_command_that_was_accepted_comes_to_one_end_and_no_other_does(busy: Flight) -> None:
    commands = [one for one in busy.journal if one.kind == "command" and one.facts["actor"] != "policy"]
    accepted = {one.facts["id"]: one.at for one in commands if one.facts["answer"] == "accepted"}
    ended = {one.facts["id"]: one.at for one in busy.journal if one.kind == "effect"}
    assert len([one for one in busy.journal if one.kind == "effect"]) == len(ended)
    assert set(ended) == set(accepted)
    assert all(ended[number] >= at for number, at in accepted.items())
    assert any(ended[number] > at for number, at in accepted.items())
    assert {one.facts["what"] for one in busy.journal if one.kind == "effect"} == {"effective", "failed"}


def test_what_takes_time_is_told_at_once_and_is_under_way_until_then() -> None:
    session = Session(plan_of('[operations.scale]\ntakes = "45s"\n'))
    session.advance(3 * MINUTE)
    answer = session.apply("scale", replicas=6)
    assert isinstance(answer, Accepted)
    assert answer.effective_at == session.now + 45 * 10**9
    assert session.standing.under_way == (("scale", {"replicas": 6}),)
    assert session.standing.replicas["candidate"] == 4
    assert session.refusal("scale", replicas=6) == "scale is under way already"
    assert session.refusal("scale", replicas=5) == ""
    session.advance(answer.effective_at)
    assert session.standing.replicas["candidate"] == 4, "what happens at an instant has not happened before it"
    session.advance(answer.effective_at + 1)
    assert session.standing.replicas["candidate"] == 6
    assert session.standing.under_way == ()


def test_what_is_no_longer_possible_when_its_time_has_passed_fails_with_the_reason() -> None:
    session = Session(plan_of('[operations.advance]\ntakes = "1m"\n'))
    session.advance(3 * MINUTE)
    session.apply("advance")
    session.advance(3 * MINUTE + 5 * 10**9)
    session.apply("roll back")
    flight = session.finish()
    ends = [(one.facts["kind"], one.facts["what"], one.facts["because"]) for one in flight.journal
            if one.kind == "effect"]
    assert ends == [("roll back", "effective", ""), ("advance", "failed", "the rollout is over: rolled back")]


def test_the_luck_of_an_attempt_does_not_depend_on_what_else_was_done() -> None:
    def ended(*before: str) -> tuple[int, str]:
        session = Session(plan_of('[operations."roll back"]\ntakes = { p50 = "1m", p99 = "4m" }\nfails = "40%"\n'))
        session.advance(3 * MINUTE)
        for text in before:
            session.apply("note", text=text)
        session.apply("roll back")
        flight = session.finish()
        (one,) = [one for one in flight.journal if one.kind == "effect" and one.facts["kind"] == "roll back"]
        return one.at, str(one.facts["what"])

    assert ended() == ended("odd", "odder")


def test_operations_that_take_no_time_unless_said_leave_a_flight_without_people_as_it_was(left_alone: Flight) -> None:
    slowly = plan_of(SLOW + BOOK + '[operations."roll back"]\ntakes = "3m"\n')
    assert Session(slowly).finish().journal[1:] == left_alone.journal[1:], "the plan's hash is all that differs"




def test_nobody_gives_commands_in_the_name_of_the_policy() -> None:
    session = Session(plan_of())
    with pytest.raises(ValueError, match="the policy's own name"):
        session.apply("hold", actor="policy")
    assert len(session.journal.entries) == session.snapshot().entries == 1
