"""Thresholds moved and odds multiplied in flight: from which request on, for whom, and what was true of it."""

import numpy as np
import pytest
import tomli

from sandbox.base.flight import Flight
from sandbox.base.window import FIXED_POINT
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
WEIGH = 'mitigation = "reweighting"'


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


def brier(flight: Flight, *, start: float, end: float) -> float:
    """The candidate's Brier score over matured windows that began in some minutes."""
    layout = flight.header.layout
    squares, cases = 0.0, 0
    for window in flight.windows:
        if window.matured and start <= window.start / MINUTE < end:
            counts = window.counts.dense()
            squares += float(layout.part(counts, "brier")[1, ..., 0].sum()) / FIXED_POINT
            cases += int(layout.part(counts, "confusion")[1].sum())
    return squares / cases


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


@pytest.mark.parametrize("seed", range(2))
def test_weights_close_a_gap_of_scores_too_low_and_mend_what_they_promise(seed: int) -> None:
    flight, moved = flown(ramp=WEIGH, seed=seed), flown(seed=seed)
    made = moves(flight)
    assert [what for _, what in made] == ["step", "reweight", "step", "promote"]
    assert made[1][0] == moves(moved)[1][0], "as soon as a threshold would have been moved"
    at = made[1][0]
    assert gap(flight, 1, start=0, end=at) > 0.15
    # A weight from some minutes' labels: the mean of a few thousand scores and labels, whose share is known to 1%.
    assert abs(gap(flight, 1, start=at, end=140)) < 0.06
    assert abs(gap(flight, 0, start=0, end=at) - gap(flight, 0, start=at, end=140)) < 0.03, "the incumbent is untouched"
    assert brier(flight, start=at, end=140) < brier(moved, start=at, end=140) - 0.005


def test_weights_change_the_scores_of_the_group_alone_and_from_then_on() -> None:
    weighed, plain = flown(ramp=WEIGH), flown(ramp='on_fail = "hold"')
    at = moves(weighed)[1][0]
    before = plain.truth.starts / MINUTE < at
    assert np.array_equal(weighed.truth.decided[before], plain.truth.decided[before])
    assert np.array_equal(weighed.truth.decided[:, :, 0], plain.truth.decided[:, :, 0]), "the many are as they were"
    few = weighed.truth.decided[~before][:, 1, 1].sum(axis=0), plain.truth.decided[~before][:, 1, 1].sum(axis=0)
    assert few[0][3] > few[1][3]


def test_where_the_gap_comes_of_base_rates_no_weight_helps_and_it_is_rolled_back() -> None:
    text = WORLD.format(steps='"50%"', ramp=WEIGH, more="").replace('against = { group = "few", shift = 0.9 }\n', "")
    text = text.replace('share = "35%"', 'share = "35%"\nlabel_shift = -0.9').replace(
        'kind = "no-worse"\nmetric = "fairness.tpr_gap"\nmargin = "10pp"',
        'kind = "threshold"\nmetric = "fairness.tpr_gap"\nmax = "10%"\nminimum = 2000',
    )
    document = Document.model_validate(tomli.loads(text))
    assert not list(document.problems())
    flight = fly(Plan(name="rarer", text=text, document=document), seed=1)
    assert [what for _, what in moves(flight)] == ["step", "roll back"]
    said = [one.facts["because"] for one in flight.journal if one.kind == "ramp"][-1]
    assert "and no weight of a group is known to narrow it" in said


@pytest.mark.parametrize("mend", [MEND, WEIGH])
def test_it_does_not_matter_how_time_is_cut(mend: str) -> None:
    text = WORLD.format(steps='"20%", "50%"', ramp=mend, more="")
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


def test_a_rider_that_mends_otherwise_parts_there_too() -> None:
    rider = '[[policies]]\nname = "other"\nramp = { steps = ["20%", "50%"], bake = "30m", mitigation = "thresholds" }\n'
    flight = flown(ramp=WEIGH, more=rider)
    told = [(one.at / MINUTE, one.facts["what"], one.facts["flown"]) for one in flight.journal if one.kind == "policy"]
    assert told == [(moves(flight)[1][0], "adjust", "reweight")]
    same = flown(ramp=WEIGH, more=rider.replace("thresholds", "reweighting"))
    assert not [one for one in same.journal if one.kind == "policy"]


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
