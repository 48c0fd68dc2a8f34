"""A plan is reviewed and approved by role; what is changed afterwards waits again."""

import json
from pathlib import Path

import pytest
import tomli

from tests.cli.conftest import TINY

GOVERNED = TINY.replace('bake = "2m"', 'bake = "2m"\napprovals = [{ step = 3, role = "product" }]') + """
[plan]
hypothesis = "it ranks better"
approvals = ["risk"]
[plan.halt]
"too slow" = "latency.p95{arm=candidate}[3m] > 2s"
[expect]
outcome = "promoted"
"""


@pytest.fixture
def governed(tiny):
    return tiny("", text=GOVERNED)


def approve(greenroom, role, *more):
    return greenroom("plan", "approve", "tiny.toml", "--as", role, "--by", "Anna Meier", *more)


def test_a_plan_waits_for_its_roles_and_flies_once_they_have_approved(greenroom, governed):
    assert greenroom("plan", "status", governed)[0] == 4
    assert greenroom("run", governed)[0] == 1
    for role in ("risk", "product"):
        code, out, _ = approve(greenroom, role)
        assert code == 0
        assert f"{role} approves step" in out
    code, out, _ = greenroom("plan", "status", governed)
    assert code == 0
    assert out.count(" given ") == 2
    assert greenroom("check", governed, "--strict")[0] == 0
    code, out, err = greenroom("run", governed)
    assert (code, "promoted" in out, "not-approved" in err) == (0, True, False)


def test_the_file_of_approvals_holds_a_pseudonym_and_the_name_stays_in_the_store(greenroom, governed, home):
    approve(greenroom, "risk", "--note", "looks fine", "--expires", "90d")
    text = Path("tiny.approvals.toml").read_text()
    row = tomli.loads(text)["approvals"][0]
    table = json.loads(next((home / "home").rglob("names.json")).read_bytes())
    assert "Anna" not in text
    assert table == {row["by"]: "Anna Meier"}
    assert (row["role"], row["steps"], row["note"]) == ("risk", [1], "looks fine")
    assert greenroom("forget", "Anna Meier")[1].strip().endswith(f"whose {row['by']} was")
    assert greenroom("forget", "Anna Meier")[0] == 2
    assert greenroom("plan", "status", governed)[1].count("given") == 1


def test_approvals_of_a_changed_plan_are_refused(greenroom, governed):
    approve(greenroom, "risk")
    approve(greenroom, "product")
    governed.write_text(governed.read_text().replace("50%", "60%"))
    code, out, err = greenroom("run", governed)
    assert code == 1
    assert "the ramp waits for the approval of risk" in out
    assert 'tiny.toml:23  not-approved  plan.approvals[0]: "risk" approved another plan (the plan was ' in err
    assert greenroom("check", governed, "--strict")[0] == 3
    code, out, _ = greenroom("plan", "status", governed)
    assert (code, out.count(" void ")) == (4, 2)


def test_who_reviewed_another_text_cannot_approve_this_one(greenroom, governed):
    reviewed = greenroom("plan", "review", governed)[1].split("plan ")[1].split()[0]
    assert approve(greenroom, "risk", "--plan", reviewed)[0] == 0
    governed.write_text(governed.read_text() + "# changed\n")
    code, _, err = approve(greenroom, "risk", "--plan", reviewed)
    assert code == 2
    assert "which you reviewed; review it anew" in err


def test_the_review_says_what_one_must_know(greenroom, governed):
    code, out, _ = greenroom("plan", "review", governed)
    assert code == 0
    for said in (
        "hypothesis    it ranks better", " 1  shadow ", "waits for risk", "promotion                waits for product",
        "too slow: latency.p95{arm=candidate}[3m] > 2s: roll back", 'risk, step 1 (begin, shadow): "risk" has not',
    ):
        assert said in out


@pytest.mark.parametrize(("more", "said"), [
    (["--as", "legal"], 'does not wait for the approval of "legal"; it waits for risk, product'),
    (["--as", "risk", "--step", "2"], "--step 2 does not wait for risk; 1 would"),
    (["--as", "risk", "--expires", "soon"], '--expires "soon" is not a day; write it as "2026-12-31", or as "90d"'),
    (["--as", "risk", "--expires", "2001-01-01"], "--expires 2001-01-01 is over; name a day to come"),
    (["--as", "risk", "--by", " "], "--by: a name has 1 to 200 characters on one line"),
])
def test_what_cannot_be_approved_is_refused_and_nothing_is_written(greenroom, governed, more, said):
    code, _, err = greenroom("plan", "approve", governed, "--by", "Anna", *more)
    assert code == 2
    assert said in err
    assert not Path("tiny.approvals.toml").exists()


def test_a_plan_that_asks_for_nobody_says_so(greenroom, tiny):
    code, out, _ = greenroom("plan", "status", tiny())
    assert (code, "waits for nobody's approval" in out) == (0, True)
    assert greenroom("plan")[0] == 2


def test_files_of_approvals_among_scenarios_are_left_to_the_scenario_they_belong_to(greenroom, governed):
    approve(greenroom, "risk")
    assert "tiny.toml: can fly, 1 warning (Tiny)" in greenroom("check", "tiny.approvals.toml", governed)[1]
    code, _, err = greenroom("check", "tiny.approvals.toml")
    assert code == 2
    assert "holds approvals; name the scenario they are for, tiny.toml" in err


POLICY = 'format = 1\n[ramp]\nlargest_first_step = "5%"\n'


def test_check_holds_a_plan_to_a_policy_and_names_both_lines(greenroom, governed, tmp_path):
    (tmp_path / "policy.toml").write_text(POLICY)
    code, out, _ = greenroom("check", governed, "--policy", "policy.toml")
    assert code == 3
    line = governed.read_text()[: governed.read_text().index("steps =")].count("\n") + 1
    assert (
        f"tiny.toml:{line}  ramp.steps[1]: the first step answers 50% of users; begin with at most 5% "
        "(policy.toml:3 ramp.largest_first_step)"
    ) in out
    assert "tiny.toml: breaks 1 rule of policy.toml, 2 warnings" in out
    code, _, err = approve(greenroom, "risk", "--policy", "policy.toml")
    assert (code, "breaks 1 rule of policy.toml; nothing was approved" in err) == (3, True)
    assert greenroom("plan", "review", governed, "--policy", "policy.toml")[0] == 3
    (tmp_path / "policy.toml").write_text(POLICY.replace("5%", "50%"))
    assert greenroom("check", governed, "--policy", "policy.toml")[0] == 0


SHORT = 'format = 1\n[approvals]\nlongest = "30d"\ndistinct = true\n'


def test_an_approval_that_breaks_a_rule_is_refused_before_it_is_written(greenroom, governed, tmp_path, home):
    (tmp_path / "policy.toml").write_text(SHORT)
    code, _, err = approve(greenroom, "risk", "--policy", "policy.toml", "--expires", "90d")
    assert (code, "let it expire within 30d" in err, "(policy.toml:3 approvals.longest)" in err) == (3, True, True)
    assert not Path("tiny.approvals.toml").exists()
    assert not list((home / "home").rglob("names.json"))
    assert approve(greenroom, "risk", "--policy", "policy.toml", "--expires", "20d")[0] == 0
    code, _, err = approve(greenroom, "product", "--policy", "policy.toml", "--expires", "20d")
    assert (code, "approved as risk and as product" in err) == (3, True)
    assert Path("tiny.approvals.toml").read_text().count("[[approvals]]") == 1


def test_the_status_by_a_policy_is_not_given_where_an_approval_breaks_it_until_it_is_replaced(
    greenroom, governed, tmp_path
):
    (tmp_path / "policy.toml").write_text(SHORT)
    approve(greenroom, "risk")
    approve(greenroom, "product", "--by", "Otto")
    assert greenroom("plan", "status", governed)[0] == 0
    code, out, _ = greenroom("plan", "status", governed, "--policy", "policy.toml")
    assert (code, out.count("  breaks  "), "counts for good" in out) == (3, 2, True)
    approve(greenroom, "risk", "--expires", "20d")
    approve(greenroom, "product", "--by", "Otto", "--expires", "20d")
    code, out, _ = greenroom("plan", "status", governed, "--policy", "policy.toml", "--output", "json")
    assert (code, json.loads(out)[0]["breaks"]) == (0, [])


def test_an_approval_is_taken_back_by_who_gave_it_and_the_file_keeps_both(greenroom, governed):
    approve(greenroom, "risk")
    before = Path("tiny.approvals.toml").read_text()
    code, _, err = greenroom("plan", "withdraw", governed, "--as", "risk", "--by", "Otto")
    assert (code, "Otto has approved nothing of" in err) == (2, True)
    code, out, _ = greenroom("plan", "withdraw", governed, "--as", "risk", "--by", "Anna Meier", "--note", "too soon")
    assert (code, "risk takes back the approval of step 1 (begin, shadow)" in out) == (0, True)
    after = Path("tiny.approvals.toml").read_text()
    assert after.startswith(before)
    assert tomli.loads(after)["approvals"][1]["withdrawn"] is True
    code, out, _ = greenroom("plan", "status", governed)
    assert (code, "withdrawn" in out, "took it back on" in out) == (4, True, True)
    assert '"risk" approved, and took it back' in greenroom("check", governed, "--strict")[1]
    approve(greenroom, "risk")
    assert greenroom("plan", "status", governed)[1].count(" given ") == 1


def test_a_policy_with_a_mistake_is_refused_before_anything_is_held_to_it(greenroom, governed, tmp_path):
    (tmp_path / "policy.toml").write_text(POLICY.replace("largest_first", "first"))
    code, _, err = greenroom("check", governed, "--policy", "policy.toml")
    assert (code, 'policy.toml:3  ramp.first_step: no key "first_step"; nearest: ' in err) == (3, True)
    assert greenroom("check", governed, "--policy", "none.toml")[0] == 3


@pytest.mark.parametrize("what", ["scenario", "policy", "approvals"])
def test_every_file_has_a_schema(greenroom, what):
    code, out, _ = greenroom("schema", what)
    assert code == 0
    assert json.loads(out)["title"] == f"greenroom {what}, format 1"


def test_the_status_is_there_for_programs_too(greenroom, governed):
    approve(greenroom, "risk", "--expires", "90d")
    code, out, _ = greenroom("plan", "status", governed, "--output", "json")
    (said,) = json.loads(out)
    assert code == 4
    assert [(one["role"], one["step"], one["state"]) for one in said["approvals"]] == [
        ("risk", 1, "given"), ("product", 3, "missing")
    ]
    assert said["approvals"][0]["signature"]["plan"] == said["plan"]


def test_a_name_that_somebody_wrote_into_a_plan_is_said_to_stand_there(greenroom, tiny):
    plan = tiny("", text=GOVERNED.replace("[plan]", '[plan]\nowner = "Anna Meier"'))
    approve(greenroom, "risk")
    greenroom("run", plan)
    code, _, err = greenroom("forget", "Anna Meier")
    assert code == 0
    assert "the name is also written in " in err
    assert err.count("scenario.toml") == 1
