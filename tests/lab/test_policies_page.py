"""The page of common policies: every policy fits a scenario, and the page counts what was flown."""

from pathlib import Path

import pytest

from sandbox.lab.common_policies import POLICIES, VALID, guarded
from sandbox.lab.policies_page import Told, page
from sandbox.lab.result import Result
from sandbox.lab.variants import AS_WRITTEN, NULL
from sandbox.scenario.read import read_plan

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


@pytest.mark.parametrize("policy", [one.name for one in POLICIES])
def test_a_policy_replaces_the_gates_and_nothing_of_the_world(policy):
    plan = read_plan(SCENARIOS / "good-at-one-percent.toml")
    before, after = plan.document, guarded(plan, policy).document
    assert after.gates != before.gates
    assert (after.models, after.traffic, after.services) == (before.models, before.traffic, before.services)
    assert after.ramp.climbs == before.ramp.climbs


def row(outcome: str, net: int = 0) -> tuple[Result, ...]:
    return (Result(setting="", candidate="", seed=1, outcome=outcome, net=net, users=net),)


def test_the_page_counts_what_was_flown():
    flights = {(one.name, candidate): row("promoted", 10) for one in POLICIES for candidate in (AS_WRITTEN, NULL)}
    flights[VALID, AS_WRITTEN] = row("rolled_back", 1)
    story = Told(name="x", title="X", effect=0.5, harmful=True, unstopped=row("held", 20), flights=flights)
    assert story.let_through(VALID) == 0.05
    text = page([story], seeds=1, refused=[])
    assert f"| X (`x`) | 50.0% |{' 0 of 1 |' * (len(POLICIES) - 1)} 1 of 1 |" in text
