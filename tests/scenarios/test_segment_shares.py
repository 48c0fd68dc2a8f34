"""Shares of single segments: each is compared with itself, and the mix of segments is nobody's fault."""

import math

import numpy as np
import pytest
import tomli
from pydantic import ValidationError

from sandbox.base.command import Accepted, Refused
from sandbox.base.flight import Flight
from sandbox.decide.ramp.steps import Steps
from sandbox.decide.ramp.strata import strata_of
from sandbox.decide.statistics import stratified
from sandbox.decide.statistics.stratified import Sums
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.plan import Plan

MINUTE = 60 * 10**9
WORLD = """
[scenario]
title = "A toggle each"
duration = "45m"
[traffic]
kind = "steady"
mean = "40/s"
[users]
opt_out = "10%"
[[segments]]
name = "eu"
share = "30%"
label_shift = 1.2
[[segments]]
name = "us"
share = "50%"
label_shift = -0.8
[[segments]]
name = "staff"
share = "20%"
[models.incumbent]
kind = "synthetic"
auc = 0.75
[models.candidate]
kind = "synthetic"
auc = {auc}
[labels]
delay = "1m"
slowest = "3m"
[ramp]
steps = [{steps}]
bake = "20m"
"""
APART = '{ share = "10%", shares = { eu = "60%", staff = "0%" } }, { share = "20%", shares = { eu = "80%" } }'
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
name = "accuracy"
kind = "no-worse"
metric = "quality.accuracy"
margin = "0%"
dry_run = true
[[gates]]
name = "once"
kind = "no-worse"
metric = "quality.brier"
margin = "0%"
test = "fixed"
alpha = "0.1%"
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
"""


def plan_of(steps: str = APART, *, auc: float = 0.75, more: str = GATES) -> Plan:
    text = WORLD.format(steps=steps, auc=auc) + more
    document = Document.model_validate(tomli.loads(text))
    assert not list(document.problems())
    return Plan(name="toggles", text=text, document=document)


def verdicts(flight: Flight, name: str) -> set[str]:
    return {one.facts["verdict"] for one in flight.journal if one.kind == "gate" and one.facts["gate"] == name}


def pooled_z(flight: Flight) -> float:
    """The naive comparison: accuracy of all who were drawn to one arm against all who were drawn to the other."""
    layout = flight.header.layout
    tables = sum(
        layout.part(one.counts.dense(), "user_labels").sum(axis=(1, 2))[:, :4]
        for one in flight.windows if one.matured and one.step == 0
    )
    right, n = np.asarray(tables)[:, [0, 3]].sum(axis=1), np.asarray(tables).sum(axis=1)
    p = right.sum() / n.sum()
    return float((right[1] / n[1] - right[0] / n[0]) / math.sqrt(p * (1 - p) * (1 / n).sum()))


@pytest.mark.parametrize("seed", range(6))
def test_equal_models_are_found_equal_where_the_naive_comparison_is_sure_that_they_are_not(seed: int) -> None:
    # In eu, where most labels are true, most users are on the candidate; in us few are (Simpson 1951).
    flight = fly(plan_of(), seed=seed)
    assert abs(pooled_z(flight)) > 6
    for name in ("split", "by user", "accuracy", "once", "of eu"):
        assert not verdicts(flight, name) & {"fail", "error"}, name


@pytest.mark.parametrize("seed", range(3))
def test_a_worse_model_is_found_where_shares_differ(seed: int) -> None:
    # Its accuracy is worse in every segment; pooled, it would be read against segments it hardly meets.
    flight = fly(plan_of(auc=0.66), seed=seed)
    assert "fail" in verdicts(flight, "by user")
    assert not verdicts(flight, "split") & {"error"}


def test_each_segment_gets_its_share() -> None:
    flight = fly(plan_of())
    layout = flight.header.layout
    for step, wanted in ((0, (0.6, 0.1, 0.0)), (1, (0.8, 0.2, 0.2))):
        counts = sum(
            layout.part(one.counts.dense(), "offered")[:, 0].sum(axis=2)
            for one in flight.windows if not one.matured and one.step == step and one.share[1] < 1.0
        )
        found = np.asarray(counts)[1] / np.asarray(counts).sum(axis=0)
        # A user is on the line once; shares are of the 90% who did not opt out, and users differ in nothing else.
        assert found == pytest.approx([0.9 * share for share in wanted], abs=0.03)
    titles = [one.facts["title"] for one in flight.journal if one.kind == "ramp" and one.facts["what"] == "step"]
    assert titles == ["eu 60%, staff 0%, else 10%", "eu 80%, else 20%"]


def test_what_mixes_segments_says_so() -> None:
    journal = fly(plan_of()).journal
    said = [one.facts for one in journal if one.kind == "gate" and one.facts["gate"] == "by request"]
    assert {one["verdict"] for one in said} == {"no_data"}
    assert "segments have shares of their own" in said[0]["because"]


def test_strata_are_those_segments_that_some_step_treats_apart() -> None:
    ramp = Steps.model_validate({"steps": [
        {"share": "5%", "shares": {"b": "10%"}}, {"share": "20%", "shares": {"b": "20%", "c": "30%"}},
    ]})
    assert strata_of([ramp], ("a", "b", "c", "d")) == (0, 1, 2, 0)
    assert strata_of([Steps.model_validate({"steps": ["5%"]})], ("a", "b")) == ()


def test_two_strata_are_two_windows() -> None:
    # By hand: in stratum one 10 of 100 and 12 of 120, in stratum two 90 of 300 and 3 of 10: no difference within
    # either, though 100 of 400 are more than twice as many as 15 of 130.
    n, total = np.zeros((2, 64)), np.zeros((2, 64))
    for first, sizes, hits in ((0, (100.0, 120.0), (10.0, 12.0)), (32, (300.0, 10.0), (90.0, 3.0))):
        for arm in (0, 1):
            n[arm, first : first + 32] = sizes[arm] / 32
            total[arm, first : first + 32] = hits[arm] / 32
    both = (n[0], n[1]), (total[0], total[1])
    apart = stratified.by_users(Sums(), *both, (0.02, 0.03), strata=2)
    pooled = stratified.by_users(Sums(), *both, (0.02, 0.03))
    assert stratified.difference(apart, relative=False, at=0.0, share=True)[0] == pytest.approx(0.0, abs=1e-12)
    assert stratified.difference(pooled, relative=False, at=0.0, share=True)[0] == pytest.approx(15 / 130 - 100 / 400)
    w = 100 * 120 / 220, 300 * 10 / 310
    assert apart.old == pytest.approx(w[0] * 0.1 + w[1] * 0.3)


def test_somebody_may_send_a_segment_back_and_readmit_it() -> None:
    session = Session(plan_of('"30%"', more=""))
    assert isinstance(session.apply("divert", segment="eu"), Refused), "the ramp has not begun"
    session.advance(5 * MINUTE)
    assert isinstance(session.apply("divert", segment="eu"), Accepted)
    refused = session.apply("divert", segment="eu")
    assert isinstance(refused, Refused)
    assert "sent back already" in refused.reason
    session.apply("divert", segment="us")
    last = session.apply("divert", segment="staff")
    assert isinstance(last, Refused)
    assert "roll back instead" in last.reason
    session.advance(10 * MINUTE)
    assert isinstance(session.apply("readmit", segment="eu"), Accepted)
    unknown = session.apply("readmit", segment="mars")
    assert isinstance(unknown, Refused)
    assert "there is eu, us, staff" in unknown.reason
    session.advance(15 * MINUTE)
    flight = session.finish()
    layout = flight.header.layout

    def on_candidate(start: int, end: int) -> list[bool]:
        windows = [one for one in flight.windows if not one.matured and start <= one.start / MINUTE < end]
        counts = sum(layout.part(one.counts.dense(), "offered")[1, 0].sum(axis=1) for one in windows)
        return [bool(count) for count in counts]

    assert on_candidate(0, 5) == [True, True, True]
    assert on_candidate(5, 10) == [False, False, True]
    assert on_candidate(10, 15) == [True, False, True]


def test_a_plan_knows_how_much_traffic_the_candidate_will_have() -> None:
    rates = Prospect(plan_of().document).rates(0)
    assert rates is not None
    assert rates[1] == pytest.approx(40 * 0.9 * (0.3 * 0.6 + 0.5 * 0.1))


REFUSED = [
    ('{ shares = { eu = "0%" } }', "a step needs a share"),
    ('{ share = "5%", segments = ["eu"], shares = { us = "5%" } }', "remove segments"),
    ('{ share = "5%", shares = { eu = "50%" } }, "20%"', "step 2 has a smaller share in eu than step 1"),
]


@pytest.mark.parametrize(("steps", "says"), REFUSED)
def test_shares_that_make_no_sense_are_refused(steps: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Document.model_validate(tomli.loads(WORLD.format(steps=steps, auc=0.8)))


def test_a_segment_nobody_knows_is_named() -> None:
    text = WORLD.format(steps='{ share = "5%", shares = { ue = "50%" } }', auc=0.8)
    found = list(Document.model_validate(tomli.loads(text)).problems())
    assert [one.path for one in found] == [("ramp", "steps", 0, "shares", "ue")]
    assert 'no segment "ue"' in found[0].message
