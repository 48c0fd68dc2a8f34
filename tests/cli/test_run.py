"""`run`: what it prints, in every format, over seeds and processes, and whose code it runs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sandbox.cli import terminal

REPOSITORY = Path(__file__).resolve().parents[2]
SCORER = """
import numpy as np

def score(features):
    return np.full(len(features["f1"]), 0.3)
"""
CALLABLE = """
format = 1
[scenario]
title = "Somebody's code"
duration = "5m"
[traffic]
mean = "20/s"
kind = "steady"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "callable"
target = "theirs:score"
[ramp]
steps = ["50%"]
bake = "2m"
[expect]
outcome = "promoted"
"""


def test_the_log_of_a_small_flight_says_what_happened(greenroom, tiny):
    _, out, _ = greenroom("run", tiny(), "--no-store")
    lines = out.splitlines()
    assert lines[0].startswith("tiny.toml ")
    assert "seed 3   digest " in lines[0]
    assert lines[1] == "Tiny"
    assert lines[2].split() == ["00:00", "ramp", "shadow"]
    assert lines[3].split()[:4] == ["00:02", "ramp", "advance", "→"]
    assert lines[4].split()[:4] == ["00:04", "ramp", "promote", "→"]
    assert lines[-1] == " repeat    greenroom run tiny.toml --seed 3"


LONGEST = """
[population]
age = "3650d"
[users]
slow = "3650d"
[labels]
delay = "3650d"
[services.candidate]
timeout = "3650d"
cold_start = "3650d"
[[faults]]
kind = "errors"
rate = "4%"
at = "1m"
lasts = "3650d"
[telemetry]
delay = "3650d"
"""


def test_the_longest_durations_there_are_can_be_flown(greenroom, tiny):
    code, _, err = greenroom("run", tiny(LONGEST), "--no-store")
    assert (code, err) == (5, "")


def test_every_format_is_read_back(greenroom, tiny):
    file = tiny('[expect]\noutcome = "rolled_back"\n')
    read = {form: greenroom("run", file, "--no-store", "--output", form)[1] for form in
            ("json", "jsonl", "junit", "md", "github")}
    result = json.loads(read["json"])
    assert (result["outcome"], result["expectations"][0]["state"], result["exit_code"]) == ("promoted", "missed", 1)
    kinds = [json.loads(line)["type"] for line in read["jsonl"].splitlines()]
    assert (kinds[0], kinds[-1], set(kinds[1:-1])) == ("flight", "result", {"entry"})
    assert ElementTree.fromstring(read["junit"]).get("failures") == "1"
    line = file.read_text().splitlines().index('outcome = "rolled_back"') + 1
    assert read["github"].startswith(f"::error file=tiny.toml,line={line},title=tiny%3A expect.outcome::got promoted")
    assert "| expect.outcome (missed) | tiny | 3 | promoted | rolled_back |" in read["md"]


def test_the_same_flight_is_the_same_bytes(greenroom, tiny):
    first, second = (greenroom("run", tiny(), "--no-store", "--output", "json")[1] for _ in range(2))
    assert first == second


def test_recorded_or_not_the_digest_is_the_same(greenroom, tiny):
    recorded = json.loads(greenroom("run", tiny(), "--output", "json")[1])
    assert recorded == json.loads(greenroom("run", tiny(), "--no-store", "--output", "json")[1])


@pytest.mark.parametrize(("when", "watched", "no_color", "coloured"), [
    ("auto", False, "", False), ("auto", True, "", True), ("auto", True, "1", False), ("always", False, "1", True),
    ("never", True, "", False),
])
def test_colour_is_for_those_who_asked_or_look_on(greenroom, tiny, monkeypatch, when, watched, no_color, coloured):
    monkeypatch.setattr(terminal, "watched", lambda stream: watched)
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    out = greenroom("run", tiny(), "-q", "--no-store", "--color", when)[1]
    assert ("\x1b[" in out) is coloured
    greenroom("run", tiny(), "-q")
    assert ("\x1b[" in greenroom("show", "last", "--color", when)[1]) is coloured


def test_seeds_are_flown_in_order_and_summed_up(greenroom, tiny):
    code, out, err = greenroom("run", tiny(), "--no-store", "--seeds", "4..6")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[1] for line in lines[1:4]] == ["4", "5", "6"]
    assert lines[4] == " 3 flights: 3 promoted; expectations: 3 met"
    counted = greenroom("run", tiny(), "--no-store", "--seeds", "2", "--output", "json")[1]
    assert [one["seed"] for one in json.loads(counted)["flights"]] == [3, 4]


def test_any_number_of_processes_says_the_same(greenroom, tiny, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    alone = greenroom("run", tiny(), "--no-store", "--seeds", "3", "--output", "json")
    assert greenroom("run", tiny(), "--no-store", "--seeds", "3", "-j", "2", "--output", "json") == alone


def test_out_holds_every_format(greenroom, tiny, tmp_path):
    assert greenroom("run", tiny(), "--no-store", "--out", tmp_path / "made" / "here")[0] == 0
    names = {path.name for path in (tmp_path / "made" / "here").iterdir()}
    assert names == {"log.txt", "result.json", "events.jsonl", "junit.xml", "summary.md", "annotations.txt"}
    events = (tmp_path / "made" / "here" / "events.jsonl").read_text().splitlines()
    assert len(events) > 3


def test_quiet_is_one_line_a_flight(greenroom, tiny):
    _, out, err = greenroom("run", tiny('[expect]\noutcome = "held"\n'), "-q")
    assert (len(out.splitlines()), err) == (3, "")


def test_the_run_is_named_on_stderr_and_nothing_else_is(greenroom, tiny):
    _, out, err = greenroom("run", tiny())
    assert err.startswith("run ")
    assert len(err.splitlines()) == 1
    assert err.split()[1] in out


def test_ascii_where_the_terminal_knows_no_better(tiny):
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "run", str(tiny()), "--no-store"], capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert b"advance -> 50%" in done.stdout


@pytest.fixture
def theirs(tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "theirs.py").write_text(SCORER)
    (folder / "code.toml").write_text(CALLABLE)
    yield folder / "code.toml"
    sys.modules.pop("theirs", None)
    sys.path[:] = [entry for entry in sys.path if entry != str(folder)]


def test_a_strangers_code_is_refused_by_name(greenroom, theirs):
    code, out, err = greenroom("run", theirs, "--no-store")
    assert (code, out) == (2, "")
    assert "theirs.py" in err
    assert "score" in err
    assert "--trust" in err
    assert "theirs" not in sys.modules


def test_a_scenario_without_code_asks_no_list_of_trusted_folders(greenroom, tiny, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    assert greenroom("run", tiny(), "--no-store")[0] == 0


def test_check_never_runs_code(greenroom, theirs):
    (theirs.parent / "theirs.py").write_text("raise SystemExit('it ran')")
    assert greenroom("check", theirs)[0] == 0


def test_trusted_once(greenroom, theirs):
    code, out, _ = greenroom("run", theirs, "--no-store", "--trust")
    assert code == 0
    assert out.rstrip().endswith("--trust")
    assert greenroom("run", theirs, "--no-store")[0] == 2


def test_trusted_by_folder(greenroom, theirs):
    assert greenroom("trust", theirs.parent)[0] == 0
    assert greenroom("trust", theirs.parent)[0] == 0
    assert greenroom("trust")[1] == f"{theirs.parent.resolve()}\n"
    assert greenroom("run", theirs, "--no-store")[0] == 0
    assert greenroom("trust", "--forget", theirs.parent)[0] == 0
    assert greenroom("trust")[1] == ""
    assert greenroom("run", theirs, "--no-store")[0] == 2
    assert "was not trusted" in greenroom("trust", "--forget", theirs.parent)[2]
    assert greenroom("trust", "--forget")[0] == 2


def test_a_trusted_scenario_cannot_reach_for_code_elsewhere(greenroom, theirs, tmp_path):
    (tmp_path / "mine").mkdir()
    reaching = tmp_path / "mine" / "code.toml"
    reaching.write_text(CALLABLE.replace('"theirs:score"', '"theirs:score"\npath = "../theirs"'))
    greenroom("trust", tmp_path / "mine")
    assert greenroom("run", reaching, "--no-store")[0] == 2


def test_code_that_breaks_is_the_scenarios_fault(greenroom, theirs):
    (theirs.parent / "theirs.py").write_text("raise RuntimeError('no such artefact')")
    code, out, err = greenroom("run", theirs, "--no-store", "--trust")
    assert (code, out) == (3, "")
    assert "models.candidate.target" in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("code", [
    "raise SystemExit(0)", "def score(features):\n    raise SystemExit(0)\n",
    "class Stop(BaseException): pass\ndef score(features):\n    raise Stop\n",
])
def test_code_that_exits_does_not_choose_the_exit_code(greenroom, theirs, code):
    (theirs.parent / "theirs.py").write_text(code)
    assert greenroom("run", theirs, "--no-store", "--trust")[:2] == (3, "")


def test_a_process_that_was_killed_is_no_bug_of_ours(greenroom, theirs, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    (theirs.parent / "theirs.py").write_text("import os\ndef score(features):\n    os.kill(os.getpid(), 9)\n")
    code, _, err = greenroom("run", theirs, "--no-store", "--trust", "--seeds", "2", "-j", "2")
    assert code == 3
    assert "a process that flew was killed" in err
    assert "bug" not in err


def test_code_that_misses_an_attribute_is_not_said_to_miss_its_function(greenroom, theirs):
    (theirs.parent / "theirs.py").write_text("import math\nmath.nope\ndef score(features): ...\n")
    _, _, err = greenroom("run", theirs, "--no-store", "--trust")
    assert "module 'math' has no attribute 'nope'" in err


def test_scores_that_are_none_are_the_scenarios_fault(greenroom, theirs):
    (theirs.parent / "theirs.py").write_text("def score(features):\n    return [2.0] * len(features['f1'])\n")
    code, out, err = greenroom("run", theirs, "--no-store", "--trust")
    assert (code, out) == (3, "")
    assert len(err.splitlines()) == 1


def test_a_title_cannot_speak_to_the_terminal(greenroom, tiny):
    file = tiny(text=tiny().read_text().replace('"Tiny"', '"Ti\\u001b[31mny"'), more="")
    assert greenroom("run", file, "--no-store")[0] == 0
    assert "\x1b" not in greenroom("run", file, "--no-store")[1]
