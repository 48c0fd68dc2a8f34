"""Preferences survive, and a file that says something else is told what is wrong with it, all at once."""

import pytest

from tests.tui.desk import desk, said, until
from tui.prefs import Preferences, PreferencesError, read, write


def test_what_was_written_is_read_again(tmp_path):
    kept = Preferences(theme='a "theme"', charts="block", speed=float("inf"), keys={"clock.toggle": "p"})
    write(kept, tmp_path / "deep" / "cockpit.toml")
    assert read(tmp_path / "deep" / "cockpit.toml") == kept


def test_without_a_file_there_are_the_defaults(tmp_path):
    assert read(tmp_path / "none.toml") == Preferences()


@pytest.mark.parametrize(("text", "said"), [
    ("thene = 'x'", "thene: no such preference"),
    ("charts = 'dots'", "charts: no charts 'dots'; there is braille, block, ascii"),
    ("speed = -1", "speed: -1 is no number above 0"),
    ("ascii = 'yes'", "ascii: 'yes' is no true or false"),
    ("[keys]\n'clock.togle' = 'p'", "keys.clock.togle: no such action"),
    ("[keys]\n'clock.toggle' = 3", "keys: a table of ids and keys is wanted"),
    ("nonsense", "cannot be read"),
])
def test_a_mistake_is_named_with_its_file(tmp_path, text, said):
    (tmp_path / "cockpit.toml").write_text(text)
    with pytest.raises(PreferencesError, match=r"cockpit\.toml") as error:
        read(tmp_path / "cockpit.toml")
    assert said in str(error.value)


def test_an_action_that_is_none_is_answered_with_its_nearest(tmp_path):
    path = tmp_path / "cockpit.toml"
    path.write_text('[keys]\n"clock.togle" = "p"\n"zzz" = "q"\n')
    with pytest.raises(PreferencesError) as told:
        read(path)
    first, second = str(told.value).splitlines()
    assert first.startswith(f"{path} keys.clock.togle: no such action; nearest: clock.toggle")
    assert second == f"{path} keys.zzz: no such action; as app.palette; ? in the cockpit names the others"


async def test_a_terminal_that_spells_ascii_alone_leaves_no_mark_in_what_is_preferred(tmp_path):
    path = tmp_path / "cockpit.toml"
    app = desk(place=path, spells=False)
    async with app.run_test(size=(80, 24)) as pilot:
        assert (app.ascii, app.raster) == (True, "ascii")
        await pilot.press("ctrl+a")
        await until(pilot, lambda: "this terminal spells ASCII alone" in said(app))
        app.screen.action_act("app.theme")
        await until(pilot, lambda: f"theme {app.theme}, kept for the next time" in said(app))
    assert (read(path).theme, read(path).ascii) == (app.theme, False)


async def test_ascii_is_chosen_and_kept_where_a_terminal_spells_more(tmp_path):
    path = tmp_path / "cockpit.toml"
    app = desk(place=path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+a")
        await until(pilot, lambda: "ASCII alone, kept for the next time" in said(app))
        assert read(path).ascii
        await pilot.press("ctrl+a")
        await until(pilot, lambda: "all characters, kept for the next time" in said(app))
        assert not read(path).ascii
