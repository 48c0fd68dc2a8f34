"""Themes: states are told by sign and word, no two series differ in red against green, and every ink can be read."""

from collections.abc import Mapping
from functools import lru_cache

from rich.color import ColorSystem
from textual.color import Color
from textual.theme import Theme

READABLE = 4.5
"""The least contrast of text with what it stands on (WCAG 2.2, 1.4.3)."""

_DARK = {
    "incumbent": "#5E9BD6", "candidate": "#EE6677", "limit": "#CCBB44", "axis": "#888888", "page": "#FF7A66",
    "ticket": "#DDCC55", "info": "#7FB2E5", "good": "#66CCEE", "truth": "#CC88DD", "faint": "#8A9199",
}
_LIGHT = {
    "incumbent": "#1D5AB4", "candidate": "#A83A00", "limit": "#7A6A00", "axis": "#666666", "page": "#B3261E",
    "ticket": "#7A6A00", "info": "#1D5AB4", "good": "#00677F", "truth": "#7B2D8B", "faint": "#5F666D",
}
_CONTRAST = {"incumbent": "#7FC4FF", "candidate": "#FFA500", "axis": "#FFFFFF", "faint": "#CCCCCC"}
_DARK_OF_SIXTEEN = {"incumbent": "#55FFFF", "info": "#55FFFF", "truth": "#FF55FF"}
_LIGHT_OF_SIXTEEN = {
    "incumbent": "#0000AA", "info": "#0000AA", "good": "#0000AA", "limit": "#AA00AA", "ticket": "#AA00AA",
    "truth": "#AA00AA", "axis": "#555555", "faint": "#555555",
}
"""Where there are sixteen colours the nearest to an ink is often a grey: these are among the sixteen."""
_TERMINAL_DARK = {
    "incumbent": "ansi_bright_blue", "candidate": "ansi_bright_red", "limit": "ansi_yellow", "axis": "ansi_white",
    "page": "ansi_bright_red", "ticket": "ansi_yellow", "info": "ansi_bright_blue", "good": "ansi_bright_cyan",
    "truth": "ansi_bright_magenta", "faint": "ansi_white",
}
_TERMINAL_LIGHT = {
    "incumbent": "ansi_blue", "candidate": "ansi_red", "limit": "ansi_magenta", "axis": "ansi_bright_black",
    "page": "ansi_red", "ticket": "ansi_magenta", "info": "ansi_blue", "good": "ansi_blue", "truth": "ansi_magenta",
    "faint": "ansi_bright_black",
}

PAPERS = ("background", "surface", "panel", "replayed", "looked-at")
"""What text stands on: everywhere, in dialogs, in bars, in the head of a replay, where a lesson points."""

THEMES = (
    Theme(
        name="greenroom", primary="#6FA8DC", secondary="#88B7B5", accent="#E3B04B", warning="#DDCC55",
        error="#FF7A66", success="#66CCEE", foreground="#D8DEE4", background="#14181C", surface="#1A1F24",
        panel="#20262C", dark=True,
    ),
    Theme(
        name="greenroom-light", primary="#225588", secondary="#2F6F6B", accent="#8A5A00", warning="#7A6A00",
        error="#B3261E", success="#00677F", foreground="#1C2126", background="#FAFAF7", surface="#F3F3EE",
        panel="#E9E9E3", dark=False,
    ),
    Theme(
        name="greenroom-contrast", primary="#FFFFFF", secondary="#FFFFFF", accent="#FFD700", warning="#FFD700",
        error="#FF8C7A", success="#7FE0FF", foreground="#FFFFFF", background="#000000", surface="#000000",
        panel="#101010", dark=True, variables=_CONTRAST,
    ),
)
NAMES = (*(theme.name for theme in THEMES), "ansi-dark", "ansi-light")
"""The themes that `t` goes through; the palette offers the others, too."""


def inks(theme: Theme, variables: Mapping[str, str], *, system: ColorSystem) -> dict[str, str]:
    """What text is written in, and the papers of its own that the cockpit has, in a theme and as many colours.

    An ink that could not be read on every paper is made lighter, or darker, until it can; a theme of the terminal's own
    sixteen colours is left to the terminal.
    """
    if theme.ansi:
        own = _TERMINAL_DARK if theme.dark else _TERMINAL_LIGHT
        return own | {"key": variables["accent"], "replayed": variables["panel"], "looked-at": variables["background"]}
    few = system is ColorSystem.STANDARD
    own = (_DARK if theme.dark else _LIGHT) | dict(theme.variables)
    own |= (_DARK_OF_SIXTEEN if theme.dark else _LIGHT_OF_SIXTEEN) if few else {}
    wanted = {name: own[name] for name in _DARK} | {name: variables[name] for name in ("foreground", "accent")}
    wanted["key"] = wanted["accent"]
    papers = _flat(theme) if few else _papers(variables, own["truth"])
    return papers | dict(_readable(tuple(wanted.items()), tuple(papers.values()), theme.dark, system))


def _flat(theme: Theme) -> dict[str, str]:
    """Black, or white: the next of sixteen colours would be a grey on which half of them cannot be read."""
    return dict.fromkeys(PAPERS, "#000000" if theme.dark else "#FFFFFF")


def _papers(variables: Mapping[str, str], truth: str) -> dict[str, str]:
    panel, ground = Color.parse(variables["panel"]), Color.parse(variables["background"])
    return {name: variables[name] for name in PAPERS[:3]} | {
        "replayed": panel.blend(Color.parse(truth), 0.12).hex,
        "looked-at": ground.blend(Color.parse(variables["accent"]), 0.12).hex,
    }


@lru_cache(64)
def _readable(
    wanted: tuple[tuple[str, str], ...], papers: tuple[str, ...], dark: bool, system: ColorSystem
) -> tuple[tuple[str, str], ...]:
    end = Color(255, 255, 255) if dark else Color(0, 0, 0)
    grounds = [Color.parse(paper) for paper in papers]
    return tuple((name, _made_readable(Color.parse(ink), grounds, end, system).hex) for name, ink in wanted)


def _made_readable(ink: Color, papers: list[Color], end: Color, system: ColorSystem) -> Color:
    """The first colour on the way from an ink to white, or to black, that can be read on all of them."""
    return next(
        (tried for step in range(20) if contrast(tried := ink.blend(end, step / 20), papers, system) >= READABLE), end
    )


def contrast(ink: Color, papers: list[Color], system: ColorSystem = ColorSystem.TRUECOLOR) -> float:
    """The least contrast of an ink with some papers, in as many colours as a terminal has."""
    light = _luminance(_shown(ink, system))
    ratios = []
    for paper in papers:
        high, low = sorted((light, _luminance(_shown(paper, system))), reverse=True)
        ratios.append((high + 0.05) / (low + 0.05))
    return min(ratios)


def _shown(color: Color, system: ColorSystem) -> tuple[int, int, int]:
    red, green, blue = color.rich_color.downgrade(system).get_truecolor()
    return red, green, blue


def _luminance(rgb: tuple[int, int, int]) -> float:
    """How light a colour is, from 0 to 1 (WCAG 2.2, relative luminance)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (c / 255 for c in rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
