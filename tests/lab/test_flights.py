"""Many flights: scorecards in the order of orders, the same for any number of workers."""

import pytest

from sandbox.lab.flights import Order, fly_all, prepare
from sandbox.record.history import history
from sandbox.record.load import load
from sandbox.record.store import Store
from sandbox.report.exit_code import ExitCode
from sandbox.run.errors import RigError
from sandbox.run.pieces import SLICES
from sandbox.run.session import fly as fly_straight
from sandbox.scenario.read import read_plan

CALLABLE = """
[models.third]
kind = "callable"
target = "gone:score"
"""


def orders_of(*paths, seeds=(3,), **more):
    return [Order(path=path, source=path.name, seed=seed, **more) for path in paths for seed in seeds]


@pytest.mark.parametrize("jobs", [1, 3])
def test_scorecards_come_in_the_order_of_orders(scenario, jobs):
    slow = scenario(name="slow", text=scenario().read_text().replace('"5m"', '"20m"'), more="")
    orders = [*orders_of(slow, seeds=(9, 2)), *orders_of(scenario(), seeds=(4,)), *orders_of(slow, seeds=(1,))]
    cards = list(fly_all(orders, jobs=jobs))
    assert [(card.source, card.seed) for card in cards] == [(order.source, order.seed) for order in orders]


def test_any_number_of_workers_gives_the_same_scorecards(scenario):
    orders = orders_of(scenario(), scenario("", name="other"), seeds=(3, 4), keep_journal=True, repeat="again")
    alone = list(fly_all(orders))
    assert list(fly_all(orders, jobs=3)) == alone
    assert all(card.journal and card.repeat == "again" for card in alone)


def test_the_lab_flies_what_a_session_flies(scenario):
    path = scenario()
    assert next(fly_all(orders_of(path))).digest == fly_straight(read_plan(path)).digest


def test_an_order_without_a_seed_flies_the_scenarios_own(scenario):
    assert next(fly_all([Order(path=scenario(), source="tiny")])).seed == 3


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_flight_that_fails_what_was_expected_is_reported_and_the_rest_goes_on(scenario, jobs):
    paths = (scenario('[expect]\noutcome = "held"\n', name="missed"), scenario(), scenario("", name="silent"))
    codes = [card.exit_code for card in fly_all(orders_of(*paths), jobs=jobs)]
    assert codes == [ExitCode.MISSED, ExitCode.MET, ExitCode.NOTHING_ASSERTED]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_flight_that_cannot_be_flown_is_named_after_those_before_it(scenario, jobs):
    flights = fly_all(orders_of(scenario(), scenario(CALLABLE, name="broken")), jobs=jobs)
    assert next(flights).name == "tiny"
    with pytest.raises(RigError, match=r"source of third gone\.py: cannot be read"):
        next(flights)


@pytest.mark.parametrize("jobs", [1, 2])
def test_closing_leaves_the_rest_unflown(scenario, tmp_path, jobs):
    long = scenario("", name="long", text=scenario().read_text().replace('"5m"', '"300h"'))
    flights = fly_all([*orders_of(scenario()), *orders_of(long, seeds=(1, 2, 3))], jobs=jobs)
    assert next(flights).name == "tiny"
    flights.close()
    assert list(flights) == []


def test_who_watches_is_told_how_far_a_flight_is_and_changes_no_bit(scenario):
    parts: list[float] = []
    watched = next(fly_all(orders_of(scenario()), watch=parts.append))
    assert parts == [piece / SLICES for piece in range(1, SLICES)]
    assert watched == next(fly_all(orders_of(scenario())))


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_flight_lands_where_its_order_says_and_changes_no_bit(scenario, tmp_path, jobs):
    store = Store(tmp_path / "store")
    landed = list(fly_all(orders_of(scenario(), seeds=(3, 4), store=store.path), jobs=jobs))
    assert sorted(one.run for one in history(store).runs) == sorted(card.run for card in landed)
    assert [load(store, card.run).digest for card in landed] == [card.digest for card in landed]
    told = [card.trouble for card in landed if card.trouble]
    assert all("is held by" in one for one in told), "two that land at once may meet, on a busy machine for long"
    assert jobs > 1 or not told
    aside = list(fly_all(orders_of(scenario(), seeds=(3, 4))))
    assert [card.digest for card in aside] == [card.digest for card in landed]
    assert [card.run for card in aside] == ["", ""]


def test_flights_of_one_scenario_share_what_was_read(scenario):
    prepared = prepare(read_plan(scenario()))
    assert (prepared.recording, prepared.inputs) == (None, {})
