"""The pace says how much simulated time is due, and when it cannot be kept up."""

import math

from tests.tui.desk import StoppedClock
from tui.pace import LONGEST, Pace, speed_words

SECOND = 10**9


def pace_at(speed: float) -> tuple[Pace, StoppedClock]:
    clock = StoppedClock()
    pace = Pace(speed=speed, clock=clock)
    pace.play()
    return pace, clock


def test_at_60x_a_tenth_of_a_second_is_six() -> None:
    pace, clock = pace_at(60)
    clock.now = 0.1
    assert round(pace.due()) == 6 * SECOND
    assert pace.due() == 0


def test_nothing_is_due_while_it_is_paused_nor_made_up_for_afterwards() -> None:
    pace, clock = pace_at(60)
    pace.pause()
    clock.now = 5.0
    assert pace.due() == 0
    pace.play()
    assert pace.due() == 0


def test_a_desk_that_slept_does_not_fast_forward() -> None:
    pace, clock = pace_at(4)
    clock.now = 3_600.0
    assert pace.due() == LONGEST * 4 * SECOND


def test_as_fast_as_it_goes_everything_is_due() -> None:
    pace, _ = pace_at(math.inf)
    assert math.isinf(pace.due())


def test_it_says_how_fast_it_really_goes_once_it_is_behind() -> None:
    pace, clock = pace_at(200)
    for _ in range(20):
        clock.now += 0.1
        pace.flown(round(pace.due() / 4))
    assert 40 < pace.reached < 60
    assert pace_at(200)[0].reached == 0


def test_speeds_end_at_both_ends() -> None:
    pace, _ = pace_at(1)
    pace.faster(-1)
    assert speed_words(pace.speed) == "1x"
    for _ in range(20):
        pace.faster(1)
    assert speed_words(pace.speed) == "max"
