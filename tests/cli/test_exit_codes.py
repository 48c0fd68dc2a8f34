"""Each rung of the ladder, reached by flying."""

import errno
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

import sandbox.cli.run as run_command
from sandbox.cli import main
from sandbox.report.exit_code import MEANINGS

REPOSITORY = Path(__file__).resolve().parents[2]
FAULT_TOO_LATE = """
[[faults]]
kind = "errors"
model = "candidate"
at = "4m30s"
[[gates]]
kind = "threshold"
metric = "failures.rate"
max = "50%"
[expect]
outcome = "promoted"
"""


def test_0_when_every_expectation_was_met(greenroom, tiny):
    code, out, err = greenroom("run", tiny(), "--no-store")
    assert code == 0
    assert "outcome   promoted at 00:04    ✓ expected" in out
    assert err == ""


def test_1_when_one_was_missed_and_the_way_to_repeat_it(greenroom, tiny):
    code, out, err = greenroom("run", tiny('[expect]\noutcome = "rolled_back"\n'), "--no-store", "--seed", 9)
    assert code == 1
    assert "✗ expected rolled_back" in out
    assert err == "repeat: greenroom run tiny.toml --seed 9\n"


@pytest.mark.parametrize("argv", [
    (), ("fly",), ("run",), ("run", "x.toml", "--seed", "-1"), ("run", "x.toml", "--seed", "x"),
    ("run", "x.toml", "--seeds", "0"), ("run", "x.toml", "--seeds", "5..1"), ("run", "x.toml", "--seeds", "1..9999999"),
    ("run", "x.toml", "-j", "0"), ("run", "x.toml", "--output", "html"), ("run", "nowhere.toml"),
    ("run", "x.toml", "--store", ""),
    ("run", "x.toml", "--store", "a", "--no-store"), ("check",), ("show",), ("new",), ("help", "nothing"), ("sql",),
    ("rerun",), ("--nope",), ("trust", "no-such-folder"),
])
def test_2_when_the_command_line_makes_no_sense(argv, capsys, home):
    assert main(list(argv)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err
    assert "Traceback" not in said.err


def test_2_when_two_begins_are_named(greenroom, tiny):
    assert greenroom("run", tiny(), "--seed", 1, "--seeds", "2..3", "--no-store")[0] == 2


def test_3_when_the_scenario_is_invalid_and_nothing_is_flown(greenroom, tiny):
    good, bad = tiny(), tiny("[nonsense]\n", name="bad.toml")
    code, out, err = greenroom("run", good, bad, "--no-store")
    assert (code, out) == (3, "")
    assert err.splitlines()[-1] == "1 mistake; nothing was flown"


def test_3_when_the_replayed_file_is_missing(greenroom, tmp_path):
    (tmp_path / "replay.toml").write_text("""
format = 1
[scenario]
title = "Nothing to replay"
[traffic]
kind = "replay"
path = "gone.csv"
columns = { time = "t", features = ["x"], scores = { incumbent = "a", candidate = "b" } }
[models.incumbent]
kind = "logged"
[models.candidate]
kind = "logged"
""")
    code, out, err = greenroom("run", "replay.toml", "--no-store")
    assert (code, out) == (3, "")
    assert "gone.csv" in err
    assert len(err.splitlines()) == 1
    made = (tmp_path / "replay.toml").read_text().replace('"gone.csv"', '"gone.csv"\nmade_by = "make.py"')
    (tmp_path / "replay.toml").write_text(made)
    assert "gone.csv: no such file; make it with: python " in greenroom("run", "replay.toml", "--no-store")[2]


def test_4_when_a_fault_never_struck(greenroom, tiny, monkeypatch):
    rolled_back_first = FAULT_TOO_LATE.replace('max = "50%"', 'min = "50%"').replace("promoted", "rolled_back")
    code, out, _ = greenroom("run", tiny(rolled_back_first), "--no-store")
    assert code == 4
    assert "never struck" in out
    assert greenroom("run", tiny(FAULT_TOO_LATE), "--no-store")[0] == 0


INCONCLUSIVE = FAULT_TOO_LATE.replace('max = "50%"', 'min = "50%"')


@pytest.mark.parametrize(("expected", "code"), [("rolled_back", 0), ("held", 1)])
def test_what_is_inconclusive_may_be_allowed_and_what_is_missed_may_not(greenroom, tiny, expected, code):
    file = tiny(INCONCLUSIVE.replace('outcome = "promoted"', f'outcome = "{expected}"'))
    assert greenroom("run", file, "--no-store")[0] == 4
    done, out, _ = greenroom("run", file, "--no-store", "--allow-inconclusive")
    assert (done, "never struck" in out) == (code, True)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_fail_fast_leaves_the_rest_unflown(greenroom, tiny, jobs, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    files = (tiny(), tiny('[expect]\noutcome = "held"\n', name="missed.toml"), tiny("", name="silent.toml"))
    code, out, err = greenroom("run", *files, "--no-store", "--fail-fast", "-j", jobs, "-q")
    assert code == 1
    assert "silent.toml" not in out
    assert err == "greenroom: stopped after 2 of 3 flights, as --fail-fast asks\n"
    assert greenroom("run", *files, "--no-store", "-q")[0] == 5


def test_5_when_nothing_was_asserted(greenroom, tiny):
    code, out, _ = greenroom("run", tiny(""), "--no-store")
    assert code == 5
    assert "has no [expect]" in out


def test_the_gravest_of_several_scenarios_counts(greenroom, tiny):
    files = (tiny(), tiny("", name="silent.toml"), tiny('[expect]\noutcome = "held"\n', name="missed.toml"))
    assert greenroom("run", *files, "--no-store", "-q")[0] == 5


def break_with(error):
    def broken(arguments):
        raise error

    return broken


def test_70_for_a_bug_of_ours_without_a_traceback(greenroom, tiny, monkeypatch):
    monkeypatch.setattr(run_command, "_orders", break_with(ZeroDivisionError("the sky fell")))
    code, out, err = greenroom("run", tiny())
    assert (code, out) == (70, "")
    assert len(err.splitlines()) == 1
    assert "ZeroDivisionError: the sky fell; this is a bug in greenroom" in err
    saved = Path(err.strip().rpartition(" ")[2])
    assert "Traceback" in saved.read_text()
    saved.unlink()


def test_70_shows_the_traceback_when_asked(greenroom, tiny, monkeypatch):
    monkeypatch.setenv("GREENROOM_DEBUG", "1")
    monkeypatch.setattr(run_command, "_orders", break_with(ZeroDivisionError("the sky fell")))
    code, _, err = greenroom("run", tiny())
    assert (code, "Traceback" in err) == (70, True)


def test_74_when_the_store_cannot_be_written(greenroom, tiny, tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    code, _, err = greenroom("run", tiny(), "--store", tmp_path / "taken")
    assert code == 74
    assert "taken" in err
    assert len(err.splitlines()) == 1


def test_130_when_a_library_made_an_error_of_its_own_of_the_interrupt(greenroom, tiny, monkeypatch):
    error = RuntimeError("while building a validator")
    error.__cause__ = KeyboardInterrupt()
    monkeypatch.setattr(run_command, "_orders", break_with(error))
    assert greenroom("run", tiny()) == (130, "", "interrupted\n")


def test_130_when_interrupted(greenroom, tiny, monkeypatch):
    monkeypatch.setattr(run_command, "_orders", break_with(KeyboardInterrupt()))
    assert greenroom("run", tiny()) == (130, "", "interrupted\n")


LEAVES_WORD = """
from pathlib import Path
def score(features):
    (Path(__file__).parent / "flies").touch()
    return features["f1"] * 0 + 0.5
"""


@pytest.mark.parametrize("more", [(), ("--seeds", "4", "-j", "2")])
def test_130_when_a_person_interrupts_a_flight(tiny, home, more):
    """As a terminal does it: the whole group hears of it, once it is known that they fly."""
    (home / "scorer.py").write_text(LEAVES_WORD)
    file = tiny(text=tiny().read_text().replace('"5m"', '"1000h"').replace(
        '[models.candidate]\nkind = "synthetic"', '[models.candidate]\nkind = "callable"\ntarget = "scorer:score"'
    ), more="")
    flying = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "run", str(file.resolve()), "--no-store", "--trust", *more],
        start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    try:
        while not (home / "flies").exists() and flying.poll() is None:
            time.sleep(0.02)
        assert flying.poll() is None, flying.communicate()
        os.killpg(flying.pid, signal.SIGINT)
        out, err = flying.communicate(timeout=120)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(flying.pid, signal.SIGKILL)
    assert (flying.returncode, out) == (130, ""), err
    assert "Traceback" not in err


def test_a_reader_who_leaves_is_no_error(home):
    done = subprocess.run(
        f"{sys.executable} -m sandbox schema | head -1; exit ${{PIPESTATUS[0]}}", shell=True, executable="/bin/bash",
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_full_disk_is_one_line(greenroom, tiny, monkeypatch):
    monkeypatch.setattr(run_command, "_orders", break_with(OSError(errno.ENOSPC, "No space left on device")))
    assert len(greenroom("run", tiny())[2].splitlines()) == 1


def test_every_rung_is_explained(greenroom):
    code, out, _ = greenroom("help", "exit-codes")
    assert code == 0
    for rung, meaning in MEANINGS.items():
        assert f"{int(rung):>4}  {meaning}" in out


def test_help_and_version(greenroom):
    assert greenroom("--version")[0] == 0
    assert "commands" in greenroom("help")[1]
    for name in ("run", "check", "kinds", "sql", "rerun"):
        assert greenroom(name, "--help")[0] == 0


def test_74_when_stdout_has_no_room(tiny):
    done = subprocess.run(
        f"{sys.executable} -m sandbox run {tiny()} --no-store > /dev/full", shell=True, stderr=subprocess.PIPE,
        text=True, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, check=False,
    )
    assert (done.returncode, done.stderr) == (74, "greenroom: cannot write to stdout: no space left on device\n")


def test_a_flight_whose_stdout_was_closed_before_it_began_flies(tiny):
    done = subprocess.run(
        f"{sys.executable} -m sandbox run {tiny()} --no-store >&- 2>&-", shell=True, check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert done.returncode == 0
