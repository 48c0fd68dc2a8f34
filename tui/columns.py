"""Which columns of the library there is room for: names, titles and what came of it stay, the others give way."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTHS = {"level": 7, "lasts": 6, "flown": 6, "best": 6}
"""Cells of the columns that may be left out."""
GIVE_WAY = ("flown", "best", "lasts", "level")
"""In this order; the preview has them all."""
NAME, TITLE = 24, 28
"""A name gets no more cells than this, and a title no fewer as long as anything gives way to it."""
LAST = 11
"""Cells of how the last flight ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """How many cells a name and a title get, and which of the other columns are kept."""

    name: int
    title: int
    kept: tuple[str, ...]


def fitting(names: Sequence[str], titles: Sequence[str], *, width: int) -> Columns:
    """The columns for a list of so many cells."""
    name = min(NAME, max(map(len, names), default=NAME))
    longest = max(map(len, titles), default=TITLE)
    kept = dict(WIDTHS)
    room = width - len("  ") - name - 1 - 1 - LAST
    for one in GIVE_WAY:
        if room - sum(kept.values()) >= min(longest, TITLE):
            break
        del kept[one]
    return Columns(name=name, title=max(len("title"), min(longest, room - sum(kept.values()))), kept=tuple(kept))
