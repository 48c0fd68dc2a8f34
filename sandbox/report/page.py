"""A page for people: paragraphs, tables, charts, and what to type to have it again. Renderers make the forms of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.report.charts import Chart
from sandbox.report.exit_code import MEANINGS, ExitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text under headings; columns from `words` on are numbers, set to the right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something asked for, what came out, and whether that is so: "met", "missed" or "inconclusive"."""

    name: str
    want: str
    got: str
    state: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """Lines of a list."""

    items: tuple[str, ...]


Block = str | Table | Chart | Check | Bullets


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole: `data` is what a program reads of it, `repeat` the command that makes it again.

    `because` tells what came of it in other words than those of the exit code; where nothing was asked, and so there is
    no exit code, in no others. `of` is what it was made of.
    """

    kind: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    exit_code: ExitCode | None
    repeat: str
    data: dict[str, Any] = field(repr=False)
    because: str = ""
    of: str = ""

    @property
    def verdict(self) -> str:
        """What it comes to."""
        if self.exit_code is None:
            return self.because
        return f"{self.because or MEANINGS[self.exit_code]} (exit {int(self.exit_code)})"

    @property
    def blocks(self) -> Iterator[Block]:
        """Everything under every heading."""
        for section in self.sections:
            yield from section.blocks
