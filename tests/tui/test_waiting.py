"""What takes long says so and can be left; what goes wrong is told in full."""

import re
import threading

import numba

from tests.tui.desk import desk, feed_of, said, scenario_file, screen_text, until
from tui.compiling import watched
from tui.screens.cockpit import Cockpit
from tui.screens.confirm import Choice
from tui.screens.library import Library
from tui.shelf import offer
from tui.widgets.bar import wrapped
from tui.widgets.drawn import line


async def test_what_takes_long_is_counted_and_may_be_left_and_then_comes_to_nothing():
    may, dropped = threading.Event(), []
    app = desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Library))
        room, found = app.screen, []

        async def wait():
            found.append(await room.wait_for("reading", lambda: may.wait(90), drop=dropped.append))

        room.run_worker(wait())
        await until(pilot, lambda: re.search(r"reading: \d+s \(esc leaves it\)", said(app)) is not None)
        await pilot.press("escape")
        await until(pilot, lambda: found == [None])
        assert dropped == []
        may.set()
        await until(pilot, lambda: dropped == [True])
        room.run_worker(wait())
        await until(pilot, lambda: found == [None, True])


async def test_a_take_off_that_fails_is_told_in_full(tmp_path, monkeypatch):
    path = scenario_file(tmp_path)
    why = f"{'/a/long/path' * 9}.parquet: no such file; make it with: train.py"
    monkeypatch.setattr("tui.screens.briefing.Briefing._prepared", lambda _: (_ for _ in ()).throw(OSError(why)))
    app = desk(store=tmp_path / "store", shelf=lambda: [offer(path)])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Short" in screen_text(app))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await until(pilot, lambda: "make it with: train.py" in screen_text(app))


async def test_where_the_engine_falls_over_the_flight_is_broken_off_and_left_without_a_question(monkeypatch):
    feed = feed_of()
    monkeypatch.setattr(feed.session, "advance", lambda _: (_ for _ in ()).throw(ValueError("score() gave NaN")))
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("full_stop")
        await until(pilot, lambda: isinstance(app.screen, Choice) and "score() gave NaN" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "BROKEN OFF" in screen_text(app))
        await pilot.press("E")
        await until(pilot, lambda: "the flight is broken off" in said(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Library))


async def test_while_the_engine_is_compiled_the_cockpit_says_that_and_not_that_it_runs(monkeypatch):
    feed, may = feed_of(), threading.Event()
    monkeypatch.setattr(feed, "_slice", lambda to: (may.wait(90), ())[1])
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        watched().on_start(None)
        try:
            await pilot.press("space")
            await until(pilot, lambda: re.search(r"COMPILING \d+s", screen_text(app)) is not None)
            assert "RUN" not in screen_text(app)
            assert "once after installation" in screen_text(app)
        finally:
            watched().on_end(None)
            may.set()
        await until(pilot, lambda: "RUN" in screen_text(app))


def test_the_compiler_is_heard_while_it_compiles_and_no_longer():
    spell, heard = watched(), []

    @numba.extending.overload(heard_by_the_compiler)
    def _typed(x):
        heard.append(spell.lasts)
        return lambda x: x  # what it is compiled to

    @numba.njit
    def compiled(x):
        return heard_by_the_compiler(x)

    assert compiled(1) == 1
    assert heard[0] > 0
    assert spell.lasts == 0


def heard_by_the_compiler(x):
    """A stand-in that only the compiler asks about, while it is at work."""
    return x


def test_a_word_that_fits_into_no_line_is_cut_and_not_lost():
    lines = wrapped(line("see " + "x" * 30 + " there"), 12)
    assert "".join(one.text for one in lines).replace(" ", "") == "see" + "x" * 30 + "there"
    assert max(len(one.text.rstrip()) for one in lines) <= 12


def test_a_text_of_several_lines_has_each_from_its_beginning_in_its_own_ink():
    lines = wrapped(line(("first\nsecond of it", "warn"), " third", "\n\nlast"), 30)
    assert [one.text for one in lines] == ["first", "second of it third", "", "last"]
    assert [one.pieces[0][1] for one in lines[:2]] == ["warn", "warn"]
