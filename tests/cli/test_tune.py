"""`greenroom tune`: what is written, and what makes no sense."""

import json
import re

import pytest

from sandbox.cli import main
from sandbox.lab import tune as lab
from tests.cli.test_certify import SCENARIO

GATE = '[[gates]]\nkind = "threshold"\nmetric = "errors.rate"\nmax = "60%"  # high\n'
FEW = ["--trials", "2", "--seeds", "1", "--held-out", "2"]


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    monkeypatch.setenv("GREENROOM_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "tiny.toml"
    path.write_text(SCENARIO.replace('steps = ["50%"]', 'steps = ["50%", "100%"]') + GATE)
    return str(path)


def test_it_tells_writes_and_is_reported(scenario, tmp_path, capsys):
    out = tmp_path / "tuned.toml"
    words = ["tune", scenario, "--over", "gates[0].max=10%,20%", *FEW, "--write", str(out), "--output", "json"]
    assert main([*words, "--false-rollback", "90%", "--progress", "json"]) == 0
    out_of_it, progress = capsys.readouterr()
    last = json.loads(progress.splitlines()[-2])
    assert last["done"] == last["of"], "what is left is known at the end"
    told = json.loads(out_of_it)
    assert told["best"]["settings"]["gates[0].max"] in ("10%", "20%")
    assert "# high" in out.read_text()
    assert 'max = "60%"' not in out.read_text()
    assert main(["report", told["study"], "--output", "html"]) == 0
    html = capsys.readouterr().out
    assert html.count("<svg") == 1
    assert "Harm against time until promotion" in html


@pytest.mark.parametrize(("words", "said"), [
    (["--over", "ramp.bake=5m"], "is no range"),
    (["--over", "ramp.bake=5..30"], 'ramp.bake = 5: "5" has no unit'),
    (["--over", "ramp.bakes=5m..30m"], "ramp.bakes = 5m: no key"),
    (["--over", "gates[3].limit=5%..30%"], "the scenario says no 3 there; it has 1, and the first is [0]"),
    (["--over", "models.candidate.auc=0.7..0.9"], "is nothing that a plan may choose"),
    (["--over", "ramp.bake=1m,2m", "--write", "nowhere/tuned.toml"], "no folder nowhere"),
    (["--over", "ramp.bake=1m,2m", "--write", "tiny.toml"], "is there already"),
    (["--over", "ramp.bake=1m,2m", "--on", "localhost"], "write tcp://HOST:PORT"),
    (["--over", "ramp.bake=1m,2m", "--over", "ramp.bake=3m,4m"], "given twice"),
    (["--over", "ramp.bake=1m,2m", "--trials", "0"], "is not a count"),
    (["--over", "ramp.bake=1m,2m", "--false-rollback", "5"], "has no unit"),
    ([], "--over"),
])
def test_what_makes_no_sense_is_told_in_one_line(scenario, capsys, words, said):
    assert main(["tune", scenario, *words]) == 2
    assert said in capsys.readouterr().err


def test_how_long_it_takes_is_told_before_and_a_long_day_gets_less_and_says_how_to_have_more(
    scenario, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(lab, "tune", lambda *_, **__: break_off())
    path = tmp_path / "long.toml"
    path.write_text(re.sub(r'duration = "[^"]*"', 'duration = "60d"', (tmp_path / "tiny.toml").read_text()))
    words = ["--over", "ramp.bake=1m,2m", "--no-store", "--progress", "plain"]
    assert main(["tune", scenario, *words]) == main(["tune", str(path), *words]) == 130
    short, _, long, more, _ = capsys.readouterr().err.splitlines()
    assert "settings to try 30, days of each 5, other days for the best 20" in short
    assert "settings to try 8, days of each 2, other days for the best 8" in long
    assert re.search(r"reckoned at [\d,]+ (minutes|hours): candidates", long)
    assert "--trials 30 --seeds 5 --held-out 20 takes up to" in more
    assert main(["tune", str(path), *words, "--trials", "8"]) == 130
    assert "--trials 30" not in capsys.readouterr().err


def test_the_command_that_repeats_a_search_says_the_size_that_was_chosen(scenario, tmp_path, monkeypatch):
    searched = []
    monkeypatch.setattr(lab, "tune", lambda search, *_, **__: searched.append(search) or break_off())
    main(["tune", scenario, "--over", "ramp.bake=1m,2m", "--no-store", "--seeds", "7..9"])
    assert searched[0].command.endswith("--trials 30 --held-out 20 --seeds 7..9")


def break_off() -> None:
    raise KeyboardInterrupt
