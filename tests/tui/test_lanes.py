"""On the axis of a debrief nothing hides another thing in silence."""

import numpy as np

from sandbox.base.command import Accepted
from sandbox.report.scorecard import score
from sandbox.run.session import Session
from tests.tui.desk import MINUTE, desk, plan_of, screen_text, until
from tui.draw.lanes import SEVERAL, lanes
from tui.draw.raster import RASTERS
from tui.screens.debrief import Debrief


def acted(*given: tuple[float, str]):
    """A flight in which so much was done, each at its minute."""
    session = Session(plan_of())
    for at, kind in given:
        session.advance(round(at * MINUTE))
        assert isinstance(session.apply(kind, actor="you"), Accepted)
    return session.finish()


def row_of(flight, name: str, *, width: int = 24) -> str:
    """A lane by its name; a cell is half a minute."""
    rows = lanes(flight, score(flight).harm, width=width, raster=RASTERS["ascii"])
    return next(cells for lane, cells, _ in rows if lane == name)


def test_two_things_done_at_once_show_as_several_and_one_done_twice_as_itself() -> None:
    row = np.array(list(row_of(acted((2.0, "hold"), (2.1, "resume"), (3.1, "hold")), "you")))
    assert (row == SEVERAL).nonzero()[0].tolist() == [4]
    assert (row == "H").nonzero()[0].tolist() == [6]


async def test_the_moment_tells_all_that_was_done_in_it_and_the_axis_what_its_letters_mean():
    flight = acted((2.0, "hold"), (2.1, "resume"))
    app = desk(first=lambda: Debrief(flight))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief) and "1 Score" in screen_text(app))
        await until(pilot, lambda: "defensible: o harm began, ! evident, d detected" in screen_text(app))
        axis = app.screen.query_one("#axis")
        axis.go_to(2 * MINUTE)
        await until(pilot, lambda: "you: hold at 00:02, resume at 00:02" in screen_text(app))
