"""Screens as they are read: each at two sizes, compared with what a person has looked at.

GREENROOM_SNAPSHOTS=write writes them anew; look at the difference before it is committed.
"""

import os
from pathlib import Path

import pytest

from tests.tui.desk import MINUTE, desk, exercise, feed_of, flown, plan_of, scenario_file, screen_text, until
from tui.replay import Replay
from tui.screens.briefing import Briefing
from tui.screens.cockpit import Cockpit
from tui.screens.compare import Compare
from tui.screens.debrief import Debrief
from tui.screens.drill_briefing import DrillBriefing
from tui.screens.drills import Drills
from tui.screens.history import History
from tui.screens.lesson import LessonFlight, prepared
from tui.screens.library import Library
from tui.shelf import offer

FOLDER = Path(__file__).parent / "snapshots"
NO_ALERT, FIRING, OVER = 3 * MINUTE, 4.6 * MINUTE, 9 * MINUTE
SCREENS = {
    "library": (None, Library, []),
    "briefing": (lambda: Briefing(plan_of(), path=Path("short.toml")), Briefing, []),
    "drill": (lambda: DrillBriefing(exercise()), DrillBriefing, []),
    "cockpit-start": (lambda: Cockpit(feed_of()), Cockpit, []),
    "cockpit-no-alert": (lambda: at(NO_ALERT), Cockpit, []),
    "cockpit-firing": (lambda: at(FIRING), Cockpit, []),
    "cockpit-over": (lambda: at(OVER), Cockpit, []),
    "cockpit-charts": (lambda: at(FIRING), Cockpit, ["1"]),
    "cockpit-gates": (lambda: at(OVER), Cockpit, ["3"]),
    "cockpit-timeline": (lambda: at(OVER), Cockpit, ["4"]),
    "cockpit-instructor": (lambda: at(OVER), Cockpit, ["i"]),
    "dialog": (lambda: Cockpit(feed_of()), Cockpit, ["R"]),
    "lesson": (lambda: LessonFlight(prepared()), LessonFlight, ["enter", "enter"]),
    "drills": (Drills, Drills, []),
    "keys": (lambda: at(FIRING), Cockpit, ["question_mark"]),
    "debrief": (lambda: Debrief(flown()), Debrief, []),
    "debrief-log": (lambda: Debrief(flown()), Debrief, ["4"]),
    "history-empty": (History, History, []),
    "compare": (lambda: Compare(flown(), flown(), runs=("a", "b")), Compare, []),
}


def at(instant: float) -> Cockpit:
    """The cockpit of a replay: the same frames as live, and nothing moves."""
    return Cockpit(Replay(flown(), at=round(instant)))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SCREENS)
async def test_a_screen_looks_as_it_did(name, size, tmp_path, monkeypatch):
    first, kind, keys = SCREENS[name]
    monkeypatch.setattr(Replay, "find_reference", nothing)
    path = scenario_file(tmp_path)
    app = desk(first=first, store=tmp_path / "store", shelf=lambda: [offer(path)])
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, kind))
        await pilot.press(*keys)
        text = await settled(app, pilot)
        app.prefer(ascii=True)
        await until(pilot, lambda: screen_text(app).isascii(), what="a screen in nothing but ASCII")
    place = FOLDER / f"{name}-{size[0]}x{size[1]}.txt"
    if os.environ.get("GREENROOM_SNAPSHOTS") == "write":
        FOLDER.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8")


async def settled(app, pilot) -> str:
    """The text of the screen once it stays the same and nobody is at work on it: flights stand, and dialogs wait."""
    texts = [""]

    def same() -> bool:
        texts.append(screen_text(app))
        busy = [one for one in app.workers if not one.is_finished and one.group not in ("flight", "acts")]
        return len(texts) > 8 and len({*texts[-6:]}) == 1 and not busy

    await until(pilot, same)
    return texts[-1]


async def nothing(_: Replay) -> None:
    """What drift is measured against takes a second to find, and no picture needs it."""


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TEXTUAL_COLOR_SYSTEM": "standard"}], ids=["none", "16"])
async def test_no_state_is_told_by_colour_alone(env, monkeypatch):
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Replay, "find_reference", nothing)
    app = desk(first=lambda: at(FIRING))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        text = await settled(app, pilot)
    for word in ("REPLAY", "1 PAGE", "▲ PAGE", "unacked", "✖ fail", "limit", "seen", "step 2/2"):
        assert word in text
