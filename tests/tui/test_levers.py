"""Each lever, from its key to the flight log; and what is lost is asked about."""

import re

import pytest

from sandbox.operate.operations.kinds import BY_NAME
from tests.tui.desk import MINUTE, SHORT, desk, feed_of, flown, said, screen_text, until
from tui.replay import Replay
from tui.screens.cockpit import Cockpit
from tui.screens.confirm import Choice
from tui.screens.debrief import Debrief
from tui.screens.form import Form
from tui.screens.library import Library
from tui.widgets.listing import Listing

LEVERS = {
    "hold": (["H"], ["y"], {}),
    "advance": (["P"], ["down", "enter"], {}),
    "promote": (["P"], ["down", "down", "enter"], {}),
    "roll back": (["R"], ["a", "enter"], {}),
    "roll back one": (["R"], ["down", "down", "enter"], {"segment": "eu"}),
    "divert": (["D"], ["enter", "enter", "y"], {"segment": "eu", "part": "100%"}),
    "toggle": (["F"], ["enter", "enter", "enter", "y"], {"feature": "f1", "on": False}),
    "page": (["C"], [*"ml-infra", "enter", "enter", "y"], {"role": "ml-infra"}),
    "declare": (["I"], ["enter", "enter", "y"], {"severity": 2}),
    "diagnose": (["W"], ["enter"] * 5 + ["y"], {}),
    "update": (["U"], [*"support", "enter", *"slow", "enter", "y"], {"audience": "support", "text": "slow"}),
    "note": (["n"], [*"odd", "enter", "y"], {"text": "odd"}),
}


@pytest.mark.parametrize("name", LEVERS)
async def test_a_lever_becomes_a_command(name):
    opens, answers, arguments = LEVERS[name]
    kind = "roll back" if name.startswith("roll back") else name
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.session.advance(2 * MINUTE)
        await pilot.press(*opens)
        if answers:
            await until(pilot, lambda: isinstance(app.screen, Choice | Form))
            await pilot.pause()
            await pilot.press(*answers)
        await until(pilot, lambda: bool(commands(feed)))
        (command,) = commands(feed)
        assert (command["kind"], command["actor"]) == (kind, "you")
        assert arguments.items() <= command["arguments"].items()


def commands(feed):
    return [one.facts for one in feed.session.journal.entries if one.kind == "command"]


UNDIVIDED = re.sub(r"\[\[segments\]\].*?(?=\[\[faults\]\])", "", SHORT, flags=re.DOTALL)


async def test_a_plan_without_segments_says_so_where_one_would_be_asked_for():
    feed = feed_of(UNDIVIDED)
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("D")
        await until(pilot, lambda: "names no segments" in said(app))
        assert commands(feed) == []
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, Choice) and "names no segments" in screen_text(app))


async def test_what_takes_time_says_that_the_clock_stands():
    feed = feed_of(SHORT + '[operations."roll back"]\ntakes = "30s"\n')
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.session.advance(2 * MINUTE)
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("a", "enter")
        await until(pilot, lambda: "roll back: under way; space lets time pass" in said(app))


BOOK = """
[runbook.fails]
alerts = ["candidate fails"]
[[runbook.fails.steps]]
title = "hold"
action = "hold"
[[runbook.fails.steps]]
title = "roll back"
action = "roll back"
verify = "failures.rate{arm=incumbent} < 1%"
[[runbook.fails.steps]]
title = "send eu back"
action = { kind = "roll back", segment = "eu" }
"""


def ticked(feed) -> dict[int, str]:
    return {number: str(state) for (_, number), state in feed.frame().view.steps.items()}


async def test_a_step_that_is_done_by_a_lever_is_ticked_off_in_the_runbook_and_verified_by_telemetry_alone():
    feed = feed_of(SHORT + BOOK)
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.session.advance(2 * MINUTE)
        await pilot.press("5", "H")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("y")
        await until(pilot, lambda: "•  1 hold done at 00:02" in screen_text(app))
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("a", "enter")
        await until(pilot, lambda: "roll back: " in said(app))
        await feed.step()
        app.screen.repaint()
        await until(pilot, lambda: "•  2 roll back done at 00:02" in screen_text(app))
        assert "○  3 send eu back" in screen_text(app)
        feed.session.apply("perform", actor="you", runbook="fails", step=2)
        feed.session.advance(5 * MINUTE)
        await feed.step()
    assert ticked(feed)[1] == "done at 00:02"
    assert re.match(r"verified at 00:0[2-7]", ticked(feed)[2])
    assert set(ticked(feed)) == {1, 2}


async def test_a_step_that_was_done_is_asked_about_again_and_performed_only_on_purpose():
    feed = feed_of(SHORT + BOOK)
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.session.advance(2 * MINUTE)
        feed.session.apply("perform", actor="you", runbook="fails", step=2)
        feed.session.advance(4 * MINUTE)
        await feed.step()
        verified = ticked(feed)[2]
        await pilot.press("5", "down", "down")
        await until(pilot, lambda: app.screen.query_one("#runbook").key == "fails/2")
        app.screen.repaint()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Choice) and "Perform step 2 again?" in screen_text(app))
        assert re.match(r"verified at 00:0\d", verified)
        assert app.screen.effect == f"roll back\nroll back\n{verified} already"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        assert [one["kind"] for one in commands(feed)].count("perform") == 1


async def test_where_nothing_fired_or_all_was_seen_there_is_nothing_to_acknowledge():
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("a")
        await until(pilot, lambda: "acknowledge refused: no alert has fired" in said(app))
        assert commands(feed) == []
        while not any(one.firing for one in feed.frame().view.alerts):
            await feed.step()
        app.screen.repaint()
        for _ in range(2):
            await pilot.press("a")
            await until(pilot, lambda: "acknowledge: done" in said(app) or "refused" in said(app))
        assert "acknowledge refused: every alert that fired is acknowledged" in said(app)
        assert [one["kind"] for one in commands(feed) if one["actor"] == "you"] == ["acknowledge"]


async def test_leaving_after_the_day_says_that_it_is_over_and_lands_it():
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.session.advance(12 * MINUTE)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        assert "The day is over, and the flight is not landed yet." in screen_text(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, Debrief))


async def test_a_form_keeps_what_was_typed_and_says_why_it_is_refused():
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, Form))
        await pilot.press("enter", "enter", "y")
        await until(pilot, lambda: "the ramp has not begun" in screen_text(app))
        assert isinstance(app.screen, Form)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        assert commands(feed) == []


async def test_one_of_many_causes_is_found_by_its_letters_and_says_what_it_means():
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.session.advance(2 * MINUTE)
        await pilot.press("W")
        await until(pilot, lambda: isinstance(app.screen, Form))
        await pilot.pause()
        await pilot.press(*"leaqx", "backspace", *"ak")
        await until(pilot, lambda: "memory-leak" in screen_text(app) and "1 of 1 with leak" in screen_text(app))
        assert "replicas are killed; they start anew" in " ".join(screen_text(app).split())
        await pilot.press(*["enter"] * 5, "y")
        await until(pilot, lambda: bool(commands(feed)))
        assert commands(feed)[0]["arguments"]["cause"] == "memory-leak"


async def test_nothing_acts_in_a_replay_and_time_runs_both_ways():
    replay = Replay(flown(), at=6 * MINUTE)
    app = desk(first=lambda: Cockpit(replay))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await until(pilot, lambda: "← back  → on  . step" in screen_text(app))
        await pilot.press("R")
        await until(pilot, lambda: "this is a replay" in said(app))
        await pilot.press("left")
        await until(pilot, lambda: replay.now == 5.5 * MINUTE)
        back = replay.frame().view
        await pilot.press("right", "left", "full_stop", "left")
        await until(pilot, lambda: replay.now == 5.5 * MINUTE)
        assert replay.frame().view == back
        await pilot.press("less_than_sign", "less_than_sign")
        await until(pilot, lambda: replay.now == 4.5 * MINUTE)
        assert "rolled back at 00:04:30" in screen_text(app)


async def test_a_flight_in_the_air_has_no_keys_through_time_and_says_why():
    app = desk(feed_of())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        assert "→ on" not in screen_text(app)
        await pilot.press("right")
        await until(pilot, lambda: "here . flies to the next look" in said(app))
        await pilot.press("left")
        await until(pilot, lambda: "time does not run backwards here" in said(app))


async def test_leaving_a_flight_asks_first_and_quitting_too_even_from_a_dialog():
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await feed.step()
        for keys in (["escape"], ["q"], ["ctrl+q"]):
            await pilot.press(*keys)
            await until(pilot, lambda: isinstance(app.screen, Choice))
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("R", "ctrl+q", "ctrl+q")
        await until(pilot, lambda: "Quit?" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Roll back?" in screen_text(app))
        assert app.is_running


async def test_what_has_not_begun_is_left_without_a_question():
    app = desk(feed_of())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Library))
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


async def test_a_key_of_the_cockpit_that_comes_after_a_question_pulls_no_lever():
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await feed.step()
        for lever, key in (("R", "a"), ("P", "e"), ("q", "d")):
            await pilot.press(lever)
            await until(pilot, lambda: isinstance(app.screen, Choice))
            await pilot.press(key, "escape")
            await until(pilot, lambda: isinstance(app.screen, Cockpit))
        assert commands(feed) == []


async def test_the_end_of_the_day_is_asked_about_and_may_be_called_off_on_the_way(monkeypatch):
    feed, heard, say = feed_of(), [], Cockpit.say

    def on_the_way(self, text, **ink):
        heard.append(text)
        say(self, text, **ink)
        if "flying to the end" in text and "calls it off" not in heard:
            heard.append("calls it off")
            self.action_act("act.hold")
            self.action_act("app.back")

    monkeypatch.setattr(Cockpit, "say", on_the_way)
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("E")
        await until(pilot, lambda: "The 12m that are left" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        assert feed.session.now == 0
        await pilot.press("E", "y")
        await until(pilot, lambda: "stopped; nothing is lost" in heard)
        assert "H: it flies to the end of the day" in heard
        assert 0 < feed.session.now < 12 * MINUTE
        await pilot.press("E", "y")
        await until(pilot, lambda: isinstance(app.screen, Debrief) and "1 Score" in screen_text(app))


async def test_q_gives_up_the_offer_of_a_lesson():
    app = desk(lesson="offer")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Library))
        assert app.is_running


async def test_a_page_stops_the_clock_where_one_asked_for_it():
    from tui.stops import stop_when

    feed = feed_of()
    feed.stop_when = stop_when("page")
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.pace.speed = float("inf")
        await pilot.press("space")
        await until(pilot, lambda: feed.session.now > 4 * MINUTE and feed.pace.paused)
        assert feed.session.now == 6 * MINUTE + 1 or any(one.firing for one in feed.frame().view.alerts)
        fired = next(one.at for one in feed.session.journal.entries if one.kind == "alert")
        assert feed.session.now == fired + 1, "it stops at the very look at which it fires"


async def test_below_the_smallest_size_it_says_so_and_pauses():
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.play()
        await pilot.resize_terminal(58, 17)
        await until(pilot, lambda: "have 58x17, need 60x18" in screen_text(app))
        assert feed.pace.paused
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "PAUSED" in screen_text(app))


@pytest.mark.parametrize("size", [(80, 24), (60, 18)])
async def test_any_of_all_commands_is_found_by_its_letters_and_comes_into_sight_however_small_the_window(size):
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("O")
        await until(pilot, lambda: isinstance(app.screen, Choice) and "Which command?" in screen_text(app))
        assert "letters find one; enter takes it" in screen_text(app)
        for kind in ("roll back", "scale", [*BY_NAME][-1]):
            await pilot.press(*("space" if letter == " " else letter for letter in kind))
            await until(pilot, lambda kind=kind: app.screen.query_one(Listing).key == kind, what=kind)
            assert f" {kind} " in screen_text(app)
            await pilot.press(*["backspace"] * len(kind))
        assert isinstance(app.screen, Choice), "letters go to an answer, and take none"


async def test_a_metric_among_many_is_found_by_all_of_its_name():
    feed = feed_of()
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("1", "d")
        await until(pilot, lambda: isinstance(app.screen, Choice) and app.screen.many)
        await pilot.press(*"latency", "full_stop", *"p9", "9")
        await until(pilot, lambda: app.screen.query_one(Listing).key == "latency.p99")


async def test_ctrl_c_says_in_the_last_line_how_one_leaves():
    app = desk(feed_of())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "q leaves greenroom, and asks where something would be lost" in said(app))


async def test_who_approves_has_approved_once_they_said_so():
    plan = SHORT.replace("[[gates]]", '[[ramp.approvals]]\nstep = 2\nrole = "owner"\n[[gates]]', 1)
    feed = feed_of(plan)
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.session.advance(5 * MINUTE)
        await feed.step()
        app.screen.repaint()
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, Choice) and "You answer as owner" in screen_text(app))
        await pilot.press("a", "enter")
        await until(pilot, lambda: "approve: " in said(app) and isinstance(app.screen, Cockpit))
        await feed.step()
        assert [one["arguments"] for one in commands(feed) if one["kind"] == "approve"] == [{"role": "owner"}]
