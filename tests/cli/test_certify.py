"""`greenroom certify`: exit codes, forms, and a study that outlives its process."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from sandbox.cli import main

SCENARIO = """
format = 1
[scenario]
title = "Tiny"
seed = 3
duration = "4m"
[traffic]
kind = "steady"
mean = "20/s"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[ramp]
steps = ["50%"]
bake = "2m"
[certify]
seeds = 2
degradations = [{ kind = "errors", rate = "30%" }]
"""


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    monkeypatch.setenv("GREENROOM_STORE", str(tmp_path / "store"))

    def write(more: str = "") -> str:
        (tmp_path / "tiny.toml").write_text(SCENARIO + more)
        return str(tmp_path / "tiny.toml")

    return write


@pytest.mark.parametrize(("bounds", "code"), [
    ("", 5), ('false_rollback = "<= 90%"\n', 0), ('missed = "<= 10%"\n', 1), ('false_rollback = "<= 5%"\n', 4),
])
def test_it_exits_by_the_ladder(scenario, capsys, bounds, code):
    assert main(["certify", scenario(bounds), "--no-store"]) == code
    assert f"(exit {code})" in capsys.readouterr().out


def test_json_names_the_study_and_every_candidate(scenario, capsys):
    main(["certify", scenario(), "--output", "json", "--progress", "json"])
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert [one["candidate"] for one in told["candidates"]] == ["as written", "null", "errors 30%"]
    assert told["study"].startswith("certify-tiny-")
    assert json.loads(err.splitlines()[-1])["done"] == 12
    main(["sql", "SELECT count(*) AS n FROM flights WHERE NOT unstopped", "--output", "csv"])
    assert capsys.readouterr().out == "n\n6\n"


def test_every_combination_that_is_varied_is_certified(scenario, capsys):
    words = ["--vary", "ramp.bake=1m,2m", "--only", "null", "--seeds", "1", "--no-store", "--output", "json"]
    main(["certify", scenario(), *words])
    told = json.loads(capsys.readouterr().out)
    assert [one["setting"] for one in told["candidates"]] == ["ramp.bake = 1m", "ramp.bake = 2m"]


@pytest.mark.parametrize(("words", "said"), [
    (["--only", "nobody"], "there is no such candidate; there is as written, null, errors 30%"),
    (["--vary", "ramp.bake=1m..2m"], "is a range; name the values"),
    (["--vary", "ramp.bake"], "is not KEY=VALUE"),
    (["--vary", "gates[0].margin=1%"], "gates[0].margin: the scenario says no 0 there"),
    (["--precision", "5"], "has no unit"),
    (["--resume", "--no-store"], "leave out --no-store"),
    (["--on", "tcp://127.0.0.1:1", "-j", "2"], "both say where to fly"),
])
def test_what_makes_no_sense_is_told_in_one_line(scenario, capsys, words, said):
    assert main(["certify", scenario(), *words]) == 2
    assert said in capsys.readouterr().err


def test_a_value_that_does_not_fit_is_a_mistake_of_the_scenario(scenario, capsys):
    assert main(["certify", scenario(), "--vary", "ramp.bake=10"]) == 3
    assert "with ramp.bake = 10" in capsys.readouterr().err


def begun(store) -> int:
    return sum(path.read_bytes().count(b"\n") for path in (store / "studies").glob("*/rows.jsonl"))


@pytest.mark.parametrize(("how", "jobs"), [(signal.SIGKILL, "2"), (signal.SIGINT, "1")])
def test_a_study_that_is_stopped_goes_on_and_comes_to_the_same_table(scenario, tmp_path, capsys, how, jobs):
    words = ["certify", scenario(), "--seeds", "20"]
    first = subprocess.Popen([sys.executable, "-m", "sandbox", *words, "-j", jobs], stderr=subprocess.PIPE, text=True)
    while begun(tmp_path / "store") < 5 and first.poll() is None:
        time.sleep(0.02)
    os.kill(first.pid, how)
    _, err = first.communicate()
    assert "resource_tracker" not in err
    kept = begun(tmp_path / "store")
    assert 5 <= kept < 69
    if how is signal.SIGINT:
        assert first.returncode == 130
        assert "--resume" in err
    main([*words, "--resume", "--progress", "json"])
    told, progress = capsys.readouterr()
    assert json.loads(progress.splitlines()[0])["done"] == kept + 1
    main([*words, "--no-store"])
    assert capsys.readouterr().out == told
