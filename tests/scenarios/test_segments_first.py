"""A step for one segment compares those who take part, and nobody with those who were never drawn."""

import pytest
import tomli

from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

WORLD = """
[scenario]
title = "Segment first"
duration = "45m"
[traffic]
kind = "steady"
mean = "40/s"
[users]
opt_out = "20%"
[[segments]]
name = "eu"
share = "30%"
label_shift = 0.8
[[segments]]
name = "us"
share = "70%"
label_shift = -0.4
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[labels]
delay = "1m"
slowest = "3m"
[ramp]
steps = [{ share = "30%", segments = ["eu"] }, "30%"]
bake = "20m"
"""
GATES = """
[[gates]]
name = "split"
kind = "srm"
dry_run = true
[[gates]]
name = "by user"
kind = "no-worse"
metric = "quality.brier"
margin = "0%"
dry_run = true
[[gates]]
name = "by request"
kind = "no-worse"
metric = "quality.brier"
margin = "0%"
unit = "request"
dry_run = true
[[gates]]
name = "of eu"
kind = "no-worse"
metric = "quality.brier{segment=eu}"
margin = "30%"
dry_run = true
[[gates]]
name = "percentile"
kind = "no-worse"
metric = "quality.auc"
margin = "0.2"
dry_run = true
"""


def said(seed: int, name: str, *, before: int) -> list[dict]:
    text = WORLD + GATES
    document = Document.model_validate(tomli.loads(text))
    assert not list(document.problems())
    journal = fly(Plan(name="segments", text=text, document=document), seed=seed).journal
    return [one.facts for one in journal if one.kind == "gate" and one.facts["gate"] == name and one.at < before]


@pytest.mark.parametrize("seed", range(6))
def test_equal_models_are_found_equal_where_segments_differ_and_one_goes_first(seed: int) -> None:
    # The label rate of the two segments is worlds apart: against all others the candidate would look far worse.
    for name in ("split", "by user", "of eu"):
        verdicts = {one["verdict"] for one in said(seed, name, before=10**18)}
        assert not verdicts & {"fail", "error"}, name
    assert "pass" in {one["verdict"] for one in said(seed, "of eu", before=20 * 60 * 10**9)}


@pytest.mark.parametrize("seed", range(3))
def test_a_segment_that_took_part_and_no_longer_does_is_nobodys_control(seed: int) -> None:
    steps = 'steps = [{ share = "30%", segments = ["eu"] }, { share = "30%", segments = ["us"] }]'
    text = WORLD.replace('steps = [{ share = "30%", segments = ["eu"] }, "30%"]', steps) + GATES
    plan = Plan(name="segments", text=text, document=Document.model_validate(tomli.loads(text)))
    gates = [one for one in fly(plan, seed=seed).journal if one.kind == "gate"]
    said = [one for one in gates if one.facts["gate"] in ("split", "by user")]
    assert not {one.facts["verdict"] for one in said} & {"fail", "error"}
    late = [one.facts["n"] for one in said if one.facts["gate"] == "by user" and one.at < 40 * 60 * 10**9]
    assert late[-1] == pytest.approx(40 * 60 * 16 * 0.7 * 0.8, rel=0.12), "those of us alone"


def test_what_cannot_tell_who_takes_part_waits_for_a_step_for_all() -> None:
    first = 20 * 60 * 10**9
    for name in ("by request", "percentile"):
        early = said(1, name, before=first)
        assert {one["verdict"] for one in early} == {"no_data"}
        assert "only some segments take part" in early[-1]["because"]
        assert any(one["verdict"] != "no_data" for one in said(1, name, before=10**18))


def test_by_user_only_those_count_whose_arm_was_drawn() -> None:
    late = said(2, "by user", before=20 * 60 * 10**9)[-1]
    # 40/s for the 16 minutes whose labels have matured; 30% in eu, of whom 80% take part.
    assert late["n"] == pytest.approx(40 * 60 * 16 * 0.3 * 0.8, rel=0.12)


DIVERTED = WORLD.replace(
    'steps = [{ share = "30%", segments = ["eu"] }, "30%"]', 'steps = ["30%", "60%"]\nrollback = "segment"'
)
NEVER = '[[gates]]\nname = "{0}"\nkind = "threshold"\nmetric = "quality.tpr{{segment={0}}}"\nmin = "99.9%"\n'


@pytest.mark.parametrize("seed", range(3))
def test_a_segment_that_is_sent_back_meets_the_candidate_no_more_and_the_rest_goes_on(seed: int) -> None:
    text = DIVERTED + NEVER.format("eu") + GATES
    flight = fly(Plan(name="diverted", text=text, document=Document.model_validate(tomli.loads(text))), seed=seed)
    moved = [one for one in flight.journal if one.kind == "ramp" and one.facts["what"] != "hold"]
    assert [one.facts["what"] for one in moved] == ["step", "divert eu", "step", "promote"]
    assert flight.outcome == "promoted"
    layout, back = flight.header.layout, moved[1].at
    after = [one.counts.dense() for one in flight.windows if not one.matured and one.start >= back]
    eu, us = sum(layout.part(counts, "offered")[1, 0].sum(axis=1) for counts in after)
    assert (eu, us > 10_000) == (0, True)
    verdicts = [(one.facts["gate"], one.facts["verdict"]) for one in flight.journal if one.kind == "gate"]
    assert not {("split", "error"), ("by user", "fail")} & set(verdicts)
    assert all(one.at <= back for one in flight.journal if one.kind == "gate" and one.facts["gate"] == "eu")


def test_when_every_segment_is_sent_back_the_rollout_is_rolled_back() -> None:
    text = DIVERTED + NEVER.format("eu") + NEVER.format("us")
    flight = fly(Plan(name="diverted", text=text, document=Document.model_validate(tomli.loads(text))))
    assert flight.outcome == "rolled_back"
