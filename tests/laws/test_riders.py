"""Policies that ride along change nothing of the flight, and speak once: when they would first have done otherwise."""

from functools import cache

import pytest
import tomli

from sandbox.base.flight import Flight
from sandbox.report.policies import Ridden, ridden
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

MINUTE = 60 * 10**9
FLOWN = """
[scenario]
title = "Ridden"
seed = 5
duration = "70m"
[traffic]
kind = "steady"
mean = "40/s"
[models.incumbent]
kind = "synthetic"
errors = "1%"
[models.candidate]
kind = "synthetic"
errors = "1%"
[labels]
delay = "1m"
slowest = "3m"
[ramp]
steps = ["10%", "50%"]
bake = "20m"
[[gates]]
name = "errors"
kind = "threshold"
metric = "errors.rate"
max = "3%"
minimum = 1000
"""
FAULT = '[[faults]]\nkind = "errors"\nmodel = "candidate"\nrate = "10%"\nat = "30m"\n'


def gate(more: str) -> str:
    return f'gates = [{{ name = "own", {more} }}]\n'


RIDERS = {
    "the same": "",
    "stricter": gate('kind = "threshold", metric = "errors.rate", max = "0.1%", minimum = 1000'),
    "without data": gate('kind = "threshold", metric = "errors.rate", max = "3%", minimum = 10_000_000'),
    "impatient": gate('kind = "threshold", metric = "errors.rate", max = "3%", minimum = 10_000_000')
    + 'ramp = { steps = ["10%", "50%"], bake = "20m", patience = "5m" }\n',
    "another ramp": 'ramp = { steps = ["1%", "50%"], bake = "20m" }\n',
    "faster": 'ramp = { steps = ["10%", "50%"], bake = "5m" }\n',
    "by alert": 'alerts = [{ name = "a", expr = "errors.rate{arm=candidate} > 0.1%", action = "roll back" }]\n',
    "by another limit": gate('kind = "no-worse", metric = "latency.over.77ms", margin = "1pp"'),
}


def plan_of(*names: str, more: str = "") -> Plan:
    text = FLOWN + more + "".join(f'[[policies]]\nname = "{name}"\n{RIDERS[name]}' for name in names)
    document = Document.model_validate(tomli.loads(text))
    assert not list(document.problems())
    return Plan(name="ridden", text=text, document=document)


@cache
def flown(*names: str, more: str = "") -> Flight:
    return fly(plan_of(*names, more=more))


def flown_part(flight, *, windows: bool = True):
    """All entries but what names the file and what riders said; windows' counts only where no rider counts more."""
    left = [entry for entry in flight.journal if entry.kind not in ("begin", "policy")]
    return [entry for entry in left if windows or entry.kind != "window"]


@pytest.mark.parametrize("more", ["", FAULT], ids=["calm", "fault"])
@pytest.mark.parametrize("name", list(RIDERS))
def test_a_policy_that_rides_along_changes_nothing(name: str, more: str) -> None:
    alone, ridden_on = flown(more=more), flown(name, more=more)
    same_layout = alone.header.layout == ridden_on.header.layout
    assert same_layout or name == "by another limit"
    assert flown_part(alone, windows=same_layout) == flown_part(ridden_on, windows=same_layout)
    assert alone.outcome == ridden_on.outcome


@pytest.mark.parametrize("name", list(RIDERS))
def test_a_policy_rides_alike_alone_or_among_others(name: str) -> None:
    every = flown(*RIDERS)
    assert ridden(flown(name)) == tuple(one for one in ridden(every) if one.policy == name)


def test_each_is_told_up_to_its_first_action_that_differs() -> None:
    told = {one.policy: one for one in ridden(flown(*RIDERS))}
    assert told["the same"] == Ridden(policy="the same")
    assert (told["stricter"].what, told["stricter"].flown) == ("roll back", "hold")
    assert told["stricter"].because.startswith("own failed at step 10%")
    assert (told["without data"].at, told["without data"].what, told["without data"].flown) == (
        20 * MINUTE, "hold", "advance",
    )
    assert (told["impatient"].at, told["impatient"].what) == (20 * MINUTE, "hold")
    assert (told["another ramp"].at, told["another ramp"].what) == (0, "begin with 1%")
    assert (told["faster"].at, told["faster"].what, told["faster"].flown) == (5 * MINUTE, "advance", "hold")
    assert told["by alert"].what == "roll back"


def test_the_policy_that_would_have_flown_the_same_rolls_back_with_it() -> None:
    flight = flown("the same", more=FAULT)
    assert flight.outcome == "rolled_back"
    assert ridden(flight) == (Ridden(policy="the same"),)


def test_what_people_do_by_hand_no_policy_would_have_done() -> None:
    session = Session(plan_of("the same"))
    session.advance(8 * MINUTE)
    session.apply("advance")
    (one,) = ridden(session.finish())
    assert (one.at, one.what, one.flown) == (8 * MINUTE, "hold", "advance")


def test_a_policy_that_would_fly_alone_as_it_rode_does_the_same_when_it_flies() -> None:
    # The rider that acted sooner: what it would have done is what it does when the file lets it fly.
    (one,) = ridden(flown("stricter"))
    document = plan_of("stricter").document
    alone = Plan(name="alone", text="", document=document.flown_by(document.policies[0]))
    back = next(entry for entry in fly(alone).journal if entry.kind == "ramp" and entry.facts["what"] == "roll back")
    assert (back.at, back.facts["because"]) == (one.at, one.because)
