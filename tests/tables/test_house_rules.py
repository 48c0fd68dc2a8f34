"""What an organisation's policy forbids, each beside the nearest plan or policy that it lets pass."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sandbox.scenario.approvals import Signature
from sandbox.scenario.house.rules import breaches
from sandbox.scenario.house.tables import PolicyFile
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import ScenarioError, dotted
from sandbox.scenario.read import parse_document, read_text
from sandbox.scenario.reference import approvals_page, policy_page

DOCS = Path(__file__).resolve().parents[2] / "docs"

PLAN = """
[scenario]
title = "A plan"
[plan]
hypothesis = "better"
risk = "high"
approvals = ["risk"]
acceptable_harm = "1%"
[plan.halt]
slow = "latency.p95{arm=candidate} > 2s"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[[groups]]
name = "young"
share = "50%"
[[groups]]
name = "old"
share = "50%"
[ramp]
steps = ["shadow", "5%", "20%"]
bake = "20m"
minimum = 1000
hold_out = "2%"
[[gates]]
name = "failures"
kind = "threshold"
metric = "failures.rate"
max = "2%"
[[gates]]
kind = "no-worse"
metric = "latency.p95"
margin = "20%"
steps = [1, 2]
[[gates]]
kind = "fairness"
gap = "10%"
[[gates]]
kind = "threshold"
metric = "quality.brier{group=old}"
max = 0.3
"""

ROWS = [
    # the policy, what of the plan breaks it, where and why, and what the policy may say instead
    ('[ramp]\nlargest_first_step = "4%"', "ramp.steps[1]", "the first step answers 5% of users", ("4%", "5%")),
    ("[ramp]\nlargest_leap = 3.9", "ramp.steps[2]", "from 5% to 20% is 4 times as much", ("3.9", "4")),
    ('[ramp]\nshortest_bake = "21m"', "ramp.steps[1]", "5% holds for 20m", ("21m", "20m")),
    ("[ramp]\nfewest_answers = 1001", "ramp.steps[1]", "5% waits for 1,000 answers", ("1001", "1000")),
    ('[ramp]\nsmallest_hold_out = "3%"', "ramp.hold_out", "2% of users stay on the incumbent", ("3%", "2%")),
    ("[ramp]\nquiet_hours = true", "ramp.quiet_hours", "steps may begin at any time", ("true", "false")),
    ('[plan]\nstated = ["owner"]', "plan.owner", "owner is not stated", ("owner", "hypothesis")),
    ('[plan]\nlargest_acceptable_harm = "0.5%"', "plan.acceptable_harm", "1% worse answers would be", ("0.5%", "1%")),
    ('[[gates]]\nmetric = "errors.rate"', "gates", "no gate that decides watches errors.rate", ("errors", "failures")),
    ('[[gates]]\nmetric = "failures.rate"\nmax = "1%"', "gates",
     'no gate that decides watches failures.rate with max 0.01 or less; "failures" is laxer', ("1%", "2%")),
    ('[[gates]]\nmetric = "latency.*"\nmargin = "19%"', "gates", "no gate that decides watches latency.*",
     ("19", "20")),
    ('[[gates]]\nmetric = "latency.p95"\nmargin = "20ms"', "gates", "no gate that decides watches", ("20ms", "20%")),
    ('[[gates]]\nmetric = "latency.p95"\nevery_step = true', "gates", "at 20% no gate that decides watches latency.p95",
     ("latency.p95", "failures.rate")),
    ('[groups]\nnamed = ["middle"]', "groups", 'no group is called "middle"', ("middle", "young")),
    ('[groups]\nnamed = ["young"]\nwatched = ["quality.brier"]', "gates",
     "no gate that decides watches quality.brier{group=young}", ("young", "old")),
    ('[[bias]]\nmetric = "fairness.tpr_gap"\nmax = "9%"', "gates", "no gate that decides holds fairness.tpr_gap to 9%",
     ("9%", "10%")),
    ('[[bias]]\nmetric = "fairness.calibration_gap"\nmax = "50%"', "gates", "no gate that decides holds",
     ("calibration_gap", "fpr_gap")),
    ('[[approvers]]\nrisk = "high"\nroles = ["risk", "ethics"]', "plan.approvals",
     'the risk is high, and nothing waits for the approval of "ethics"', (', "ethics"', "")),
    ('[[approvers]]\nrisk = "low"\nroles = []', "plan.risk", '"high" is none of the risks low', ("low", "high")),
    ('[approvals]\nlongest = "60d"', "plan.approvals", "the approval of risk of 2026-05-01 counts until 2026-07-01",
     ("60d", "61d")),
]

BOOK = """[runbook.errors]
alerts = ["errors"]
[[runbook.errors.steps]]
title = "look"
command = "open the dashboard"
[runbook.errors.rollback]
requires = ["errors.rate{arm=incumbent} < 1%"]
[[runbook.errors.rollback.steps]]
title = "send everybody back"
action = "roll back"
[[alerts]]
name = "errors"
expr = "errors.rate{arm=candidate} > 2%"
[models.incumbent]"""
"""What a plan has that is ready to roll back."""

BY_PLAN = [
    # the policy, what is replaced in the plan, where and why
    ("[ramp]\nshadow_first = true", ('"shadow", ', ""), "ramp.steps[0]", "it does not begin in shadow"),
    ("[plan]\nhalts = true", ('slow = "latency.p95{arm=candidate} > 2s"', "slow = {}"), "plan.halt", "no condition on"),
    ("[rollback]\nautomatic = true", ("[ramp]", '[ramp]\non_fail = "hold"'), "ramp.on_fail", "a failed gate does not"),
    ('[[gates]]\nmetric = "failures.rate"', ('max = "2%"', 'max = "2%"\ndry_run = true'), "gates",
     "no gate that decides"),
    ('[[approvers]]\nrisk = "high"\nroles = []', ('risk = "high"', ""), "plan.risk", "the risk is not stated"),
]


def plan_of(text: str = PLAN) -> Plan:
    plan = Plan(name="plan", text=text, document=read_text(text, name="plan.toml"))
    signed = Signature(role="risk", steps=[1], plan=plan.hash, by="p-00000001", at=date(2026, 5, 1),
                       expires=date(2026, 7, 1))
    return replace(plan, approvals=(signed,))


def policy_of(text: str) -> PolicyFile:
    return parse_document(text, name="policy.toml", document_type=PolicyFile)


@pytest.mark.parametrize(("rule", "change", "at", "because"), [
    ("recipe", ('requires = ["errors.rate{arm=incumbent} < 1%"]', ""), "runbook", "no runbook has a rollback recipe"),
    ("runbooks", ('alerts = ["errors"]', ""), "alerts[0]", 'no runbook is for "errors", which pages'),
])
def test_a_plan_that_is_not_ready_to_roll_back_breaks_the_rule(rule, change, at, because) -> None:
    text, policy = PLAN.replace("[models.incumbent]", BOOK), f"[rollback]\n{rule} = true"
    assert change[0] in text
    assert broken(policy, plan_of(text)) == []
    first = broken(policy, plan_of(text.replace(*change)))[0]
    assert first[0] == at
    assert first[1].startswith(because)


def broken(policy: str, plan: Plan) -> list[tuple[str, str]]:
    return [(dotted(one.path), one.because) for one in breaches(plan, policy_of(policy))]


@pytest.mark.parametrize(("policy", "at", "because", "instead"), ROWS, ids=[row[0].replace("\n", " ") for row in ROWS])
def test_a_rule_is_broken_and_a_policy_that_asks_a_little_less_is_kept(policy, at, because, instead) -> None:
    first = broken(policy, plan_of())[0]
    assert first[0] == at
    assert first[1].startswith(because)
    assert broken(policy.replace(*instead), plan_of()) == []


@pytest.mark.parametrize(("policy", "change", "at", "because"), BY_PLAN, ids=[row[0].split("\n")[1] for row in BY_PLAN])
def test_a_rule_is_kept_and_a_plan_that_does_a_little_less_breaks_it(policy, change, at, because) -> None:
    assert change[0] in PLAN
    assert broken(policy, plan_of()) == []
    first = broken(policy, plan_of(PLAN.replace(*change, 1)))[0]
    assert first[0] == at
    assert first[1].startswith(because)


def test_one_person_may_not_approve_in_two_roles_where_the_policy_wants_two() -> None:
    plan, policy = plan_of(), "[approvals]\ndistinct = true"
    other = plan.approvals[0].model_copy(update={"role": "privacy"})
    assert broken(policy, replace(plan, approvals=(*plan.approvals, plan.approvals[0]))) == []
    assert broken(policy, replace(plan, approvals=(*plan.approvals, other))) == [
        ("plan.approvals", "p-00000001 approved as risk and as privacy")
    ]
    else_ = other.model_copy(update={"by": "p-00000002"})
    assert broken(policy, replace(plan, approvals=(*plan.approvals, else_))) == []


def test_an_approval_without_an_end_counts_too_long() -> None:
    plan = plan_of()
    endless = plan.approvals[0].model_copy(update={"expires": None})
    found = broken('[approvals]\nlongest = "3000d"', replace(plan, approvals=(endless,)))
    assert found == [("plan.approvals", "the approval of risk of 2026-05-01 counts for good")]


def test_every_key_of_the_policy_is_broken_by_a_row() -> None:
    asked = "\n".join([*(row[0] for row in ROWS), *(row[0] for row in BY_PLAN), "distinct", "recipe", "runbooks"])
    for table in PolicyFile.model_fields.values():
        spec = table.annotation if hasattr(table.annotation, "model_fields") else None
        for key in [] if spec is None else spec.model_fields:
            assert key in asked, key


@pytest.mark.parametrize(("policy", "said"), [
    ('[[gates]]\nmetric = "failure.rate"', 'no metric "failure.rate"; nearest: failures.rate'),
    ('[[gates]]\nmetric = "lag.*"', 'no metric "lag.*"'),
    ('[[bias]]\nmetric = "fairness"\nmax = "1%"', 'no metric "fairness"'),
    ('[ramp]\nlargest_first_step = 5', '"5" has no unit; did you mean "5%"?'),
    ('[ramp]\nlargest_leap = 0.5', "must be at least 1; got 0.5"),
    ('[plan]\nstated = ["ownr"]', 'no value "ownr"; nearest: owner'),
    ('[[approvers]]\nrisk = "a"\nroles = []\n[[approvers]]\nrisk = "a"\nroles = []',
     '"a" stands here twice; join the two'),
])
def test_a_mistake_in_a_policy_is_said_with_its_line(policy, said) -> None:
    with pytest.raises(ScenarioError) as caught:
        policy_of(policy)
    assert caught.value.problems[0].message.startswith(said)
    assert caught.value.problems[0].line >= 2


@pytest.mark.parametrize(("name", "page"), [("policy", policy_page), ("approvals", approvals_page)])
def test_the_pages_on_both_files_are_up_to_date(name, page) -> None:
    assert (DOCS / f"{name}.md").read_text() == page(), "run `make docs`"
