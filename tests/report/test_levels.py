"""How small a p a gate needs: the level that it really judged by, told beside the p."""

import re
from dataclasses import replace

import pytest

from sandbox.decide.judging import sharing
from sandbox.report.decisions import Said
from sandbox.report.levels import needed
from sandbox.report.render.text import text
from sandbox.report.scorecard import score
from sandbox.run.session import fly
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text

GATES = """
[[gates]]
name = "failures no worse"
kind = "no-worse"
metric = "failures.rate"
margin = "2pp"
[[gates]]
name = "accuracy better"
kind = "better"
metric = "quality.accuracy"
alpha = "10%"
dry_run = true
[[gates]]
name = "accuracy no worse"
kind = "no-worse"
metric = "quality.accuracy"
margin = "4pp"
alpha = "1%"
[[gates]]
name = "late few"
kind = "no-worse"
metric = "latency.p95"
margin = "30%"
test = "fixed"
"""
TEXT = """
format = 1
[scenario]
title = "Levels"
duration = "40m"
[traffic]
kind = "steady"
mean = "20/s"
[models.incumbent]
kind = "synthetic"
auc = 0.8
[models.candidate]
kind = "synthetic"
auc = 0.85
[labels]
delay = "30s"
[ramp]
steps = ["20%", "50%"]
bake = "3m"
"""


def plan_of(correction: str) -> Plan:
    whole = f'{TEXT}{GATES}[judgement]\ncorrection = "{correction}"\n'
    return Plan(name="levels", text=whole, document=read_text(whole, name="levels.toml"), source="levels.toml")


def said(gate: str, *, kind: str = "no-worse", because: str = "+0pp ≤ +2pp, p 0.02 by user") -> Said:
    return Said(
        at=0, gate=gate, kind=kind, verdict="pass", because=because, n=9, decides=True, step=0,
    )


@pytest.mark.parametrize("correction", ["bonferroni", "e-bh", "none"])
def test_the_level_that_is_told_is_the_one_that_the_gate_judges_by(correction):
    plan = plan_of(correction)
    gates = sharing(tuple(plan.document.gates), correction=correction)
    for gate in gates[:3]:
        assert needed(said(gate.name, kind=gate.kind), plan.filled_in) == f"needs p ≤ {gate.alpha:.3g}"


def test_what_tells_no_p_needs_none():
    plan = plan_of("bonferroni").filled_in
    assert needed(said("failures no worse", because="candidate n 9 < 50"), plan) == ""
    assert needed(said("late few", because="+1% ± 2% ≤ +30%, p 0.1"), plan) == ""
    assert needed(said("of a halt", kind="threshold"), plan) == ""


def test_in_a_flight_what_passes_has_the_p_that_it_needs_and_what_waits_has_not():
    card = score(fly(plan_of("bonferroni"), seed=3))
    told = [line for line in card.log if line.needs]
    assert {line.who for line in told} == {"gate", "ramp"}
    for line in told:
        within = float(re.search(r"p <?([\d.e-]+)", line.because)[1])
        assert (within <= float(line.needs.split()[-1])) == (line.verdict == "PASS")
    assert "(needs p ≤ 0.00333 · n " in text(card)
    assert text(replace(card, log=())).count("needs p") == 0


