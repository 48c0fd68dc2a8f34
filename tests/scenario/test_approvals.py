"""Approvals are of one text of a plan, in one role, for some steps, until a day."""

from datetime import date

import pytest

from sandbox.base.digest import canonical, fingerprint
from sandbox.scenario.approvals import Signature, files_hash, standings
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import ScenarioError
from sandbox.scenario.read import read_plan, read_text

TEXT = """
[scenario]
title = "Short"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[plan]
approvals = ["risk", "privacy"]
[ramp]
steps = ["5%", "100%"]
approvals = [{ step = 3, role = "risk" }, { step = 2, role = "product", takes = "5m" }]
"""
PLAN = fingerprint(TEXT.encode())
OTHER = "ab" * 32
DAY = date(2026, 6, 1)


def signed(
    role="risk", *, steps=(1,), plan=PLAN, files="", by="p-00000001", expires=None, withdrawn=False
) -> Signature:
    return Signature(
        role=role, steps=list(steps), plan=plan, files=files, by=by, at=date(2026, 5, 1), expires=expires,
        withdrawn=withdrawn,
    )


def states(*signatures: Signature, files: str = "", day: date = DAY) -> dict[tuple[str, int], str]:
    document = read_text(TEXT, name="short.toml")
    found = standings(document, signatures, plan=PLAN, files=files, day=day)
    return {(one.need.role, one.need.step): one.state for one in found}


def test_what_nobody_approved_is_missing_in_the_order_of_the_steps() -> None:
    assert list(states()) == [("risk", 1), ("privacy", 1), ("product", 2), ("risk", 3)]
    assert set(states().values()) == {"missing"}


@pytest.mark.parametrize(("signature", "begins", "promotes"), [
    (signed(), "given", "missing"),
    (signed(steps=(1, 3)), "given", "given"),
    (signed(steps=(3,)), "missing", "given"),
    (signed("privacy", steps=(1, 3)), "missing", "missing"),
    (signed(plan=OTHER), "void", "missing"),
    (signed(files=OTHER), "void", "missing"),
    (signed(expires=DAY), "given", "missing"),
    (signed(expires=date(2026, 5, 31)), "expired", "missing"),
])
def test_an_approval_counts_for_its_role_its_steps_its_text_and_until_its_day(signature, begins, promotes) -> None:
    found = states(signature)
    assert (found["risk", 1], found["risk", 3]) == (begins, promotes)


def test_one_that_stands_is_enough_and_of_those_that_do_not_the_newest_is_said() -> None:
    over = signed(by="p-00000002", expires=date(2026, 5, 2))
    assert states(signed(plan=OTHER), signed(), over)["risk", 1] == "given"
    assert states(signed(plan=OTHER), over)["risk", 1] == "expired"


BOTH = signed(steps=(1, 3))
OVER = date(2026, 5, 2)


@pytest.mark.parametrize(("later", "begins", "promotes"), [
    (signed(expires=OVER), "expired", "given"),
    (signed(steps=(1, 3), expires=OVER), "expired", "expired"),
    (signed(expires=OVER, by="p-00000002"), "given", "given"),
    (signed(expires=OVER, plan=OTHER), "given", "given"),
    (signed(withdrawn=True), "withdrawn", "given"),
    (signed(withdrawn=True, plan=OTHER), "withdrawn", "given"),
    (signed(withdrawn=True, by="p-00000002"), "given", "given"),
    (signed("privacy", withdrawn=True), "given", "given"),
])
def test_what_a_person_says_later_of_the_same_text_replaces_what_they_said_before(later, begins, promotes) -> None:
    found = states(BOTH, later)
    assert (found["risk", 1], found["risk", 3]) == (begins, promotes)


def test_who_approves_again_after_taking_it_back_has_approved() -> None:
    assert states(signed(), signed(withdrawn=True), signed())["risk", 1] == "given"


def test_a_plan_that_names_files_is_approved_with_them() -> None:
    files = files_hash({"replay log.parquet": OTHER})
    assert files == fingerprint(canonical({"replay log.parquet": OTHER}))
    assert files_hash({}) == ""
    assert states(signed(), files=files)["risk", 1] == "void"
    assert states(signed(files=files), files=files)["risk", 1] == "given"


def written(tmp_path, approvals: str, *, text: str = TEXT) -> Plan:
    (tmp_path / "short.toml").write_text(text)
    (tmp_path / "short.approvals.toml").write_text(approvals)
    return read_plan(tmp_path / "short.toml")


ROW = f'[[approvals]]\nrole = "risk"\nsteps = [1]\nplan = "{PLAN}"\nby = "p-00000001"\nat = 2026-05-01\n'


def test_a_plan_is_read_with_the_approvals_that_count_and_without_those_that_do_not(tmp_path) -> None:
    other = ROW.replace("00000001", "00000002")
    plan = written(tmp_path, f'{ROW}{other}expires = "2000-01-01"\n{ROW.replace(PLAN, OTHER)}{other}withdrawn = true\n')
    assert len(plan.approvals) == 1
    assert plan.granted({}) == ((1, "risk", "p-00000001"),)
    assert plan.granted({"model": OTHER}) == ()
    assert written(tmp_path, ROW, text=f"{TEXT}\n").approvals == ()


@pytest.mark.parametrize(("approvals", "line", "said"), [
    (ROW.replace(PLAN, "cafe"), 4, "approvals[0].plan: is no SHA-256 in hex; let `greenroom plan approve` write it"),
    (ROW.replace("p-00000001", "Anna"), 5, 'approvals[0].by: "Anna" is no pseudonym such as "p-1a2b3c4d"'),
    (ROW.replace("2026-05-01", '"May"'), 6, 'approvals[0].at: "May" is not a day; write it as "2026-12-31"'),
    (ROW.replace("[1]", "[]"), 3, "approvals[0].steps: needs at least 1; got 0"),
    (ROW.replace("[1]", "[0]"), 3, "approvals[0].steps[0]: must be at least 1; got 0"),
    (ROW.replace("role", "rule"), 2, 'approvals[0].rule: no key "rule"; nearest: role'),
    ("format = 2\n", 1, "format: this greenroom reads format 1, not 2"),
])
def test_a_mistake_in_a_file_of_approvals_is_said_with_its_line(tmp_path, approvals, line, said) -> None:
    with pytest.raises(ScenarioError) as caught:
        written(tmp_path, approvals)
    first = caught.value.problems[0]
    assert (first.file, first.line) == (str(tmp_path / "short.approvals.toml"), line)
    assert said in f"{first.path}: {first.message}"


def test_the_mistakes_of_a_plan_and_of_its_approvals_are_said_together(tmp_path) -> None:
    with pytest.raises(ScenarioError) as caught:
        written(tmp_path, "x = 1\n", text=f"{TEXT}\n[sceanrio]\n")
    assert len({one.file for one in caught.value.problems}) == 2
