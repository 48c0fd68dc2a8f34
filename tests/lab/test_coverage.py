"""Coverage: of stored flights all is known, and studies drawn from them say how often stated intervals hold it."""

import math

import pytest

from tests.lab.stored_flights import covered, ever_left, flown, stored

STATED, ASKED = 0.95, 0.93
STUDIES = 1_500


def above(rate: float, *, of: int) -> float:
    """Three standard errors above a rate, seen in so many studies."""
    return rate + 3 * math.sqrt(rate * (1 - rate) / of)


def test_stored_flights_waver():
    """A world in which everything were alike would be covered by anything."""
    flights = stored()
    rate = sum(one.rolled_back for one in flights) / len(flights)
    assert 0.2 < rate < 0.9
    assert len({one.net for one in flights}) > 30
    assert len({one.delay for one in flights}) > 5


@pytest.mark.parametrize("size", [40, 100])
def test_stated_intervals_cover_what_is_true(size):
    """Each of what a certificate states holds the truth in at least 93 of 100 studies."""
    held = covered(stored(), studies=STUDIES, size=size, seed=11)
    assert min(held.values()) >= ASKED, held


def test_a_sequence_is_left_by_one_study_in_twenty_at_most_however_often_it_is_looked_at():
    """Looked at after every second flight of 200; intervals that are meant for one look are seen to fail so."""
    left = ever_left(stored(), studies=200, most=200, every=2, seed=13)
    assert left["rolled back"] <= above(1 - STATED, of=200)
    assert left["rolled back, by intervals for one look"] > 2 * (1 - STATED)


def test_a_sequence_of_means_is_left_by_one_study_in_twenty_at_most_at_every_round():
    """It holds for many flights, not for two: it is looked at as `--precision` looks, after every twenty."""
    left = ever_left(stored(), studies=300, most=400, every=20, seed=17)
    assert left["net, mean"] <= above(1 - STATED, of=300)


@pytest.mark.proof
def test_stated_intervals_cover_what_is_true_at_large():
    """3,000 flights flown now, and 4,000 studies of each size; prints what a report may quote."""
    flights = flown(3_000)
    for size in (20, 40, 100, 400):
        held = covered(flights, studies=4_000, size=size, seed=19)
        print(size, held)
        assert min(held.values()) >= ASKED, held
    left = ever_left(flights, studies=2_000, most=1_000, every=1, seed=23)
    print(left)
    assert left["rolled back"] <= above(1 - STATED, of=2_000)
