"""An autoscaler at its boundaries: what it asks for, how fast it can grow, and when it lets go."""

import pytest

from sandbox.world.scaling import Scaler
from sandbox.world.services.service import Service

SECOND = 10**9
EVERY = 10 * SECOND


def scaler(*, replicas: int = 10, least: int = 1, **said: object) -> Scaler:
    rule = {"target": "50%", "every": "10s", "cool_down": "60s", **said}
    service = Service.model_validate({"replicas": 10, "least": least, "concurrency": 2, "autoscale": rule})
    return Scaler(service, replicas=replicas)


def look(one: Scaler, at: int, *, busy: float) -> int:
    """A look at `at` s, of a pool that kept so many replicas busy since the last."""
    one.begun = round(busy * 2 * EVERY)
    return one.look(at * SECOND)


@pytest.mark.parametrize(("busy", "asks"), [
    (5.0, 10), (5.5, 10), (4.5, 10), (5.51, 12), (6.0, 12), (9.0, 18), (10.0, 20), (0.0, 10),
])
def test_it_asks_for_what_the_work_would_keep_half_busy_unless_that_is_near(busy: float, asks: int) -> None:
    assert look(scaler(), 10, busy=busy) == asks, "and for fewer only after the cool-down"


def test_a_full_pool_grows_by_no_more_than_one_over_the_target_at_a_look() -> None:
    one = scaler(replicas=2, most=100)
    sizes = [2]
    for at in range(10, 60, 10):
        sizes.append(look(one, at, busy=sizes[-1]))
    assert sizes == [2, 4, 8, 16, 32, 64]


@pytest.mark.parametrize(("said", "least", "busy", "asks"), [
    ({}, 1, 30.0, 20), ({"most": 15}, 1, 30.0, 15), ({"cool_down": "0s"}, 1, 0.0, 1), ({"cool_down": "0s"}, 4, 0.5, 4),
])
def test_it_keeps_between_least_and_most(said: dict[str, str], least: int, busy: float, asks: int) -> None:
    assert look(scaler(least=least, **said), 10, busy=busy) == asks


def test_it_shrinks_to_the_most_it_asked_for_within_the_cool_down() -> None:
    one = scaler()
    sizes = [look(one, at, busy=busy) for at, busy in (
        (10, 8.0), (20, 2.0), (30, 3.0), (40, 2.0), (50, 2.0), (60, 2.0), (70, 2.0), (80, 2.0), (90, 2.0), (100, 2.0),
    )]
    # 16 was asked for at 10 s and counts up to 70 s; the 6 of 30 s up to 90 s.
    assert sizes == [16, 16, 16, 16, 16, 16, 6, 6, 4, 4]


def test_an_autoscaled_candidate_begins_with_its_least_and_the_incumbent_as_it_is_said_to_be() -> None:
    service = Service.model_validate({"replicas": 10, "least": 3, "autoscale": {}})
    assert (service.replicas_at(0.0), service.replicas_at(1.0)) == (3, 10)
