"""A flight in pieces: somebody hears how far it is, and it comes to its end, whatever is asked of it."""

import tomli

from sandbox.run.pieces import SLICES, fly_on
from sandbox.run.session import Session
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

MINUTE = 60 * 10**9
TEXT = """
[scenario]
title = "Short"
duration = "5m"
[traffic]
mean = "20/s"
kind = "steady"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
"""


def session():
    return Session(Plan(name="short", text=TEXT, document=Document.model_validate(tomli.loads(TEXT))))


def test_who_watches_hears_every_piece_once_however_often_the_flight_stops():
    flight, heard = session(), list[float]()
    for to in (MINUTE, MINUTE, 4 * MINUTE, 5 * MINUTE):
        fly_on(flight, to=to, watch=heard.append)
        assert flight.now == to
    assert heard == sorted(set(heard))
    # The end of each stretch is its own event; who stops there knows where it is.
    assert set(heard) == {piece / SLICES for piece in range(1, SLICES)} - {0.2, 0.8}


def test_what_is_to_happen_after_the_end_is_waited_for_no_longer_than_to_the_end():
    flight, heard = session(), list[float]()
    fly_on(flight, to=9 * MINUTE, watch=heard.append)
    assert (flight.now, heard[-1]) == (5 * MINUTE, 0.99)
    fly_on(flight, to=10 * MINUTE, watch=heard.append)
    assert len(heard) == SLICES - 1
