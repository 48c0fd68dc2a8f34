"""A drill at the command line, from the deal over the debrief to the pinned scenario; and a program as its operator."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.drill.conftest import TINY

OPERATOR = Path(__file__).with_name("operator_program.py")
ACTIONS = """
[[commands]]
at = "9m"
kind = "acknowledge"

[[commands]]
at = "9m30s"
kind = "declare"

[[commands]]
at = "10m"
kind = "roll back"

[[commands]]
at = "11m"
kind = "diagnose"
cause = "errors"
model = "candidate"

[[commands]]
at = "12m"
kind = "update"
audience = "everybody"
text = "Rolled back; we are looking into it."
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The family and the actions in a folder of their own, which is where one stands."""
    (tmp_path / "tiny.toml").write_text(TINY)
    (tmp_path / "actions.toml").write_text(ACTIONS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_scripted_drill_from_the_deal_to_a_test_of_the_next_plan(greenroom, files):
    dealt = ("--seed", "7", "--case", "errors", "--operator", "Ada", "--store", "store")
    code, out, err = greenroom("drill", "tiny.toml", "--script", "actions.toml", *dealt)
    assert code == 0, err
    assert "what was dealt is sealed as" in err
    for said in ("errors on candidate", "skill", "nobody acts", "Action items"):
        assert said.lower() in out.lower()
    assert "Ada" not in out

    code, out, err = greenroom("pin", "last", "-o", "learned.toml", "--store", "store")
    assert code == 0, err
    assert greenroom("check", "learned.toml")[0] == 0
    code, out, _ = greenroom("run", "learned.toml", "--no-store")
    assert code == 1, "the plan alone does not do what people did"
    assert "expected rolled_back" in out
    mended = (files / "learned.toml").read_text().replace('on_fail = "hold"', 'on_fail = "roll back"')
    (files / "learned.toml").write_text(mended)
    assert greenroom("run", "learned.toml", "--no-store")[0] == 0, "the mended plan does"

    code, out, _ = greenroom("drill", "--history", "--operator", "Ada", "--store", "store")
    assert code == 0
    assert "errors (platform, chosen by an instructor)" in out
    assert "weakest  platform" in out
    assert "parts    decision " in out
    assert "lost     " in out
    assert "next     greenroom drill" in out
    assert greenroom("drill", "--history", "--store", "store")[1] == out, "nobody else sat, so nobody need be named"
    _, none, err = greenroom("drill", "--history", "--operator", "Bea", "--store", "store")
    assert none == ""
    assert "Bea has sat none; 1 were sat by others: --operator 'Ada'" in err


def test_before_the_debrief_nothing_is_told_anywhere(greenroom, files):
    where = ("--store", "store")
    dealt = ("--seed", "424242", "--case", "errors")
    code, out, err = greenroom("drill", "tiny.toml", "--script", "actions.toml", "--later", *dealt, *where)
    assert (code, out) == (0, "")
    drill = err.split("greenroom debrief ")[1].split()[0]
    for asked in (
        ("history",), ("show", "last"), ("sql", "select * from runs"), ("sql", "select facts from journal"),
        ("drill", "--history"), ("list",),
    ):
        _, out, err = greenroom(*asked, *(where if asked != ("list",) else ()))
        assert "424242" not in out + err
        assert "imposed" not in out
    told = greenroom("drill", "--history", *where)[1]
    assert "sealed: greenroom debrief" in told
    assert "sealed   1 of 1 awaits the debrief" in told
    code, out, _ = greenroom("debrief", drill, "--output", "json", *where)
    told = json.loads(out)
    assert (code, told["seed"], told["cause"]["kind"]) == (0, 424242, "errors")
    assert "424242" in greenroom("sql", "select seed from runs", *where)[1]


@pytest.mark.parametrize(("asked", "said"), [
    (("drill", "tiny.toml"), "who flies it?"),
    (("drill", "new-releese", "--interactive"), "nearest: new-release"),
    (("drill", "tiny.toml", "--interactive", "--case", "eros"), 'nearest: errors'),
    (("drill", "tiny.toml", "--interactive", "--practice", "5"), "--practice"),
    (("debrief", "nothing", "--store", "empty"), "no runs in"),
    (("pin", "nothing", "--store", "empty"), "no runs in"),
])
def test_what_makes_no_sense_is_said_in_one_line(greenroom, files, asked, said):
    code, out, err = greenroom(*asked)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_families_are_listed_from_the_easy_to_the_hard(greenroom):
    code, out, _ = greenroom("drill", "--list")
    levels = [int(line.split("level ")[1][0]) for line in out.splitlines()]
    assert code == 0
    assert levels == sorted(levels)
    assert len(levels) >= 8


def test_a_program_completes_a_drill_over_lines_and_what_it_gets_wrong_changes_nothing(files):
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [
        sys.executable, "-m", "sandbox", "drill", "tiny.toml", "--interactive", "--seed", "7", "--case", "errors",
        "--store", "store",
    ]
    digests = []
    for clumsy in ("", "clumsy"):
        done = subprocess.run(
            [sys.executable, OPERATOR, clumsy, *command], capture_output=True, text=True, env=environment, check=False
        )
        assert done.returncode == 0, done.stderr
        talk = [json.loads(line) for line in done.stdout.splitlines()]
        told = talk[-1]["debrief"]
        digests.append(told["digest"])
        assert told["cause"]["kind"] == "errors"
        assert told["outcome"] == "rolled_back"
        assert told["diagnosis"]["points"] == 1.0
        refused = [one["error"] for one in talk[1:-1] if not one["ok"]]
        assert len(refused) == (8 if clumsy else 0)
        assert all(refused)
    assert digests[0] == digests[1]


def test_a_name_that_somebody_wrote_into_a_drill_is_told_of_when_it_is_forgotten(greenroom, files):
    (files / "actions.toml").write_text('[[commands]]\nat = "9m"\nkind = "note"\ntext = "Ada Byron looks into it"\n')
    dealt = ("--seed", "7", "--case", "nothing", "--operator", "Ada Byron", "--later", "--store", "store")
    assert greenroom("drill", "tiny.toml", "--script", "actions.toml", *dealt)[0] == 0
    code, out, err = greenroom("forget", "Ada Byron", "--store", "store")
    assert code == 0
    assert "forgotten" in out
    assert "store/drills/d-" in err
