"""How far flights are: a line now and then where nobody looks, none where a command is quick or asked to be quiet."""

import re

import pytest

from sandbox.cli import tally, terminal
from sandbox.lab.result import Result


@pytest.fixture
def talkative(monkeypatch):
    """Every line that could be said is said."""
    monkeypatch.setattr(terminal, "EVERY", -1.0)


def test_a_debrief_in_a_log_says_at_which_flight_it_is_and_how_many_there_can_be(greenroom, tiny, talkative):
    greenroom("run", tiny('[[faults]]\nkind = "errors"\nrate = "30%"\nat = "3m"\n'))
    code, out, err = greenroom("debrief", "last")
    assert code == 0
    assert "flying the day" not in out
    said = [
        re.fullmatch(r"flying the day again, flight (\d+) of at most 27(, at most [\d,]+s left)?", line)
        for line in err.splitlines()
    ]
    at = [int(one[1]) for one in said if one]
    assert len(at) == len(said)
    assert at == sorted(at)
    assert at[0] == 1
    assert 4 <= at[-1] <= 27  # nobody, and each of three moves at least


def test_a_rerun_in_a_log_says_how_far_it_is_and_comes_to_the_same(greenroom, tiny, talkative):
    greenroom("run", tiny())
    for words in (("rerun", "last"), ("audit", "last", "--again")):
        code, _, err = greenroom(*words)
        assert code == 0
        assert "flying the day again: 50%" in err


def test_a_run_in_a_log_says_how_far_it_is_unless_it_is_to_be_quiet(greenroom, tiny, talkative):
    quiet = greenroom("run", tiny(), "--no-store", "-q")
    told = greenroom("run", tiny(), "--no-store", "--seeds", 2)
    assert quiet[2] == ""
    assert "flying tiny.toml, seed 3: 50% (flight 1 of 2)" in told[2]
    assert "1 of 2 flown" in told[2]


def test_what_is_over_at_once_says_nothing(greenroom, tiny):
    assert greenroom("run", tiny(), "--no-store")[2] == ""
    greenroom("run", tiny())
    assert greenroom("rerun", "last")[2] == ""


def test_the_time_left_is_what_the_rest_takes_at_the_same_rate(monkeypatch, capsys):
    now = iter([0.0, 30.0])
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(now))
    terminal.Progress().show("flying", part=0.25)
    assert capsys.readouterr().err == "flying, about 90s left\n"


def test_what_comes_before_the_first_of_it_is_not_taken_for_what_comes_again():
    """Ten seconds of compiling, then a hundredth of the flight every tenth of a second: ten seconds are left of it."""
    pace = terminal.Pace(0.0)
    assert pace.left(0.0, 9.0) is None
    assert pace.left(0.01, 10.1) is None
    assert pace.left(0.05, 10.5) is None
    assert pace.left(0.12, 11.2) == pytest.approx(8.8)
    assert pace.left(1.0, 20.0) == 0.0


def test_flights_that_were_flown_before_say_nothing_of_how_long_the_rest_takes(monkeypatch, capsys):
    now = iter([0.0, 12.0, 24.0])
    monkeypatch.setattr(tally.time, "monotonic", lambda: next(now))
    counted = tally.Tally(103, how="plain", done=100)
    for seed in (1, 2):
        counted.told(Result(setting="", candidate="null", seed=seed))
    assert capsys.readouterr().err.splitlines() == [
        "101 of 103 flown, 0.1/s, about 24s left", "102 of 103 flown, 0.1/s, about 12s left",
    ]
