"""What every line passes before it is painted: a terminal that has no colours, or nothing but ASCII, gets neither."""

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui.draw.raster import EIGHTHS, LEVELS

_LIKE = {
    "-": "─━┄−–—•▔▀", "_": "▁▄", "|": "│┃▎▊▌▐", "+": "┌┐└┘╭╮╰╯┏┓┗┛├┤┬┴┼✔", "'": "╵", "~": "…±", ">": "→▶▸≥", "<": "←≤",
    "^": "↑", "v": "↓", "x": "✖×", "*": "◆", ".": "·○", "!": "▲", "#": "■█", '"': "‖",
}
_ONE_FOR_ONE = str.maketrans(
    {letter: mark for mark, letters in _LIKE.items() for letter in letters}
    | dict(zip(EIGHTHS[1:], LEVELS[1:], strict=True))
)
"""Marks for whatever no widget spells out by itself, one cell for one."""


@lru_cache(4096)
def ascii_of(text: str) -> str:
    """A text in ASCII, as many cells wide as it was."""
    if text.isascii():
        return text
    return "".join(_letter(letter) for letter in text.translate(_ONE_FOR_ONE))


def _letter(letter: str) -> str:
    if letter.isascii():
        return letter
    plain = unicodedata.normalize("NFKD", letter)[0]
    width = cell_len(letter)
    return plain if plain.isascii() and plain.isprintable() and width == 1 else "?" * width


class OnlyAscii(LineFilter):
    """Whatever a widget drew, and Textual around it: a frame, a title that was cut, an icon."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line in ASCII."""
        return [Segment(ascii_of(text), style, control) for text, style, control in segments]
