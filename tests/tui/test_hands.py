"""A debrief knows what others would have made of the same day, and what came of it the last time."""

import pytest

from sandbox.drill.baselines import FIRST_PAGE
from sandbox.drill.debriefing import SAME_LATER
from sandbox.record.store import Store
from tests.tui.desk import SHORT, desk, flown, said, screen_text, until
from tui.archive import Archive
from tui.hands import MOST, by_others, time_before
from tui.screens.debrief import Debrief
from tui.whatif import CalledOffError, Told, told
from tui.widgets import scored
from tui.widgets.scored import compared


def landed(folder, *flights):
    store = Store(folder)
    return [store.begin("short", seed=one.header.seed, features=()).land(one) for one in flights]


def marked(*flights: Told) -> list[str]:
    """The flights whose net harm is marked as the best."""
    rows = list(compared(flights))[1 : 1 + len(flights)]
    return [one.name for one, row in zip(flights, rows, strict=True) if row.pieces[-1][1] == "good"]


async def test_the_same_day_is_flown_with_other_hands_and_scored(tmp_path):
    app = desk(first=lambda: Debrief(flown()), store=tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief) and "1 Score" in screen_text(app))
        assert "o    flies this day as nobody" in screen_text(app)
        await pilot.press("o")
        await until(pilot, lambda: app.screen.exercise is not None)
        text = screen_text(app)
        for name in ("nobody acts", "bot, at first page", "the oracle", "scripts tried", "SCORE"):
            assert name in text
        oracle, nobody = (app.screen.exercise.beside(name) for name in ("the oracle", "nobody acts"))
        assert oracle.net <= nobody.net
        await pilot.press("o")
        assert "they are all there" in said(app)


def test_other_hands_can_be_called_off_between_two_flights():
    parts = []

    def watch(part: float) -> bool:
        parts.append(part)
        return len(parts) < 3

    with pytest.raises(CalledOffError):
        by_others(flown(), run="", watch=watch)
    assert parts == [0, 1 / MOST, 2 / MOST]


async def test_the_last_time_stands_beside_this_one(tmp_path):
    runs = landed(tmp_path, flown(), flown())
    app = desk(first=lambda: Debrief(flown(), run=runs[1]), store=tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief) and "1 Score" in screen_text(app))
        await until(pilot, lambda: "last time, same day" in screen_text(app))
    assert time_before(Archive(tmp_path), flown(), run=runs[0]) is None, "nothing was flown before the first"


async def test_the_last_time_on_another_day_says_so_and_is_never_the_best_of_this_one(tmp_path):
    unharmed = flown(SHORT.replace("seed = 3", "seed = 4").replace('rate = "30%"', 'rate = "2%"'))
    runs = landed(tmp_path, unharmed, flown())
    before = time_before(Archive(tmp_path), flown(), run=runs[1])
    assert before is not None
    assert before.name == "last time, other day, seed 4"
    this = told("this flight", flown())
    assert before.harm.total.net < this.harm.total.net
    assert marked(this, before) == [], "there is nothing to compare one flight of a day with"
    milder = told("milder", flown(SHORT.replace('rate = "30%"', 'rate = "2%"')))
    assert milder.harm.total.net < this.harm.total.net
    assert marked(this, before, milder) == ["milder"]


def test_names_that_are_shortened_are_names_that_are_used():
    assert set(scored.SHORT) == {FIRST_PAGE, SAME_LATER}
