"""The shares that each kind of ramp climbs, written out by hand."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from sandbox.base.action import Hold, Promote, RollBack
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.ramp.ab import AB
from sandbox.decide.ramp.climb import begin, step
from sandbox.decide.ramp.kinds import Ramp

MINUTE = 60 * 10**9
RAMPS: TypeAdapter[Any] = TypeAdapter(Ramp)

LADDERS = [
    ({}, ["shadow", "1%", "5%", "25%", "50%", "100%"]),
    ({"steps": ["5%", "50%"]}, ["5%", "50%"]),
    ({"kind": "linear"}, ["shadow", *(f"{n}%" for n in range(10, 101, 10))]),
    ({"kind": "linear", "first": "10%", "by": "30%", "shadow": False}, ["10%", "40%", "70%", "100%"]),
    ({"kind": "linear", "first": "10%", "by": "40%", "shadow": False}, ["10%", "50%", "90%", "100%"]),
    ({"kind": "linear", "first": "20%", "by": "20%", "last": "50%", "shadow": False}, ["20%", "40%", "50%"]),
    ({"kind": "linear", "first": "50%", "last": "50%", "shadow": False}, ["50%"]),
    ({"kind": "linear", "first": "0.1%", "by": "0.1%", "last": "0.3%", "shadow": False}, ["0.1%", "0.2%", "0.3%"]),
    ({"kind": "exponential"}, ["shadow", "1%", "2%", "4%", "8%", "16%", "32%", "64%", "100%"]),
    ({"kind": "exponential", "first": "1%", "factor": 10.0, "shadow": False}, ["1%", "10%", "100%"]),
    ({"kind": "exponential", "first": "3%", "factor": 3.0, "last": "50%", "shadow": False}, ["3%", "9%", "27%", "50%"]),
    ({"kind": "blue-green"}, ["shadow", "100%"]),
    ({"kind": "blue-green", "preview": "0s"}, ["100%"]),
    ({"kind": "ab", "share": "30%"}, ["30%"]),
]


@pytest.mark.parametrize(("keys", "titles"), LADDERS)
def test_a_ramp_climbs_these_steps(keys: dict[str, Any], titles: list[str]) -> None:
    assert [one.title for one in RAMPS.validate_python(keys).climbs] == titles


@pytest.mark.parametrize(("keys", "says"), [
    ({"kind": "linear", "first": "50%", "last": "20%"}, "last is below first"),
    ({"kind": "linear", "first": "1%", "by": "0.1%"}, "more than 200 steps"),
    ({"kind": "exponential", "first": "50%", "last": "20%"}, "last is below first"),
    ({"kind": "exponential", "first": "0.001%", "factor": 1.01}, "more than 200 steps"),
    ({"steps": ["5%", "1%"]}, "step 2 has a smaller share"),
])
def test_a_ramp_that_cannot_climb_is_refused(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        RAMPS.validate_python(keys)


def test_the_bakes_of_blue_and_green_are_its_preview_and_its_bake() -> None:
    ramp = RAMPS.validate_python({"kind": "blue-green", "preview": "20m", "bake": "30m"})
    assert [ramp.bake_of(0), ramp.bake_of(1)] == [20 * MINUTE, 30 * MINUTE]


EXPERIMENT = [
    (44, Verdict.PASS, Hold),
    (45, Verdict.PASS, Promote),
    (45, Verdict.INCONCLUSIVE, RollBack),
    (45, Verdict.NO_DATA, RollBack),
    (10, Verdict.FAIL, RollBack),
    (10, Verdict.INCONCLUSIVE, Hold),
]


@pytest.mark.parametrize(("minutes", "verdict", "action"), EXPERIMENT)
def test_an_experiment_is_decided_at_its_end_and_guarded_before(minutes: int, verdict: Verdict, action: type) -> None:
    ramp = AB.model_validate({"share": "50%", "runs": "45m"})
    judgement = Judgement(gate="g", kind="better", verdict=verdict, because="", value=None, bound=None, n=9)
    _, done = step(ramp, begin(ramp, at=0), [judgement], at=minutes * MINUTE, answered=0)
    assert isinstance(done, action)
