"""Who must agree to which step: asked, granted, refused and agreed after all, row by row."""

import pytest

from sandbox.base.action import Advance, Hold, Promote, RollBack
from sandbox.decide.ramp.approving import Asked, approve, heed, missing, next_step, refuse, waiting
from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.decide.ramp.steps import Steps

MINUTE = 60 * 10**9
RAMP = Steps.model_validate({"steps": ["5%", "25%"], "approvals": [
    {"step": 2, "role": "risk"}, {"step": 2, "role": "legal", "takes": "10m"}, {"step": 3, "role": "risk"},
]})
FIRST = Steps.model_validate({"steps": ["5%", "25%"], "approvals": [{"step": 1, "role": "lead"}]})
SECOND = Steps.model_validate({"steps": ["5%", "25%"], "approvals": [{"step": 2, "role": "lead"}]})


def out(asked: Asked, step: int, *, minute: int = 0, ramp: Steps = RAMP) -> list[str]:
    return [one.role for one in missing(ramp, asked, step=step, at=minute * MINUTE)]


@pytest.mark.parametrize(("ramp", "phase", "step", "next_one"), [
    (FIRST, Phase.WAITING, 0, 1), (SECOND, Phase.WAITING, 0, 2), (FIRST, Phase.CLIMBING, 0, 2),
    (FIRST, Phase.CLIMBING, 1, 3), (SECOND, Phase.CLIMBING, 0, 2),
])
def test_what_is_agreed_to_is_the_step_that_comes_next_and_the_first_where_the_ramp_itself_waits(
    ramp: Steps, phase: Phase, step: int, next_one: int
) -> None:
    assert next_step(ramp, Climb(phase, step, 0)) == next_one


def test_each_step_waits_for_its_own_roles_alone() -> None:
    assert (out(Asked(), 1), out(Asked(), 2), out(Asked(), 3)) == ([], ["risk", "legal"], ["risk"])
    assert out(approve(Asked(), "risk", step=2), 2) == ["legal"]
    assert out(approve(Asked(), "risk", step=2), 3) == ["risk"], "an approval is of one step"


def test_whoever_takes_so_long_agrees_when_it_has_passed_since_they_were_asked_and_not_before() -> None:
    asked, action = heed(RAMP, Asked(), Advance(1, "x"), at=5 * MINUTE)
    assert asked.since == ((2, 5 * MINUTE),)
    assert isinstance(action, Hold)
    assert out(asked, 2, minute=14) == ["risk", "legal"]
    assert out(asked, 2, minute=15) == ["risk"]
    assert out(Asked(), 2, minute=99) == ["risk", "legal"], "nobody was asked before"
    again, _ = heed(RAMP, asked, Advance(1, "x"), at=9 * MINUTE)
    assert again == asked, "who is asked once more is not asked anew"


def test_a_refusal_holds_until_that_role_agrees_and_says_why() -> None:
    no = refuse(refuse(Asked(), "legal", step=2, because="not this week"), "risk", step=3, because="never")
    assert waiting(RAMP, no, step=2, at=0) == "legal refused 25%: not this week"
    assert waiting(RAMP, no, step=3, at=0) == "risk refused promotion: never"
    since = heed(RAMP, no, Advance(1, "x"), at=0)[0]
    assert out(since, 2, minute=60) == ["risk", "legal"], "time does not turn a no into a yes"
    yes = approve(no, "legal", step=2)
    assert yes.withheld == ((3, "risk", "never"),)
    assert waiting(RAMP, yes, step=2, at=0) == "25% waits for the approval of risk"
    assert waiting(RAMP, approve(yes, "risk", step=2), step=2, at=0) == ""


def test_who_refuses_takes_back_what_they_agreed_to() -> None:
    asked = refuse(approve(Asked(), "risk", step=3), "risk", step=3, because="no")
    assert out(asked, 3) == ["risk"]
    assert asked.refusals(3) == {"risk": "no"}
    assert asked.refusals(2) == {}


@pytest.mark.parametrize(("ramp", "action", "says"), [
    (RAMP, Advance(1, "x"), "25% waits for the approval of risk, legal"),
    (RAMP, Promote("x"), "promotion waits for the approval of risk"),
    (FIRST, Advance(0, "x"), "the ramp waits for the approval of lead"),
])
def test_what_waits_holds_and_says_for_whom(ramp: Steps, action: Advance | Promote, says: str) -> None:
    assert heed(ramp, Asked(), action, at=0)[1] == Hold(says)


def test_nobody_has_to_agree_to_a_rollback() -> None:
    back = RollBack("x")
    assert heed(RAMP, Asked(), back, at=0) == (Asked(), back)
    onward = Advance(0, "x")
    assert heed(RAMP, Asked(), onward, at=0) == (Asked(since=((1, 0),)), onward)
