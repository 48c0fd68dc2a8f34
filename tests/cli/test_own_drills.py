"""A family and a curriculum of one's own, as docs/drills.md has them, from the file to what was learned."""

import re

import pytest

from sandbox.drill.bots_page import OWN

ACTIONS = """
[[commands]]
at = "10m30s"
kind = "escalate"
role = "lead"
reason = "it lasts"

[[commands]]
at = "10m40s"
kind = "roll back"

[[commands]]
at = "11m"
kind = "diagnose"
cause = "errors"
"""
DEALT = ("--case", "errors", "--seed", "5", "--store", "store")


@pytest.fixture
def team(tmp_path, monkeypatch):
    """The files of the page in a folder of their own, and actions."""
    monkeypatch.chdir(tmp_path)
    for name, text in re.findall(r"```toml\n# (\S+)\n(.*?)```", OWN, flags=re.DOTALL):
        (tmp_path / name).write_text(text)
    (tmp_path / "actions.toml").write_text(ACTIONS)
    return tmp_path


def test_a_team_writes_a_family_and_a_curriculum_and_learns_by_them(greenroom, team):
    assert greenroom("check", "checkout.toml")[0] == 0
    sat = ("--from", "curriculum.toml", "--operator", "Ada")
    code, out, _ = greenroom("drill", "--list", "--from", "curriculum.toml")
    assert (code, out.splitlines()[0]) == (0, "First month on call for checkout")
    assert [line.split()[0] for line in out.splitlines()[1:]] == ["checkout", "new-release"]

    code, out, _ = greenroom("drill", "--brief", *sat)
    assert code == 0
    assert "Its lead can be called." in out
    assert "roles      on-call, lead" in out
    assert "between" not in out

    code, out, err = greenroom("drill", *sat, "--script", "actions.toml", *DEALT)
    assert code == 0, err
    assert "The checkout model" in err, "the first of the curriculum is dealt"
    assert re.search(r"00:10:30 +lead +escalate", out), "who was called stands in the debrief"
    code, out, _ = greenroom("drill", *sat, "--history", "--store", "store")
    assert code == 0
    learned = float(re.search(r"stepped +(\d+\.\d)", out)[1]) >= 75
    assert f"next     greenroom drill {'new-release' if learned else 'checkout'}" in out


def test_a_folder_is_a_curriculum_from_the_easy_to_the_hard(greenroom, team):
    hard = (team / "checkout.toml").read_text().replace("level    = 1", "level    = 3")
    (team / "a-hard-one.toml").write_text(hard)
    code, out, _ = greenroom("drill", "--list", "--from", ".")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["checkout", "a-hard-one"]


@pytest.mark.parametrize(("text", "code", "said"), [
    ('families = ["checkot.toml"]\n', 3, "curriculum.toml:1  families[0]: no file checkot.toml"),
    ("families = []\npased = 3\n", 3, "pased"),
])
def test_what_a_curriculum_gets_wrong_is_said_with_its_line(greenroom, team, text, code, said):
    (team / "curriculum.toml").write_text(text)
    got, out, err = greenroom("drill", "--list", "--from", "curriculum.toml")
    assert (got, out) == (code, "")
    assert said in err


def test_a_place_where_no_family_is_is_said(greenroom, team, tmp_path):
    (tmp_path / "empty").mkdir()
    for place, said in (("empty", "no file in empty has [drill]"), ("nowhere", "neither a folder")):
        code, _, err = greenroom("drill", "--list", "--from", place)
        assert code == 2
        assert said in err
