"""Whatever the theme and however few colours a terminal has, what is written can be read."""

import re

import pytest
from rich.color import ColorSystem
from textual.color import Color

from tests.tui.desk import MINUTE, desk, flown, screen_text, until
from tui.app import Greenroom
from tui.filters import ascii_of
from tui.replay import Replay
from tui.screens.cockpit import Cockpit
from tui.theme import NAMES, PAPERS, contrast, inks
from tui.widgets.drawn import INKS

COLOURED = [*{*INKS} - {"plain", "strong", "cursor", "warn"}, "foreground"]
SYSTEMS = [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD]


@pytest.mark.parametrize(("ink", "paper", "ratio"), [
    ("#000000", "#FFFFFF", 21.0), ("#777777", "#FFFFFF", 4.48), ("#767676", "#FFFFFF", 4.54),
    ("#FF0000", "#FFFFFF", 4.0), ("#0000FF", "#FFFFFF", 8.59), ("#FFFF00", "#FFFFFF", 1.07),
])
def test_contrast_is_what_the_guidelines_say_it_is(ink, paper, ratio):
    assert contrast(Color.parse(ink), [Color.parse(paper)]) == pytest.approx(ratio, abs=0.005)


def test_every_ink_can_be_read_on_every_paper_of_every_theme_in_any_number_of_colours():
    app, bad = Greenroom(), []
    for theme in app.available_themes.values():
        if theme.ansi:
            continue
        plain = theme.to_color_system().generate() | dict(theme.variables)
        for system in SYSTEMS:
            found = plain | inks(theme, plain, system=system)
            papers = [Color.parse(found[name]) for name in PAPERS]
            bad += [
                f"{theme.name} {system.name} {ink} {ratio:.2f}" for ink in COLOURED
                if (ratio := contrast(Color.parse(found[ink]), papers, system)) < 4.5
            ]
    assert len(app.available_themes) > 20
    assert bad == []


@pytest.mark.parametrize("name", NAMES[:3])
def test_the_two_models_never_look_alike(name):
    theme = Greenroom().available_themes[name]
    plain = theme.to_color_system().generate() | dict(theme.variables)
    for system in SYSTEMS:
        found = inks(theme, plain, system=system)
        arms = [Color.parse(found[arm]) for arm in ("incumbent", "candidate")]
        one, other = (_seen_without_green(arm.rich_color.downgrade(system).get_truecolor()) for arm in arms)
        assert max(abs(a - b) for a, b in zip(one, other, strict=True)) > 60


def _seen_without_green(rgb):
    """A colour as people without the cones for green see it (Viénot, Brettel, Mollon, Color Res. Appl. 24, 1999)."""
    red, green, blue = ((part / 255) ** 2.2 for part in rgb)
    seen = (0.29275 * red + 0.70725 * green, 0.29275 * red + 0.70725 * green, -0.02234 * red + 0.02234 * green + blue)
    return [255 * max(0.0, part) ** (1 / 2.2) for part in seen]


async def test_what_is_painted_can_be_read(monkeypatch):
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setattr(Replay, "find_reference", nothing)
    app = desk(first=lambda: Cockpit(Replay(flown(), at=round(4.6 * MINUTE))))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "1 PAGE" in screen_text(app))
        for theme in (*NAMES[:3], "nord"):
            app.theme = theme
            await until(pilot, lambda wanted=app.current_theme.background: paper_of(app) == wanted.upper())
            seen = painted(app)
            assert len(seen) > 8
            assert [(ink.hex, paper.hex) for ink, paper in seen if contrast(ink, [paper]) < 4.5] == []


def painted(app):
    """Every pair of an ink and its paper on the screen."""
    segments = [one for strip in app.screen._compositor.render_strips() for one in strip if one.text.strip()]
    return [
        (Color.from_rich_color(ink), Color.from_rich_color(paper))
        for ink, paper in {(one.style.color, one.style.bgcolor) for one in segments if one.style}
    ]


def paper_of(app):
    """What the screen itself is painted in."""
    return app.screen.styles.background.hex


async def nothing(_):
    """What drift is measured against takes a second to find."""


@pytest.mark.parametrize("asked", [True, False])
async def test_no_colour_is_sent_where_none_is_wanted(asked, monkeypatch):
    if asked:
        monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(Replay, "find_reference", nothing)
    app = desk(first=lambda: Cockpit(Replay(flown(), at=round(4.6 * MINUTE))))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "1 PAGE" in screen_text(app))
        await pilot.press("question_mark")
        sent = "".join(strip.render(app.console) for strip in app.screen._compositor.render_strips())
    codes = {code for found in re.findall(r"\x1b\[([\d;]*)m", sent) for code in found.split(";")}
    coloured = codes & {str(code) for code in (*range(30, 39), *range(40, 49), *range(90, 98), *range(100, 108))}
    assert bool(coloured) is not asked


@pytest.mark.parametrize(("text", "said"), [
    ("plain", "plain"), ("╭─ ✖ failures… ─╮", "+- x failures~ -+"), ("Viénot", "Vienot"), ("⠉⣀", "??"),
    ("🔎 find", "?? find"), ("≤ 2%", "< 2%"), ("数", "??"),
])
def test_what_is_not_ascii_gives_way_to_what_is_cell_for_cell(text, said):
    assert ascii_of(text) == said
