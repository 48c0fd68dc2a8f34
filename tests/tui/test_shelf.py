"""A scenario is found by what it is about, also where its line does not say so."""

from sandbox.cli.scenarios import find
from tests.tui.desk import desk, scenario_file, screen_text, until
from tui.columns import fitting
from tui.screens.library import Library, _item, said_of
from tui.shelf import Offered, glance, offer
from tui.widgets.listing import Item, _holds


def item(one: Offered) -> Item:
    """Its line in a list of eighty cells; it was never flown."""
    return _item(one, said_of(one, [], {}), fitting([one.name], [one.title], width=80))


def test_a_filter_finds_a_scenario_by_the_metrics_of_its_gates_and_by_its_lesson():
    fair, other = item(offer(find("unfair-candidate"))), item(offer(find("error-burst")))
    assert _holds(fair, "fairness")
    assert not _holds(other, "fairness")
    assert _holds(other, "users"), "its lesson speaks of them"


def test_at_a_glance_a_scenario_is_found_by_its_metrics_gates_and_faults_already():
    fair, other = item(glance(find("unfair-candidate"))), item(glance(find("error-burst")))
    assert _holds(fair, "fairness")
    assert not _holds(other, "fairness")
    assert _holds(other, "errors")


def test_a_scenario_in_which_a_page_may_come_is_found_by_page():
    for look in (glance, offer):
        assert _holds(item(look(find("a-rehearsed-rollback"))), "page")
        assert not _holds(item(look(find("unfair-candidate"))), "page")


async def test_a_filter_that_finds_nothing_empties_the_preview_and_escape_shows_all_again(tmp_path):
    path = scenario_file(tmp_path)
    app = desk(shelf=lambda: [offer(path)], store=tmp_path / "store")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Library) and "ramp " in screen_text(app))
        await pilot.press("slash", *"xyz", "enter")
        await until(pilot, lambda: "Scenarios 0 of 1 with: xyz (esc shows all)" in screen_text(app))
        assert "nothing holds these words; / changes them, esc shows all again" in screen_text(app)
        assert app.screen.query_one("#about").text == ""
        await pilot.press("escape")
        await until(pilot, lambda: "Scenarios 1" in screen_text(app) and "ramp " in screen_text(app))


def test_a_glance_knows_the_difficulty_that_the_file_says():
    path = find("unfair-candidate")
    assert glance(path).difficulty == offer(path).difficulty == "medium"
