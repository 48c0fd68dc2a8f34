"""Every action is reached by each of its keys on the screen it belongs to, and no two share one there."""

from collections import Counter

import pytest
from textual.command import CommandPalette

from sandbox.operate.operations.kinds import BY_NAME
from tests.tui.desk import MINUTE, desk, exercise, feed_of, flown, plan_of, said, scenario_file, screen_text, until
from tui.actions import ACTIONS, of
from tui.palette import Palette
from tui.prefs import Preferences
from tui.replay import Replay
from tui.screens.briefing import Briefing
from tui.screens.cockpit import Cockpit
from tui.screens.compare import Compare
from tui.screens.debrief import Debrief
from tui.screens.drill_briefing import DrillBriefing
from tui.screens.drills import Drills
from tui.screens.history import History
from tui.screens.lesson import LessonDebrief, LessonFlight
from tui.screens.library import Library
from tui.screens.room import Room
from tui.shelf import offer

SCREENS = {
    "library": (None, Library),
    "briefing": (lambda: Briefing(plan_of(), path=scenario_file_here()), Briefing),
    "cockpit": (lambda: Cockpit(feed_of()), Cockpit),
    "replay": (lambda: Cockpit(Replay(flown())), Cockpit),
    "debrief": (lambda: Debrief(flown()), Debrief),
    "compare": (lambda: Compare(flown(), flown(), runs=("a", "b")), Compare),
    "history": (History, History),
    "drills": (Drills, Drills),
    "drill": (lambda: DrillBriefing(exercise()), DrillBriefing),
}


def scenario_file_here():
    from pathlib import Path

    return Path("short.toml")


@pytest.mark.parametrize("name", SCREENS)
async def test_every_key_reaches_its_action(name, tmp_path, monkeypatch):
    first, kind = SCREENS[name]
    reached = []
    path = scenario_file(tmp_path)
    app = desk(first=first, store=tmp_path / "store", shelf=lambda: [offer(path)])
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, kind))
        monkeypatch.setattr(Room, "action_act", lambda self, which: reached.append(which))
        wanted = [(action.id, key) for action in app.screen.offered for key in action.keys.split(",")]
        for which, key in wanted:
            reached.clear()
            await pilot.press(key)
            await until(pilot, lambda: bool(reached), what=f"{key} on {name}")
            assert reached == [which], f"{key} on {name}"


@pytest.mark.parametrize("screen", [
    Library, Drills, DrillBriefing, Briefing, Cockpit, Debrief, History, Compare, LessonFlight, LessonDebrief,
])
def test_no_two_actions_of_a_screen_share_a_key(screen):
    here = [action for action in of(*screen.SCOPES) if hasattr(screen, action.method)]
    keys = Counter(key for action in here for key in action.keys.split(","))
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_action_has_a_screen_that_does_it():
    screens = (Library, Drills, DrillBriefing, Briefing, Cockpit, Debrief, History, Compare, LessonFlight)
    homeless = [
        action.id for action in ACTIONS
        if not any(hasattr(one, action.method) and action in of(*one.SCOPES) for one in screens)
    ]
    assert homeless == []


def test_what_acts_has_a_capital_and_nothing_else_does():
    looks = {"list.bottom"}
    odd = [
        action.id for action in ACTIONS for key in action.keys.split(",")
        if len(key) == 1 and key.isupper() and not action.acts and action.id not in looks
    ]
    assert odd == []
    assert all(action.keys.isupper() for action in ACTIONS if action.acts)


async def test_a_key_is_rebound_by_the_id_of_its_action(monkeypatch):
    reached = []
    app = desk(feed_of(), preferences=Preferences(keys={"clock.toggle": "p"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        monkeypatch.setattr(Room, "action_act", lambda self, which: reached.append(which))
        await pilot.press("p")
        await until(pilot, lambda: reached == ["clock.toggle"])


@pytest.mark.parametrize("kind", BY_NAME)
async def test_a_form_asks_for_every_argument_of_a_command(kind):
    from tui.screens.form import fields_of

    feed = feed_of()
    await feed.step()
    asked = [field.name for field in fields_of(kind, await feed.standing())]
    assert asked == [name for name in BY_NAME[kind].model_fields if name != "kind"]
    feed.close()


async def test_a_key_gives_the_last_line_back_to_the_keys():
    app = desk(first=lambda: Cockpit(Replay(flown(), at=6 * MINUTE)))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("R")
        await until(pilot, lambda: "this is a replay" in said(app))
        await pilot.press("left")
        await until(pilot, lambda: "this is a replay" not in said(app) and "← back" in said(app))


async def test_a_key_that_comes_before_a_screen_shows_anything_is_dropped():
    app = desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.is_mounted)
        app.push_screen(Cockpit(feed_of()))
        assert isinstance(app.screen, Cockpit)
        for name in ("runbook.perform", "act.rollback", "clock.back", "app.lesson", "app.charts"):
            app.screen.action_act(name)
        await until(pilot, lambda: "not begun" in screen_text(app))
        assert isinstance(app.screen, Cockpit)


async def test_the_palette_opens_again_while_it_is_still_going_away():
    app = desk(feed_of())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        app.pop_screen()
        app.screen.action_act("app.palette")
        app.action_command_palette()
        await until(pilot, lambda: isinstance(app.screen, CommandPalette) and "roll back" in screen_text(app))
        assert [type(one) for one in app.screen_stack].count(CommandPalette) == 1


async def test_the_palette_offers_what_can_be_done_before_what_cannot():
    replay = Replay(flown(), at=6 * MINUTE)
    app = desk(first=lambda: Cockpit(replay))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        hits = [hit async for hit in Palette(app.screen).discover()]
        says = {one.says for one in app.screen.offered}
        refused = [hit.help not in says for hit in hits]
        assert refused == sorted(refused)
        assert {True, False} == set(refused)
