"""The rehearsed way back harms far fewer than sending everybody back at once, though it takes longer."""

from dataclasses import replace
from pathlib import Path

import pytest
import tomli

from sandbox.base.flight import Flight
from sandbox.drill.air import Air
from sandbox.drill.baselines import FIRST_PAGE, baselines, recipes
from sandbox.drill.causes import cause_of
from sandbox.operate.oncall.plain import Human
from sandbox.report.debrief.exercise import NOTHING
from sandbox.report.debrief.skill import net_harm, skill
from sandbox.report.harm import harm
from sandbox.run.session import Session, fly
from sandbox.scenario.read import read_plan

MINUTE = 60 * 10**9
SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


def back_at(flight: Flight) -> float:
    return next(one.at for one in flight.journal if one.kind == "ramp" and one.facts["what"] == "roll back") / MINUTE


def test_the_recipe_is_slower_than_a_bare_rollback_and_harms_a_tenth() -> None:
    plan = read_plan(SCENARIOS / "a-rehearsed-rollback.toml")
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


def test_the_oracle_may_follow_the_recipe_and_gives_each_step_its_time() -> None:
    plan = read_plan(SCENARIOS / "a-rehearsed-rollback.toml")
    air, cause = Air(plan, 1), cause_of(plan.document)
    (script,) = recipes(air, cause, first=66 * MINUTE)
    assert [(one.at // MINUTE, one.kind, one.arguments) for one in script] == [
        (66, "scale", {"model": "incumbent", "replicas": 8}), (74, "roll back", {}),
    ]
    assert recipes(air, replace(cause, rollback="is not needed"), first=0) == ()


@pytest.mark.proof
def test_the_oracle_finds_the_recipe_and_haste_is_worse_than_nothing() -> None:
    plan = read_plan(SCENARIOS / "a-rehearsed-rollback.toml")
    found = baselines(Air(plan, plan.document.scenario.seed), cause_of(plan.document), budget=8)
    assert [one.kind for one in found.oracle.script] == ["scale", "roll back"]
    nothing, hasty = (net_harm(found.flights[name]) for name in (NOTHING, FIRST_PAGE))
    assert found.oracle.cost < 0.2 * nothing < 0.1 * hasty
    # Somebody who follows the runbook, paged and all, comes near the oracle; who is on call is not there for others.
    shown = skill(fly(plan), nothing=nothing, oracle=found.oracle.cost, cause=cause_of(plan.document))
    assert shown.value > 0.8
    assert not [one for one in found.flights[NOTHING].journal if one.kind == "effect"]
