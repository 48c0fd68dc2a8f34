"""Three ways to set dots in cells: braille, block quarters and ASCII."""

from collections.abc import Mapping
from dataclasses import dataclass

_BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_QUARTERS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
EIGHTHS = " ▁▂▃▄▅▆▇█"
LEVELS = " .:-=+*#@"


@dataclass(frozen=True, slots=True)
class Raster:
    """Dots a cell is wide and high, and the character for each set of dots, bit by bit in rows from the top left."""

    name: str
    wide: int
    high: int
    characters: Mapping[int, str]
    second: Mapping[int, str]
    """The characters of a second series, where one colour and one texture would not tell them apart."""
    bars: str
    """Nine levels for a chart of one row."""


def _braille(mask: int) -> str:
    bits = (_BRAILLE[bit // 2][bit % 2] for bit in range(8) if mask >> bit & 1)
    return chr(0x2800 + sum(bits))


_DOTS = {mask: _braille(mask) for mask in range(1, 256)}
_BLOCKS = {mask: _QUARTERS[mask] for mask in range(1, 16)}
_ASCII = {1: "'", 2: ".", 3: ":"}
_STARS = {1: "*", 2: "*", 3: "#"}

RASTERS = {
    "braille": Raster("braille", 2, 4, _DOTS, _DOTS, EIGHTHS),
    "block": Raster("block", 2, 2, _BLOCKS, _BLOCKS, EIGHTHS),
    "ascii": Raster("ascii", 1, 2, _ASCII, _STARS, LEVELS),
}
