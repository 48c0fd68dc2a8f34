"""On the axis of a debrief nothing hides another thing in silence."""

import re

import numpy as np
import pytest

from sandbox.base.clock import clock
from sandbox.base.command import Accepted
from sandbox.report.scorecard import score
from sandbox.run.session import Session
from tests.tui.desk import MINUTE, SHORT, desk, flown, plan_of, screen_text, until
from tui.draw.lanes import DAY, SEVERAL, axis, lanes
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


@pytest.mark.parametrize(("end", "width", "times"), [
    (12 * MINUTE, 60, ["00:00", "00:02", "00:04", "00:06", "00:08", "00:10"]),
    (100 * MINUTE, 60, ["00:00", "00:20", "00:40", "01:00", "01:20"]),
    (4 * 60 * MINUTE, 100, ["00:00", "01:00", "02:00", "03:00"]),
    (9 * DAY, 80, ["00:00", "2d", "00:00", "4d", "00:00", "6d", "00:00", "8d", "00:00"]),
])
def test_the_times_below_the_lanes_are_round_and_stand_where_they_are(end, width, times):
    row = axis(end, width, clock)
    assert row.split() == times
    assert len(row) == width
    if end < DAY:
        for text in times[1:]:
            minutes = int(text[:2]) * 60 + int(text[3:])
            assert row.index(text) == minutes * MINUTE * width // end


QUIET = re.sub(r"\[\[faults\]\].*?(?=\[ramp\])", "", SHORT, flags=re.DOTALL)


@pytest.mark.parametrize(("width", "says"), [
    (70, "nothing breaks or drifts; if anything differs, it is the candidate ···"),
    (30, "nothing breaks or drifts ·····"), (20, "·" * 20),
])
def test_where_nothing_happens_truth_says_what_may_differ_as_far_as_there_is_room(width, says):
    assert row_of(flown(QUIET), "truth", width=width) == says
