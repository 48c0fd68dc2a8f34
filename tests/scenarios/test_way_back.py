"""The rehearsed way back harms far fewer than sending everybody back at once, though it takes longer."""

from dataclasses import replace
from pathlib import Path

import pytest
import tomli

from sandbox.base.flight import Flight
from sandbox.operate.oncall.plain import Human
from sandbox.report.harm import harm
from sandbox.run.session import Session, fly
from sandbox.scenario.read import read_plan

MINUTE = 60 * 10**9
SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


def back_at(flight: Flight) -> float:
    return next(one.at for one in flight.journal if one.kind == "ramp" and one.facts["what"] == "roll back") / MINUTE


def test_the_recipe_is_slower_than_a_bare_rollback_and_harms_a_tenth() -> None:
    plan = read_plan(SCENARIOS / "the-way-back.toml")
    rehearsed = fly(plan)
    bare = Session(replace(plan, document=plan.document.model_copy(update={"oncall": Human()})))
    bare.advance(73 * MINUTE)
    bare.apply("roll back")
    hasty = bare.finish()
    assert back_at(rehearsed) > back_at(hasty) + 3
    assert 0 < harm(rehearsed).total.net < 0.1 * harm(hasty).total.net
    assert [one.facts["what"] for one in rehearsed.journal if one.kind == "verify"] == ["verified"] * 4


@pytest.mark.proof
def test_with_somebody_awake_the_night_ends_sooner() -> None:
    text = (SCENARIOS / "nobody-wakes-up.toml").read_text()
    plan = read_plan(SCENARIOS / "nobody-wakes-up.toml")
    awake = replace(plan, document=type(plan.document).model_validate(tomli.loads(text.replace('"100%"', '"0%"'))))
    nights = [fly(one) for one in (plan, awake)]
    asleep, up = ([one.facts["actor"] for one in night.journal if one.facts.get("kind") == "acknowledge"]
                  for night in nights)
    assert (asleep[0], up[0]) == ("lead", "on-call")
    assert back_at(nights[0]) > back_at(nights[1]) + 9
    assert harm(nights[1]).total.net < 0.6 * harm(nights[0]).total.net
