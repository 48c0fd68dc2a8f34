"""A governed plan: it keeps its organisation's rules, everybody signed it, and only what they feared stops it."""

from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.cli.scenarios import bundled_folder
from sandbox.run.session import fly
from sandbox.scenario.approvals import beside, standings, today
from sandbox.scenario.house.rules import breaches
from sandbox.scenario.house.tables import PolicyFile
from sandbox.scenario.read import read_approvals, read_document, read_plan, read_text

PATH = bundled_folder() / "signed-and-halted.toml"
POLICY = bundled_folder() / "governance" / "policy.toml"


def test_it_keeps_every_rule_of_the_policy_beside_it() -> None:
    policy, _ = read_document(POLICY, PolicyFile)
    assert list(breaches(read_plan(PATH), policy)) == []


@pytest.mark.parametrize("change", ["", "\n", "# a word\n"])
def test_everybody_signed_this_text_and_no_other(change) -> None:
    plan = read_plan(PATH)
    text = plan.text + change
    changed = replace(plan, text=text, document=read_text(text, name="x.toml"))
    stands = list(standings(changed.document, read_approvals(PATH), plan=changed.hash, files="", day=today()))
    assert {one.need.role for one in stands} == {"risk", "privacy", "ethics", "product"}
    assert {one.state for one in stands} == ({"void"} if change else {"given"})


def test_the_approvals_name_nobody_and_never_expire_so_that_every_clone_flies_the_same() -> None:
    signatures = read_approvals(PATH)
    assert len({one.by for one in signatures}) == len(signatures) == 4
    assert all(one.expires is None for one in signatures)
    assert beside(PATH).read_text().count("p-") == 4


def test_without_the_halt_condition_its_gates_would_have_let_it_through() -> None:
    plan = read_plan(PATH)
    lines = [line for line in plan.text.splitlines() if not line.startswith('"answers come late"')]
    document = read_text("\n".join(line for line in lines if not line.startswith("alert")), name="x.toml")
    flight = fly(replace(plan, document=document))
    assert flight.outcome == "promoted"
    assert not any(entry.kind == "gate" and entry.facts["verdict"] == "fail" for entry in flight.journal)


def test_on_call_follows_the_runbook_to_its_end_though_the_halt_was_quicker() -> None:
    flight = fly(read_plan(PATH))
    steps = [(entry.facts["step"], entry.facts["what"]) for entry in flight.journal if entry.kind == "verify"]
    assert steps == [(1, "verified"), (2, "verified"), (3, "verified")]
    asked = [entry.facts for entry in flight.journal if entry.kind == "command"]
    assert [one["kind"] for one in asked if one["actor"] == "on-call"].count("send") == 2
    assert not [one for one in asked if one["answer"] == "refused"]


def test_both_files_stand_where_the_lesson_says() -> None:
    assert Path(POLICY).is_file()
    assert "scenarios/governance/policy.toml" in PATH.read_text()
