"""Thresholds moved in flight: from which request on, for whom, and what was true of it."""

import numpy as np
import pytest
import tomli

from sandbox.base.flight import Flight
from sandbox.report.expectations import true_tpr_gap
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

MINUTE = 60 * 10**9
WORLD = """
[scenario]
title = "Mended"
duration = "140m"
[traffic]
kind = "steady"
mean = "80/s"
[population]
base_rate = "40%"
[[groups]]
name = "many"
share = "65%"
[[groups]]
name = "few"
share = "35%"
[models.incumbent]
kind = "synthetic"
auc = 0.80
[models.candidate]
kind = "synthetic"
auc = 0.84
against = {{ group = "few", shift = 0.9 }}
[labels]
delay = "1m"
slowest = "4m"
[ramp]
steps = [{steps}]
bake = "30m"
{ramp}
[[gates]]
name = "fair"
kind = "no-worse"
metric = "fairness.tpr_gap"
margin = "10pp"
{more}
"""
MEND = 'mitigation = "thresholds"'


def flown(*, steps: str = '"20%", "50%"', ramp: str = MEND, more: str = "", seed: int = 1) -> Flight:
    text = WORLD.format(steps=steps, ramp=ramp, more=more)
    document = Document.model_validate(tomli.loads(text))
    assert not list(document.problems())
    return fly(Plan(name="mended", text=text, document=document), seed=seed)


def moves(flight: Flight) -> list[tuple[float, str]]:
    return [
        (one.at / MINUTE, one.facts["what"]) for one in flight.journal
        if one.kind == "ramp" and one.facts["what"] != "hold"
    ]


def gap(flight: Flight, arm: int, *, start: float, end: float) -> float:
    """The true gap in true cases decided yes among requests that came in some minutes."""
    starts = flight.truth.starts / MINUTE
    tables = flight.truth.decided[(starts >= start) & (starts < end)][:, arm].sum(axis=0)
    rates = tables[:, 3] / tables[:, 2:].sum(axis=1)
    return float(rates[0] - rates[1])


@pytest.mark.parametrize("seed", range(3))
def test_a_gap_that_would_have_rolled_back_is_closed_and_the_ramp_goes_on(seed: int) -> None:
    assert flown(ramp="", seed=seed).outcome == "rolled_back"
    flight = flown(seed=seed)
    made = moves(flight)
    assert [what for _, what in made] == ["step", "adjust", "step", "promote"]
    at = made[1][0]
    assert made[2][0] >= at + 30.0, "the bake begins anew"
    assert gap(flight, 1, start=0, end=at) > 0.15
    after = gap(flight, 1, start=at, end=140)
    # What a threshold on a grid of hundredths, chosen from a few thousand true cases, can miss by.
    assert abs(after) < 0.06
    assert true_tpr_gap(flight) == pytest.approx(abs(after))
    assert abs(gap(flight, 0, start=0, end=at) - gap(flight, 0, start=at, end=140)) < 0.03, "the incumbent is untouched"


def test_only_the_group_is_decided_on_anew_and_only_who_comes_from_then_on() -> None:
    mended, plain = flown(), flown(ramp='on_fail = "hold"')
    at = moves(mended)[1][0]
    before = plain.truth.starts / MINUTE < at
    assert np.array_equal(mended.truth.decided[before], plain.truth.decided[before])
    assert np.array_equal(mended.truth.decided[:, :, 0], plain.truth.decided[:, :, 0]), "the many are as they were"
    few = mended.truth.decided[~before][:, 1, 1].sum(axis=0), plain.truth.decided[~before][:, 1, 1].sum(axis=0)
    assert few[0].sum() == few[1].sum()
    assert few[0][3] > few[1][3]
    assert few[0][1] > few[1][1], "who lowers a threshold takes false cases, too"


def test_it_does_not_matter_how_time_is_cut() -> None:
    text = WORLD.format(steps='"20%", "50%"', ramp=MEND, more="")
    plan = Plan(name="mended", text=text, document=Document.model_validate(tomli.loads(text)))
    session = Session(plan, seed=1)
    for seconds in range(0, 140 * 60, 47):
        session.advance(seconds * 10**9)
    assert session.finish().digest == fly(plan, seed=1).digest


def test_it_is_tried_once() -> None:
    impossible = '[[gates]]\nname = "none"\nkind = "threshold"\nmetric = "fairness.tpr_gap"\nmax = "0.01%"\n' \
        "minimum = 2000\n"
    assert [what for _, what in moves(flown(more=impossible))] == ["step", "adjust", "roll back"]


def test_a_rider_that_rolls_back_parts_there() -> None:
    rider = '[[policies]]\nname = "strict"\nramp = { steps = ["20%", "50%"], bake = "30m" }\n'
    flight = flown(more=rider)
    told = [(one.at / MINUTE, one.facts["what"], one.facts["flown"]) for one in flight.journal if one.kind == "policy"]
    assert told == [(moves(flight)[1][0], "roll back", "adjust")]


def test_a_shadow_is_mended_before_anybody_meets_it() -> None:
    flight = flown(steps='"shadow", "20%"')
    made = moves(flight)
    assert [what for _, what in made][:2] == ["step", "adjust"]
    assert made[1][0] < 30.0
    assert flight.outcome == "promoted"


def test_without_a_gate_on_fairness_there_is_nothing_to_mitigate() -> None:
    text = WORLD.format(steps='"20%"', ramp=MEND, more="").replace("fairness.tpr_gap", "quality.brier")
    found = list(Document.model_validate(tomli.loads(text.replace("10pp", "8%"))).problems())
    assert [one.path for one in found] == [("ramp", "mitigation")]
