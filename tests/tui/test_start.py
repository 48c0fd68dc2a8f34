"""The library shows before anything heavy is loaded, and what it shows at a glance is what the plans say."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from textual.css.query import NoMatches
from textual.screen import Screen

from sandbox.cli.scenarios import bundled
from sandbox.record.errors import StoreError
from tests.tui.desk import MINUTE, desk, flown, plan_of, said, scenario_file, screen_text, until
from tui.app import Greenroom
from tui.feed import Feed
from tui.main import main
from tui.screens.briefing import Briefing
from tui.screens.cockpit import Cockpit
from tui.screens.debrief import Debrief
from tui.screens.library import Library
from tui.shelf import glance, offer

HEAVY = ("pydantic", "numpy", "scipy", "numba", "polars", "duckdb", "simpy")


@pytest.mark.parametrize("code", ["import tui.app", "from tui.main import main; main(['--version'])"])
def test_nothing_heavy_is_loaded_to_begin_with(code):
    code += f"; import sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_at_a_glance_a_scenario_says_what_its_plan_says():
    for path in bundled():
        seen, read = glance(path), offer(path)
        assert not seen.read
        assert read.read
        assert (seen.name, seen.title) == (read.name, read.title)


def test_a_filter_finds_a_scenario_by_the_tables_it_has():
    for path in bundled():
        has = any(line.startswith("[runbook.") for line in path.read_text().splitlines())
        assert ("runbook" in glance(path).kinds) == ("runbook" in offer(path).kinds) == has


async def test_a_scenario_is_opened_before_the_shelf_was_read(tmp_path, monkeypatch):
    path, may = scenario_file(tmp_path), asyncio.Event()
    monkeypatch.setattr("tui.screens.library.Library._read_plans", lambda _: may.wait())
    app = desk(store=tmp_path / "store", shelf=lambda: [glance(path)])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Short" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Briefing))
        may.set()


async def test_a_file_that_is_no_plan_is_told_once_it_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("odd.toml")
    path.write_text('[scenario]\ntitle = "Odd"\nspeed = 3\n')
    app = desk(store=tmp_path / "store", shelf=lambda: [glance(path)])
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "cannot be read" in screen_text(app))
        told = " ".join(row.split("││")[1].strip(" │") for row in screen_text(app).splitlines() if "││" in row)
        for mistake in ("models: is missing; add it:", 'scenario.speed: no key "speed"', "nothing was flown"):
            assert mistake in told, "every mistake has lines of its own, whole"
        await pilot.press("enter")
        await until(pilot, lambda: "tells its mistakes" in said(app))


@pytest.mark.parametrize(("gone", "keys"), [("tui.replay", ["enter"]), ("tui.hands", [])], ids=["a key", "a worker"])
async def test_a_cockpit_under_which_greenroom_was_changed_says_so_and_goes_on(gone, keys, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, gone, None)
    app = desk(first=lambda: Debrief(flown()), store=tmp_path / "store")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief))
        await pilot.press(*keys)
        await until(pilot, lambda: f"changed under this cockpit ({gone})" in said(app))
        await pilot.press("4")
        await until(pilot, lambda: "[4 Log]" in screen_text(app))


def test_the_cockpit_keeps_its_flights_where_it_is_told_to(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(Greenroom, "run", lambda app: opened.append(app.store))
    assert main(["cockpit", "--store", str(tmp_path / "mine")]) == 0
    assert main(["cockpit"]) == 0
    assert opened == [tmp_path / "mine", None]


async def test_a_flight_for_which_the_store_has_no_room_is_debriefed_and_said_not_to_be_kept(tmp_path, monkeypatch):
    def full(*_: object) -> str:
        raise StoreError("cannot land in /full: no space left on device")

    feed = Feed(plan_of(), store=tmp_path / "store")
    monkeypatch.setattr("sandbox.record.landing.Landing.land", full)
    app = desk(feed, store=tmp_path / "store")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.session.advance(12 * MINUTE)
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, Debrief))
        await until(pilot, lambda: "not kept: cannot land in /full: no space left on device" in said(app))
        assert "rolled back at 00:04:30" in screen_text(app)
        await pilot.press("3")
        await until(pilot, lambda: "it is not kept: cannot land in /full" in screen_text(app))


async def late(screen: Screen[None]) -> None:
    """Work of a screen that comes to its end when the screen has lost what it would be shown in."""
    while screen.display or screen.query("Bar"):
        await asyncio.sleep(0)
    screen.query_one("Bar")


async def test_what_is_read_while_somebody_quits_is_dropped(tmp_path):
    path = scenario_file(tmp_path)
    app = desk(store=tmp_path / "store", shelf=lambda: [offer(path)])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Short" in screen_text(app))
        work = app.screen.run_worker(late(app.screen))
    assert work.is_finished
    app._handle_exception(NoMatches("a message that was on its way to a widget"))
    assert not app.return_code


async def test_what_is_read_while_a_screen_is_left_is_dropped_and_a_mistake_while_it_is_there_is_none_of_that(tmp_path):
    app = desk(first=lambda: Debrief(flown()), store=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief))
        work = app.screen.run_worker(late(app.screen))
        await pilot.press("escape")
        await until(pilot, lambda: work.is_finished and isinstance(app.screen, Library))
        assert app.return_code is None

        async def mistaken() -> None:
            app.screen.query_one("#nothing")

        wrong = app.screen.run_worker(mistaken(), exit_on_error=False)
        await until(pilot, lambda: wrong.is_finished)
        assert isinstance(wrong.error, NoMatches)
