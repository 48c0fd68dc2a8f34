"""A drill from the list to its scored debrief; nothing tells the truth before."""

import pytest

from tests.tui.desk import desk, said, screen_text, until
from tui.screens.cockpit import Cockpit
from tui.screens.debrief import Debrief
from tui.screens.drills import Drills


@pytest.mark.proof
async def test_a_drill_is_taken_to_its_debrief(tmp_path):
    app = desk(store=tmp_path / "store", first=Drills)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Drills) and bool(app.screen.drills), tries=1500)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Cockpit), tries=1500)
        await pilot.press("i")
        await until(pilot, lambda: "what was true is told in the debrief" in said(app))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "at its own speed" in said(app))
        await pilot.press("E", "y")
        await until(pilot, lambda: isinstance(app.screen, Debrief), tries=6000)
        await until(pilot, lambda: app.screen.exercise is not None, tries=6000)
        await until(pilot, lambda: "/ 100" in screen_text(app))
        assert app.screen.run in [path.name for path in (tmp_path / "store" / "runs").iterdir()]
        again = Debrief(app.screen.flight, run=app.screen.run)
        points = app.screen.exercise.points
        app.push_screen(again)
        await until(pilot, lambda: app.screen is again and again.exercise is not None, tries=6000)
        assert again.exercise is not None
        assert again.exercise.points == points, "opened again, it comes to the same"
