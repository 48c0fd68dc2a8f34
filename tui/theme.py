"""Themes: states are told by sign and word, and no two series differ in red against green."""

from textual.theme import Theme

_DARK = {
    "incumbent": "#5E9BD6", "candidate": "#EE6677", "limit": "#CCBB44", "axis": "#888888", "page": "#FF7A66",
    "ticket": "#DDCC55", "info": "#7FB2E5", "good": "#66CCEE", "truth": "#CC88DD", "faint": "#8A9199",
}
_LIGHT = {
    "incumbent": "#225588", "candidate": "#B22838", "limit": "#7A6A00", "axis": "#666666", "page": "#B3261E",
    "ticket": "#7A6A00", "info": "#225588", "good": "#00677F", "truth": "#7B2D8B", "faint": "#5F666D",
}
_PLAIN = {
    "incumbent": "ansi_blue", "candidate": "ansi_red", "limit": "ansi_yellow", "axis": "ansi_bright_black",
    "page": "ansi_bright_red", "ticket": "ansi_yellow", "info": "ansi_blue", "good": "ansi_cyan",
    "truth": "ansi_magenta", "faint": "ansi_bright_black",
}
VARIABLES = _DARK
"""What the cockpit's own colours are in a theme that does not name them."""

THEMES = (
    Theme(
        name="greenroom", primary="#6FA8DC", secondary="#88B7B5", accent="#E3B04B", warning="#DDCC55",
        error="#FF7A66", success="#66CCEE", foreground="#D8DEE4", background="#14181C", surface="#1A1F24",
        panel="#20262C", dark=True, variables=_DARK,
    ),
    Theme(
        name="greenroom-light", primary="#225588", secondary="#2F6F6B", accent="#8A5A00", warning="#7A6A00",
        error="#B3261E", success="#00677F", foreground="#1C2126", background="#FAFAF7", surface="#F3F3EE",
        panel="#E9E9E3", dark=False, variables=_LIGHT,
    ),
    Theme(
        name="greenroom-contrast", primary="#FFFFFF", secondary="#FFFFFF", accent="#FFD700", warning="#FFD700",
        error="#FF8C7A", success="#7FE0FF", foreground="#FFFFFF", background="#000000", surface="#000000",
        panel="#101010", dark=True,
        variables=_DARK | {"incumbent": "#7FC4FF", "candidate": "#FFA500", "axis": "#FFFFFF", "faint": "#CCCCCC"},
    ),
)
NAMES = (*(theme.name for theme in THEMES), "ansi-dark", "ansi-light")
"""The themes that `t` goes through; the palette offers the others, too."""
