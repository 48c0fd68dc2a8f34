"""The cockpit shows a flight and hands it what one presses; nothing acts without a word."""

import pytest

from sandbox.run.session import Session
from tests.tui.desk import MINUTE, desk, feed_of, flown, plan_of, said, screen_text, until
from tui.frame import Frame, Mark, View
from tui.replay import Replay
from tui.screens.cockpit import Cockpit
from tui.screens.confirm import Choice
from tui.screens.keys_page import KeysPage
from tui.widgets.keys import Keys
from tui.widgets.status import Ramp


def flight_of(feed) -> str:
    return feed.session.finish().digest


async def test_a_flight_by_keys_has_the_digest_of_the_same_actions_headless() -> None:
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        while feed.session.now < 2 * MINUTE:
            before = feed.session.now
            await pilot.press("full_stop")
            await until(pilot, lambda before=before: feed.session.now > before)
        await pilot.press("H")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Cockpit) and app.screen.frame.view.ramp.held)
        at = feed.session.now
        feed.pace.speed = float("inf")
        await pilot.press("space")
        await until(pilot, lambda: feed.ended)
        by_keys = flight_of(feed)
    headless = Session(plan_of())
    headless.advance(at)
    headless.apply("hold", actor="you")
    assert headless.finish().digest == by_keys


async def test_an_engine_that_gives_way_flies_nothing_meanwhile_and_the_same_flight_in_the_end() -> None:
    feed = feed_of()
    feed.pace.speed = float("inf")
    feed.play()
    stood = 0
    while not feed.ended:
        before, feed.gives_way = feed.session.now, not feed.gives_way
        await feed.fly()
        stood += feed.session.now == before
    assert stood
    assert flight_of(feed) == flown().digest
    feed.close()


async def test_any_key_has_the_engine_give_way_until_its_effect_is_shown(monkeypatch) -> None:
    feed, asked = feed_of(), []
    touched = Cockpit.touched
    monkeypatch.setattr(Cockpit, "touched", lambda screen: (asked.append(screen), touched(screen)))
    app = desk(feed)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("f12")
        assert asked == [app.screen]
        await until(pilot, lambda: not feed.gives_way)
        await pilot.press("question_mark")
        await until(pilot, lambda: not isinstance(app.screen, Cockpit))
        asked.clear()
        await pilot.press("down")
        assert asked, "the flight goes on below another screen"
        await until(pilot, lambda: not feed.gives_way)


async def test_what_is_said_anew_is_not_forgotten_at_the_time_of_the_first(monkeypatch) -> None:
    app = desk(feed_of())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        keys = app.screen.query_one(Keys)
        waits = []
        monkeypatch.setattr(keys, "set_timer", lambda _, forget: waits.append(Waits(forget)) or waits[-1])
        keys.say("twice")
        keys.say("twice")
        assert [one.stopped for one in waits] == [True, False]
        waits[-1].forget()
        assert "twice" not in said(app)


class Waits:
    """A timer that ends when it is told to."""

    def __init__(self, forget) -> None:
        self.forget, self.stopped = forget, False

    def stop(self) -> None:
        self.stopped = True


async def test_a_confirm_says_no_unless_told_otherwise() -> None:
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await feed.step()
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        assert not [one for one in feed.session.journal.entries if one.facts.get("actor") == "you"]


async def test_a_refusal_says_why_in_the_last_line() -> None:
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("a", "enter")
        await until(pilot, lambda: "refused" in said(app))
        assert "the incumbent already answers everybody" in said(app)


@pytest.mark.parametrize("blind", [False, True])
async def test_a_window_that_is_too_small_stops_the_clock_and_says_so_but_never_a_drills(blind):
    feed = feed_of()
    feed.blind = blind
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.play()
        await pilot.resize_terminal(60, 15)
        await until(pilot, lambda: app.screen.has_class("-too-small"))
        assert feed.pace.paused is not blind
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: not app.screen.has_class("-too-small"))
        assert ("the window was too small" in said(app)) is not blind


async def test_at_eighty_columns_the_chart_is_made_large_not_its_line_in_the_strip():
    app = desk(feed_of())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("1", "m")
        await until(pilot, lambda: app.screen.maximized is not None)
        assert app.screen.maximized.id == "big"
        assert app.screen.maximized.size.height > 15
        await pilot.press("m")
        await until(pilot, lambda: app.screen.maximized is None)


async def test_a_pane_with_the_whole_screen_leaves_the_clock_and_the_keys_and_says_how_it_is_given_back():
    app = desk(first=lambda: Cockpit(Replay(flown(), at=9 * MINUTE)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("3", "m")
        await until(pilot, lambda: "m all panes" in screen_text(app))
        text = screen_text(app)
        assert "REPLAY" in text
        assert "asks failures.rate" in text
        assert "2 Alerts" not in text
        await pilot.press("2")
        await until(pilot, lambda: "candidate fails (candidate)" in screen_text(app))
        assert "m all panes" in screen_text(app)
        await pilot.press("1")
        await until(pilot, lambda: app.screen.maximized.id == "big")
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: app.screen.maximized.id == "chart-0", what="the chart that there is at this width")
        await pilot.press("escape")
        await until(pilot, lambda: "2 Alerts" in screen_text(app) and "3 Gates" in screen_text(app))
        assert "m all panes" not in screen_text(app)


async def test_an_acknowledged_page_is_said_to_be_one_at_the_top_and_in_its_tab():
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        while not any(one.firing for one in feed.frame().view.alerts):
            await feed.step()
        app.screen.repaint()
        await until(pilot, lambda: "1 PAGE" in screen_text(app) and "2 Alerts 1!" in screen_text(app))
        await pilot.press("a")
        await until(pilot, lambda: "1 PAGE ack" in screen_text(app) and "2 Alerts 1 ack" in screen_text(app))


async def test_when_the_day_is_over_what_acts_is_refused_and_the_way_on_is_named():
    feed = feed_of()
    feed.pace.speed = float("inf")
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("space")
        await until(pilot, lambda: feed.ended)
        await until(pilot, lambda: said(app).strip().startswith("E end"), what="the way on, in the last line")
        assert "roll back" not in said(app)
        for key in ("a", "R", "n", "space"):
            await pilot.press(key)
            await until(pilot, lambda: "E lands the flight and opens the debrief" in said(app))
        assert not [one for one in feed.session.journal.entries if one.facts.get("actor") == "you"]


async def test_a_click_on_a_key_in_the_last_line_does_what_it_says():
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await until(pilot, lambda: "keys" in said(app))
        await pilot.click("#keys", offset=(said(app).index("keys"), 0))
        await until(pilot, lambda: isinstance(app.screen, KeysPage))


async def test_the_keys_are_a_list_that_says_there_is_more_and_tells_the_id_of_each():
    app = desk(feed_of())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, KeysPage) and "more" in screen_text(app))
        assert "its name is clock.toggle" in screen_text(app)
        assert "Write a line into the flight log" not in screen_text(app)
        await pilot.press("pagedown")
        await until(pilot, lambda: "Write a line into the flight log" in screen_text(app))
        await pilot.press("end")
        await until(pilot, lambda: "its name is" in screen_text(app) and "clock.toggle" not in screen_text(app))


async def test_what_was_told_before_take_off_is_told_again_ramp_gates_and_alerts_too():
    app = desk(feed_of())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, KeysPage))
        await until(pilot, lambda: "The ramp" in screen_text(app))
        for told in ("bakes 3m", "failures no worse", "candidate fails"):
            assert told in screen_text(app)


async def test_help_is_about_the_pane_that_has_the_focus():
    app = desk(feed_of())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        for key, told in (("1", "An instrument"), ("2", "Alerts"), ("3", "Gates"), ("4", "Timeline")):
            await pilot.press(key, "f1")
            await until(pilot, lambda: isinstance(app.screen, KeysPage))
            assert app.screen.name_ == told
            assert app.screen.actions
            await pilot.press("f1")
            await until(pilot, lambda: isinstance(app.screen, Cockpit))


async def test_a_row_of_the_strip_that_has_the_focus_is_made_large_as_a_chart_whatever_pane_is_shown():
    app = desk(feed_of())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        app.screen.query_one("#chart-2").focus()
        await pilot.press("m")
        await until(pilot, lambda: app.screen.maximized is not None and app.screen.maximized.size.height > 15)
        assert app.screen.maximized.id == "big"


def test_a_page_and_the_hand_that_saw_it_in_one_cell_leave_the_page_on_the_strip():
    ramp = Ramp(feed_of().sheet)
    marks = tuple(Mark(at=MINUTE, letter=letter) for letter in "rAo")
    ramp._frame = Frame(view=View(at=6 * MINUTE, marks=marks))
    assert "".join(letter for letter, _ in ramp._events(12)) == "┄A┄┄┄┄^┄┄┄┄┄"
