"""How far flights are: a line now and then where nobody looks, none where a command is quick or asked to be quiet."""

import re

import pytest

from sandbox.cli import terminal


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
