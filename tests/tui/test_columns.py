"""Titles of the library get what room there is; other columns give way, and the preview has what they said."""

import pytest

from tests.tui.desk import desk, scenario_file, screen_text, until
from tui.columns import LAST, WIDTHS, fitting
from tui.screens.library import Library
from tui.shelf import offer

NAMES, TITLES = ["a-rehearsed-rollback1"], ["Good for everybody but one country"]


@pytest.mark.parametrize(("width", "kept"), [
    (104, tuple(WIDTHS)), (95, tuple(WIDTHS)), (84, ("level", "lasts", "best")), (78, ("level", "lasts")),
    (72, ("level",)), (58, ()),
])
def test_columns_give_way_to_titles_in_their_order_and_a_line_is_never_wider_than_the_list(width, kept):
    columns = fitting(NAMES, TITLES, width=width)
    assert columns.kept == kept
    taken = 2 + columns.name + 1 + columns.title + 1 + sum(WIDTHS[one] for one in columns.kept) + LAST
    assert taken <= width
    assert columns.title >= min(len(TITLES[0]), 28) or not kept


def test_short_titles_take_nothing_from_the_other_columns():
    columns = fitting(["short"], ["Short"], width=78)
    assert (columns.title, columns.kept) == (5, tuple(WIDTHS))


async def test_a_window_that_grows_shows_more_columns_and_the_preview_says_what_has_none(tmp_path):
    path = scenario_file(tmp_path)
    text = path.read_text(encoding="utf-8").replace('title = "Short"', f'title = "{TITLES[0]}"')
    path.write_text(text, encoding="utf-8")
    app = desk(store=tmp_path / "store", shelf=lambda: [offer(path)])
    async with app.run_test(size=(70, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Library) and "Good for everybody but one" in screen_text(app))
        assert "lasts flown" not in screen_text(app)
        assert "level medium  flown never" in screen_text(app)
        await pilot.resize_terminal(99, 30)
        await until(pilot, lambda: "level  lasts flown  best last" in screen_text(app))
        assert TITLES[0] in screen_text(app).splitlines()[3]
