"""A team's own families and curriculum at the desk, as `greenroom drill --from` has them."""

import re
from pathlib import Path

import pytest

from sandbox.cli.errors import UsageError
from sandbox.drill.bots_page import OWN
from tests.tui.desk import desk, said, screen_text, until
from tui.exercises import course
from tui.prefs import Preferences
from tui.screens.confirm import Choice
from tui.screens.drill_briefing import DrillBriefing
from tui.screens.drills import Drills
from tui.shelf import offered


@pytest.fixture
def team(tmp_path):
    """A team's folder with the family and the curriculum of docs/drills.md."""
    for name, text in re.findall(r"```toml\n# (\S+)\n(.*?)```", OWN, flags=re.DOTALL):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_families_of_this_folder_stand_before_the_bundled_ones_and_not_among_the_scenarios(team):
    found = course(None, own=team, store=team / "store")
    assert found.drills[0].name == "checkout"
    assert found.drills[1].name == "new-release"
    assert len(found.drills) > 8
    assert "checkout" not in [one.name for one in offered(own=team)]


def test_a_place_that_is_neither_a_folder_nor_a_file_is_an_error(team):
    with pytest.raises(UsageError, match="neither a folder of families nor a file"):
        course(team / "nothing.toml", own=team, store=team / "store")


async def test_a_curriculum_is_sat_in_its_order_and_says_what_is_next(team):
    app = desk(store=team / "store", first=Drills, preferences=Preferences(drills=str(team / "curriculum.toml")))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "First month on call for checkout 2" in screen_text(app))
        text = screen_text(app)
        assert text.index("checkout") < text.index("new-release")
        assert "> checkout" in text
        assert "not sat yet" in text
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DrillBriefing))
        await until(pilot, lambda: "The checkout model goes out today." in screen_text(app))


async def test_drills_that_cannot_be_read_are_told_in_full(team):
    app = desk(store=team / "store", first=Drills, drills=Path("/nowhere/at/all"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Choice) and "/nowhere/at/all" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "the drills were not read" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "no drill is chosen" in said(app))
