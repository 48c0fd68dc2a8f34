"""What a search takes: reckoned from the plan alone, never below what was asked for, and told before it begins."""

import pytest

from sandbox.lab.effort import BUDGET, SIZES, reckoned, sized
from sandbox.lab.ranges import range_of
from sandbox.lab.tune import Search
from sandbox.scenario.read import read_plan

DAY = """
[scenario]
title = "A day"
duration = "%s"
tick = "1m"
[traffic]
kind = "steady"
mean = "%s"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[certify]
degradations = [{ kind = "errors", rate = "30%%" }]
"""
NOTHING = {"trials": None, "seeds": None, "held_out": None}


def search(scenario, *, duration="1h", mean="100/s", more="") -> Search:
    plan = read_plan(scenario(more, text=DAY % (duration, mean)))
    return Search(plan=plan, ranges=(range_of("ramp.bake", ("1m..6m",)),), first=3)


def size(one: Search) -> tuple[int, int, int]:
    return one.trials, one.seeds, one.held_out


def test_a_flight_is_reckoned_by_its_requests_its_windows_and_how_its_pools_are_served(scenario):
    short, long = search(scenario).plan, search(scenario, duration="10h").plan
    busy = search(scenario, mean="1000/s").plan
    assert reckoned(long) == pytest.approx(10 * reckoned(short))
    assert reckoned(busy) - reckoned(short) == pytest.approx(900 * 3_600 / 2e6)
    events = search(scenario, more='[services.candidate]\nretries = { attempts = 2, backoff = "100ms" }\n').plan
    assert reckoned(events) > 10 * reckoned(short)


@pytest.mark.parametrize(("each", "place"), [(0.1, 0), (5.0, 1), (10.0, 2), (60.0, 3), (1e6, 3)])
def test_the_widest_search_that_fits_is_taken_and_else_the_narrowest(scenario, each, place):
    chosen = sized(search(scenario), each=each, **NOTHING)
    assert size(chosen) == SIZES[place]
    assert chosen.total * each <= BUDGET or place == len(SIZES) - 1


def test_what_is_asked_for_stays_and_the_rest_makes_room_for_it(scenario):
    asked = sized(search(scenario), each=5.0, trials=60, seeds=None, held_out=None)
    assert asked.trials == 60
    assert asked.seeds < SIZES[1][1]
    everything = {"trials": 500, "seeds": 9, "held_out": 50}
    assert size(sized(search(scenario), each=60.0, **everything)) == tuple(everything.values())


def test_the_same_plan_gets_the_same_search_whenever_it_is_asked(scenario):
    names = {
        sized(search(scenario, duration="200h"), each=reckoned(search(scenario, duration="200h").plan), **NOTHING).study
        for _ in range(2)
    }
    assert len(names) == 1
