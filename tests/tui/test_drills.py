"""A drill from the list to its scored debrief; nothing tells the truth before."""

import threading

import pytest

from tests.tui.desk import desk, exercise, said, screen_text, until
from tui.screens import drills
from tui.screens.briefing import Briefing
from tui.screens.cockpit import Cockpit
from tui.screens.debrief import Debrief
from tui.screens.drill_briefing import DrillBriefing
from tui.screens.drills import Drills
from tui.screens.keys_page import KeysPage
from tui.widgets.listing import Listing


@pytest.mark.proof
async def test_a_drill_is_taken_to_its_debrief(tmp_path):
    app = desk(store=tmp_path / "store", first=Drills)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Drills) and bool(app.screen.drills))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DrillBriefing))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("i")
        await until(pilot, lambda: "what was true is told in the debrief" in said(app))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "at its own speed" in said(app))
        await pilot.press("E", "y")
        await until(pilot, lambda: isinstance(app.screen, Debrief))
        await until(pilot, lambda: app.screen.exercise is not None)
        await until(pilot, lambda: "/ 100" in screen_text(app))
        assert app.screen.run in [path.name for path in (tmp_path / "store" / "runs").iterdir()]
        again = Debrief(app.screen.flight, run=app.screen.run)
        points = app.screen.exercise.points
        app.push_screen(again)
        await until(pilot, lambda: app.screen is again and again.exercise is not None)
        assert again.exercise is not None
        assert again.exercise.points == points, "opened again, it comes to the same"


async def test_everything_that_is_told_before_a_drill_is_read_before_take_off_even_in_a_small_window(tmp_path):
    app = desk(store=tmp_path / "store", first=lambda: DrillBriefing(exercise()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, DrillBriefing))
        await until(pilot, lambda: "say what is wrong if anything is, and do what users need, no more" in text_of(app))
        for told in ("60 decision", "20 diagnosis W", "20 process", "−5 hint", "−5 pause", "−20 forbidden", "fixed"):
            assert told in text_of(app), told
        assert "candidate fails" not in screen_text(app), "there is more than fits"
        await pilot.press("end")
        await until(pilot, lambda: "candidate fails" in screen_text(app))
        assert "errors" not in text_of(app).lower(), "nothing is said of what may be wrong"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        assert "space takes off" in said(app)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, KeysPage) and "no more" in screen_text(app))


async def test_a_pause_of_a_drill_says_what_it_costs_and_the_wait_before_take_off_costs_nothing(tmp_path):
    app = desk(store=tmp_path / "store", first=lambda: Cockpit(exercise().take_off(tmp_path / "store")))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        assert app.screen.feed.toll == ""
        await pilot.press("space", "space")
        await until(pilot, lambda: "1 pause, 5 points so far" in said(app))
        await pilot.press("space", "space")
        await until(pilot, lambda: "2 pauses, 10 points so far" in said(app))


async def test_what_a_drill_never_does_is_in_no_footer_and_marked_among_the_keys(tmp_path):
    app = desk(store=tmp_path / "store", first=lambda: Cockpit(exercise().take_off(tmp_path / "store")))
    async with app.run_test(size=(200, 50)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        app.screen.say("")
        await until(pilot, lambda: "play/pause" in said(app))
        assert "faster" not in said(app)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, KeysPage))
        assert "not here" not in app.screen.query_one("#keys-list").text
        await pilot.press("end")
        await until(pilot, lambda: "not here: Fly faster" in app.screen.query_one("#keys-list").text)


async def test_again_deals_the_drill_anew_and_the_same_day_is_a_flight_like_any_other(tmp_path, monkeypatch):
    monkeypatch.setattr(Debrief, "_fly_others", nobody)
    feed = exercise().take_off(tmp_path / "store")
    landed = await feed.finish(lambda _: True)
    feed.close()
    app = desk(store=tmp_path / "store", first=lambda: Debrief(landed.flight, run=landed.run))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, DrillBriefing))
        assert app.screen.exercise.briefing == exercise().briefing
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Cockpit) and app.screen.feed.blind)
        app.switch_screen(Debrief(landed.flight, run=landed.run))
        await until(pilot, lambda: isinstance(app.screen, Debrief))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Briefing))
        assert app.screen.seed == landed.flight.header.seed


async def nobody(*_: object) -> None:
    """No other hands fly the day."""


def text_of(app) -> str:
    """All pages, whether they are in sight or not, as one line each."""
    return " ".join(" ".join(page.text.split()) for page in app.screen.query("Page"))


async def test_a_filter_that_no_drill_fits_leaves_none_in_sight(tmp_path):
    app = desk(store=tmp_path, first=Drills)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Drills) and "A release on a Tuesday" in screen_text(app))
        every = len(app.screen.drills)
        await pilot.press("slash", *"zzz")
        await until(pilot, lambda: f" 0 of {every} with: zzz (esc shows all)" in screen_text(app))
        assert "A release on a Tuesday" not in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: f" {every} " in screen_text(app) and "A release on a Tuesday" in screen_text(app))


async def test_a_filter_typed_before_the_drills_are_read_is_one_for_those_that_come(tmp_path, monkeypatch):
    may = threading.Event()
    read = drills.course
    monkeypatch.setattr(drills, "course", lambda *given, **named: may.wait(60) and read(*given, **named))
    app = desk(store=tmp_path, first=Drills)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Drills))
        await pilot.press("slash", *"data-day")
        may.set()
        await until(pilot, lambda: " with: data-day (esc shows all)" in screen_text(app))
        assert [one.key for one in app.screen.query_one(Listing).items] == ["data-day"]
