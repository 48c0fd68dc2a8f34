"""Where the ramp stands and why, on a line that is cut at no edge and says how long a wait may last."""

from dataclasses import replace

import pytest

from tests.tui.desk import MINUTE, plan_of
from tui.app import Greenroom
from tui.frame import Frame, GateNow, Mark, RampNow, View
from tui.sheet import Sheet, sheet_of
from tui.widgets.status import Ramp

LONG = "answers no worse in apac: inconclusive, +15.8% ± 17.4% straddles +5% by request"
WAITS = RampNow(phase="climbing", step=0, since=MINUTE, bake_ends=4 * MINUTE, waits_for=LONG)


async def ramp_of(frame: Frame, sheet: Sheet, *, width: int = 80) -> list[str]:
    """The two lines, in so many cells."""
    app = Greenroom(shelf=tuple)
    async with app.run_test(size=(width, 24)) as pilot:
        ramp = Ramp(sheet)
        await app.screen.mount(ramp, before=0)
        await pilot.pause()
        ramp.show(frame)
        await pilot.pause()
        return ramp.text.split("\n")


def waiting(ramp: RampNow = WAITS, *gates: GateNow, at: float = 5) -> Frame:
    return Frame(view=View(at=round(at * MINUTE), ramp=ramp, gates=gates))


@pytest.mark.parametrize(("patience", "then", "said"), [
    (None, "roll back", "at most to 00:12, the day's end"),
    (3 * MINUTE, "roll back", "at most to 00:07, then rolls back"),
    (3 * MINUTE, "advance", "at most to 00:07, then advances"),
    (9 * MINUTE, "advance", "at most to 00:12, the day's end"),
])
async def test_a_wait_says_how_long_it_may_last(patience, then, said):
    sheet = replace(sheet_of(plan_of()), patience=patience, then=then)
    assert said in (await ramp_of(waiting(), sheet, width=140))[1]


async def test_a_failed_gate_is_waited_for_to_the_end_where_patience_would_advance():
    sheet = replace(sheet_of(plan_of()), patience=3 * MINUTE, then="advance")
    failed = GateNow(name="failures no worse", verdict="fail", because="", n=1, at=0, decides=True)
    assert "the day's end" in (await ramp_of(waiting(WAITS, failed), sheet, width=140))[1]


async def test_a_bake_that_the_day_is_too_short_for_says_so():
    ramp = replace(WAITS, bake_ends=13 * MINUTE, waits_for="bakes until 00:13")
    assert "bakes until 00:13, and the day ends 00:12" in (await ramp_of(waiting(ramp), sheet_of(plan_of())))[1]


@pytest.mark.parametrize("width", [80, 100, 120])
async def test_a_reason_that_is_too_long_loses_its_end_and_not_how_long_it_waits(width):
    ramp = replace(WAITS, diverted=("eu",))
    second = (await ramp_of(waiting(ramp), sheet_of(plan_of()), width=width))[1]
    assert len(second) <= width
    assert "waits: answers no worse in" in second
    assert "… " in second or "…," in second
    assert "at most to 00:12" in second
    assert second.rstrip().endswith("diverted eu")


async def test_an_end_says_why_and_a_hold_until_when():
    because = "failures no worse failed at step 50%: +33.2pp > +1pp, p 2.4e-05 by user"
    over = RampNow(phase="rolled_back", step=1, since=4 * MINUTE, because=because)
    assert "rolled back at 00:04: failures no worse failed" in (await ramp_of(waiting(over), sheet_of(plan_of())))[1]
    held = replace(WAITS, held=True, waits_for="you said so")
    second = (await ramp_of(waiting(held, at=2), sheet_of(plan_of())))[1]
    assert "HELD  waits: you said so, until it is resumed" in second


async def test_letters_on_the_strip_are_explained_where_there_is_room():
    ramp = replace(WAITS, waits_for="bakes until 00:04")
    marks = (Mark(at=MINUTE, letter="r"), Mark(at=2 * MINUTE, letter="A"))
    frame = Frame(view=View(at=3 * MINUTE, ramp=ramp, marks=marks))
    first, second = await ramp_of(frame, sheet_of(plan_of()))
    assert first.rstrip("┄").endswith("^")
    assert second.rstrip().endswith("r ramp  A alert  ^ now")
    assert "now" not in (await ramp_of(replace(frame, view=replace(frame.view, ramp=WAITS)), sheet_of(plan_of())))[1]


async def test_whose_approval_is_waited_for_is_said_whole_before_how_long():
    waits = "the 50% step waits for the approval of product-owner and risk"
    ramp = replace(WAITS, waits_for=waits, since=0, bake_ends=MINUTE)
    sheet = sheet_of(plan_of())
    assert f"{waits}, at most to 00:12, the day's end" in (await ramp_of(waiting(ramp), sheet, width=140))[1]
    assert f" {waits}" in (await ramp_of(waiting(ramp), sheet, width=90))[1]
