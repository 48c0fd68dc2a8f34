"""`greenroom compare` and `greenroom report`: names, baselines, exit codes and the page of what was kept."""

import json

import pytest

from sandbox.cli import main
from tests.cli.test_certify import SCENARIO

POLICIES = """
[[policies]]
name = "in haste"
ramp = { steps = ["50%"], bake = "1m" }
"""


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    monkeypatch.setenv("GREENROOM_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)

    def write(name: str = "tiny", text: str = SCENARIO) -> str:
        (tmp_path / f"{name}.toml").write_text(text)
        return str(tmp_path / f"{name}.toml")

    return write


def told(capsys) -> dict:
    return json.loads(capsys.readouterr().out)


def test_files_settings_and_policies_are_named_as_they_were_asked_for(scenario, capsys):
    words = ["--seeds", "1", "--no-store", "--output", "json"]
    assert main(["compare", scenario(), scenario("other"), *words]) == 0
    assert told(capsys)["plans"] == ["tiny", "other"]
    main(["compare", scenario(), "--vary", "ramp.bake=1m,2m", *words])
    assert told(capsys)["plans"] == ["ramp.bake = 1m", "ramp.bake = 2m"]
    main(["compare", scenario(text=SCENARIO + POLICIES), "--policies", *words])
    assert told(capsys)["plans"] == ["tiny", "in haste"]


def test_a_baseline_tells_what_got_worse_by_its_own_exit_code(scenario, tmp_path, capsys):
    main(["compare", scenario(), "--seeds", "6", "--output", "json", "-o", "base.json"])
    assert main(["compare", scenario(), "--baseline", "base.json"]) == 0
    assert main(["compare", scenario(), "--baseline", "base.json", "--seeds", "9"]) == 2
    worse = SCENARIO.replace("[ramp]", "auc = 0.6\n[ramp]")
    assert main(["compare", scenario(text=worse), "--baseline", "base.json"]) == 6
    assert "something is worse than in the baseline (exit 6)" in capsys.readouterr().out


@pytest.mark.parametrize(("text", "said"), [
    (None, "cannot be read"), ("{", "is not JSON"), ("{}", "is no comparison"), ("[]", "is no comparison"),
    ("null", "is no comparison"), ("3", "is no comparison"), ('"x"', "is no comparison"),
    pytest.param("[" * 100_000, "is not JSON", id="deep"), pytest.param("1" * 5_000, "is not JSON", id="long"),
    pytest.param("\xff\xfe\x00\x80", "is not JSON", id="binary"),
])
def test_a_baseline_that_is_none_is_told(scenario, tmp_path, capsys, text, said):
    if text is not None:
        (tmp_path / "base.json").write_bytes(text.encode("latin-1"))
    assert main(["compare", scenario(), "--baseline", "base.json"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"base.json: {said}" in line


def test_of_a_baseline_of_two_plans_the_one_of_the_same_name_is_taken_and_said(scenario, capsys):
    mine, worse = scenario(), scenario("worse", SCENARIO.replace("[ramp]", "auc = 0.6\n[ramp]"))
    main(["compare", mine, worse, "--seeds", "2", "--output", "json", "-o", "base.json"])
    capsys.readouterr()
    main(["compare", mine, "--baseline", "base.json"])
    said = capsys.readouterr().out
    assert "The baseline is tiny as in base.json." in said
    assert "2 pairs, 2 of them the same flight bit for bit." in said
    assert main(["compare", scenario("other"), "--baseline", "base.json"]) == 2
    assert 'base.json: has no plan "other" to hold this against; it has "tiny", "worse"' in capsys.readouterr().err


def test_a_plan_under_other_settings_is_held_against_what_its_file_was(scenario, capsys):
    main(["compare", scenario(), "--seeds", "2", "--output", "json", "-o", "base.json"])
    main(["compare", scenario(), "--vary", "ramp.bake=1m", "--baseline", "base.json"])
    said = capsys.readouterr().out
    assert "ramp.bake = 1m against baseline" in said
    assert "The baseline is tiny as in base.json." in said


@pytest.mark.parametrize("words", [
    ["certify", "tiny.toml", "--seeds", "2"], ["certify", "tiny.toml", "--seeds", "25", "--precision", "60%"],
    ["compare", "tiny.toml", "--seeds", "2", "--vary", "ramp.bake=1m,2m"],
])
def test_the_report_of_a_study_is_what_was_printed_when_it_was_flown(scenario, capsys, words):
    scenario()
    main([*words, "--output", "md"])
    flown = capsys.readouterr().out
    assert main(["report", f"{words[0]}-tiny", "--output", "md"]) == 0
    assert capsys.readouterr().out == flown


@pytest.mark.parametrize("form", ["text", "html", "md", "json"])
def test_the_report_of_a_run_has_every_form(scenario, tmp_path, capsys, form):
    main(["run", scenario()])
    capsys.readouterr()
    assert main(["report", "last", "--output", form, "-o", "page"]) == 0
    text = (tmp_path / "page").read_text()
    assert "Tiny" in text
    assert (form == "html") is ("<svg" in text)


def test_last_is_what_was_made_last_be_it_a_run_or_a_study(scenario, capsys):
    main(["compare", scenario(), "--seeds", "1"])
    main(["run", scenario()])
    capsys.readouterr()
    kinds = []
    for words in (["certify", scenario(), "--only", "null", "--seeds", "1"], ["run", scenario()]):
        main(["report", "last", "--output", "json"])
        kinds.append(told(capsys)["kind"])
        main(words)
        capsys.readouterr()
    main(["report", "last", "--output", "json"])
    assert [*kinds, told(capsys)["kind"]] == ["run", "certify", "run"]


def test_a_name_that_is_nothing_is_told(scenario, capsys):
    main(["run", scenario()])
    assert main(["report", "nothing"]) == 2
    assert 'no run "nothing"' in capsys.readouterr().err
    main(["compare", scenario(), "--seeds", "1"])
    assert main(["report", "comapre-tiny"]) == 2
    assert "studies that are called nearly so: compare-tiny-" in capsys.readouterr().err
