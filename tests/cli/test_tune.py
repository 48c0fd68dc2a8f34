"""`greenroom tune`: what is written, and what makes no sense."""

import json

import pytest

from sandbox.cli import main
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
    assert "Harm against time to full exposure" in html


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
