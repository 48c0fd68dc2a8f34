"""A bandit in flight: where its share goes, what it waits for, and what goes with it."""

from itertools import pairwise
from typing import Any

import pytest
import tomli

from sandbox.base.flight import Flight
from sandbox.decide.ramp.allocating import LEAST_MOVE
from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

MINUTE = 60 * 10**9
WORLD = """
[scenario]
title = "Bandit"
duration = "100m"
[traffic]
kind = "steady"
mean = "60/s"
[models.incumbent]
kind = "synthetic"
auc = 0.80
[models.candidate]
kind = "synthetic"
auc = {auc}
[labels]
delay = "2m"
slowest = "6m"
[ramp]
kind = "bandit"
shadow = false
interval = "5m"
runs = "90m"
{ramp}
"""
GUARD = """
[[gates]]
kind = "no-worse"
metric = "quality.brier"
margin = "5%"
"""


def plan_of(text: str) -> Plan:
    document = Document.model_validate(tomli.loads(text))
    assert not list(document.problems())
    return Plan(name="bandit", text=text, document=document)


def flown(*, auc: float = 0.84, ramp: str = "", more: str = "", seed: int = 1) -> Flight:
    return fly(plan_of(WORLD.format(auc=auc, ramp=ramp) + more), seed=seed)


def moves(flight: Flight) -> list[tuple[float, float]]:
    return [
        (one.at / MINUTE, one.facts["share"]) for one in flight.journal
        if one.kind == "ramp" and one.facts["what"] in ("step", "share")
    ]


@pytest.mark.parametrize("seed", range(3))
def test_the_better_arm_gets_the_users_and_only_once_labels_have_matured(seed: int) -> None:
    flight = flown(seed=seed)
    made = moves(flight)
    assert made[0] == (0.0, 0.1)
    assert made[1][0] >= 7.0, "the first cohort ends after a minute and matures after six more"
    assert made[-1][1] == 0.95
    assert all(after[0] - before[0] >= 5.0 for before, after in pairwise(made))
    assert all(abs(after[1] - before[1]) <= 0.2 + 1e-9 for before, after in pairwise(made))
    assert flight.outcome == "promoted"


@pytest.mark.parametrize("seed", range(3))
def test_a_worse_arm_goes_to_the_floor_and_a_gate_still_sends_it_back(seed: int) -> None:
    assert moves(flown(auc=0.75, seed=seed))[-1][1] == pytest.approx(0.05, abs=LEAST_MOVE)
    assert flown(auc=0.70, more=GUARD, seed=seed).outcome == "rolled_back"


def test_windows_carry_the_share_that_the_journal_says() -> None:
    flight = flown()
    made = moves(flight)
    shares = [(one.start / MINUTE, one.share[1]) for one in flight.windows if one.matured and one.start < 90 * MINUTE]
    assert len(shares) > 80
    assert shares == [(at, [share for since, share in made if since <= at][-1]) for at, _ in shares]


def test_a_rider_with_the_same_bandit_does_the_same_and_one_with_another_parts() -> None:
    table = 'kind = "bandit"\nshadow = false\ninterval = "5m"\nruns = "90m"\n'
    rider = '[[policies]]\nname = "{name}"\n[policies.ramp]\n' + table
    same, other = rider.format(name="same"), rider.format(name="slower") + 'most = "5%"\n'
    flight = flown(more=same + other)
    parted = [one.facts["policy"] for one in flight.journal if one.kind == "policy"]
    assert parted == ["slower"]


def test_users_met_are_not_counted_again_at_every_share() -> None:
    gate = '[[gates]]\nkind = "exposure-budget"\nusers = 10000\ndry_run = true\n'
    flight = flown(more=gate)
    most = max(one.facts["value"] for one in flight.journal if one.kind == "gate")
    assert 0.9 * 9_500 < most < 10_000, "95% of 10,000 users, most of whom ask"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"ramp": 'reward = "latency.p95"'}, "is no rate of requests"),
    ({"ramp": 'reward = "traffic.share"'}, "is no rate of requests"),
    ({"ramp": 'reward = "experience.satisfaction"'}, "add [experience]"),
    ({"ramp": 'reward = "quality.accuracy{segment=mars}"'}, 'no segment "mars"'),
    ({"ramp": 'reward = "quality.acuracy"'}, "nearest: quality.accuracy"),
    ({"more": '[[gates]]\nkind = "no-worse"\nmetric = "latency.p95"\nmargin = "10%"'}, "pools what was seen"),
    ({"more": '[[gates]]\nkind = "no-worse"\nmetric = "errors.rate"\nmargin = "10%"\ntest = "fixed"'},
     'test = "fixed" pools'),
    ({"more": '[[groups]]\nname = "a"\nshare = "50%"\n[[groups]]\nname = "b"\nshare = "50%"\n'
      '[[gates]]\nkind = "fairness"'}, "fairness pools"),
]


@pytest.mark.parametrize(("keys", "says"), REFUSED)
def test_what_does_not_go_with_a_moving_share_is_refused(keys: dict[str, Any], says: str) -> None:
    text = WORLD.format(auc=0.8, ramp=keys.get("ramp", "")) + keys.get("more", "")
    found = [one.message for one in Document.model_validate(tomli.loads(text)).problems()]
    assert len(found) == 1
    assert says in found[0]


def test_first_lies_between_floor_and_ceiling() -> None:
    with pytest.raises(ValueError, match="between floor and ceiling"):
        Document.model_validate(tomli.loads(WORLD.format(auc=0.8, ramp='first = "2%"')))
