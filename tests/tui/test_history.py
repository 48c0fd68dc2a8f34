"""From the history to a comparison: by marks that are seen, or by what suggests itself."""

from dataclasses import replace
from functools import cache

from sandbox.base.flight import Flight
from sandbox.record.errors import StoreError
from sandbox.record.store import Store
from sandbox.run.session import fly
from tests.tui.desk import SHORT, desk, flown, plan_of, said, scenario_file, screen_text, until
from tui.archive import Archive
from tui.screens import library
from tui.screens.compare import Compare
from tui.screens.history import History
from tui.screens.library import Library
from tui.shelf import offer


@cache
def other() -> Flight:
    """A flight of another scenario, which has other instruments."""
    text = SHORT
    for before, after in (("failures.rate\"", "latency.p95\""), ("1pp", "10%"), ("\"12m", "\"8m")):
        text = text.replace(before, after)
    return fly(replace(plan_of(text), name="another"))


def kept(folder, *flights: Flight) -> list[str]:
    """The flights in a store, in their order."""
    runs = []
    for flight in flights:
        with Store(folder).begin(flight.header.name, seed=flight.header.seed) as landing:
            runs.append(landing.land(flight))
    return runs


async def test_marks_are_seen_and_lead_to_the_comparison_even_of_different_scenarios(tmp_path):
    runs = kept(tmp_path, flown(), other())
    app = desk(first=History, store=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, History) and "another" in screen_text(app))
        await pilot.press("space")
        await until(pilot, lambda: "A is marked: space marks B" in screen_text(app))
        await pilot.press("down", "space")
        await until(pilot, lambda: "A and B are marked: c compares them" in screen_text(app))
        rows = app.screen.query_one("#list").text.splitlines()
        assert [row[0] for row in rows] == ["A", "B"]
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, Compare) and "they part" in screen_text(app))
        assert "A another" in screen_text(app)
        assert "B short" in screen_text(app)
        assert "they are different plans" in screen_text(app)
        assert app.screen.runs == runs[::-1]
        assert "suggested themselves" not in said(app)


async def test_with_nothing_marked_the_digit_compares_this_flight_with_the_last_of_its_scenario(tmp_path):
    first, _, last = kept(tmp_path, flown(), other(), flown())
    app = desk(first=Library, store=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Library))
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, Compare))
        assert app.screen.runs == [last, first]
        await until(pilot, lambda: "space marks others" in said(app))


async def test_where_there_is_nothing_to_compare_it_is_said_why(tmp_path):
    kept(tmp_path, flown())
    app = desk(first=Library, store=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Library))
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, History))
        await until(pilot, lambda: "it takes two flights to compare, and only one is on record" in said(app))


async def test_the_library_tells_how_often_a_scenario_was_flown_the_best_of_it_and_the_last(tmp_path):
    kept(tmp_path, flown(), flown())
    path = scenario_file(tmp_path)
    app = desk(shelf=lambda: [offer(path)], store=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Library))
        best = f"{flown().truth.net_harmed_users:>5} rolled back"
        await until(pilot, lambda: f"    2 {best}" in screen_text(app))


async def test_a_catalogue_that_is_held_for_a_moment_is_asked_for_once_more(tmp_path, monkeypatch):
    kept(tmp_path, flown())
    path = scenario_file(tmp_path)
    asked, worse = [], Archive.worse

    def held(archive: Archive) -> dict[str, int]:
        asked.append(archive)
        if len(asked) < 3:
            raise StoreError("the catalogue is held")
        return worse(archive)

    monkeypatch.setattr(Archive, "worse", held)
    monkeypatch.setattr(library, "BUSY", (0.0, 0.0, 0.0))
    app = desk(shelf=lambda: [offer(path)], store=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: f"    1 {flown().truth.net_harmed_users:>5} rolled back" in screen_text(app))


async def test_the_curves_of_a_comparison_are_those_of_a_and_b_whatever_the_size():
    app = desk(first=lambda: Compare(flown(), flown(), runs=("a", "b")))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Compare) and "B solid" in screen_text(app))
        await pilot.resize_terminal(140, 44)
        await until(pilot, lambda: screen_text(app).count("B solid") == 2)
        assert "cand " not in screen_text(app)


async def test_at_eighty_columns_a_comparison_shows_its_charts_and_both_days_by_a_key_that_names_them():
    app = desk(first=lambda: Compare(flown(), flown(), runs=("a", "b")))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "c charts" in screen_text(app))
        assert "they part" in screen_text(app)
        await pilot.press("c")
        await until(pilot, lambda: screen_text(app).count("B solid") == 2 and "c days" in screen_text(app))
        assert "they part" not in screen_text(app)
        await pilot.press("c")
        await until(pilot, lambda: screen_text(app).count("defensible") == 2 and "c table" in screen_text(app))
        await pilot.press("c")
        await until(pilot, lambda: "they part" in screen_text(app))
        await pilot.press("c")
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "they part" in screen_text(app) and "B solid" in screen_text(app))
        assert " c " not in screen_text(app).splitlines()[-1]
        await pilot.press("c")
        await until(pilot, lambda: "everything is in sight" in said(app))
