"""What screens may ask of the app they are in."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from textual.screen import Screen

from tui.glyphs import Glyphs
from tui.prefs import Preferences
from tui.shelf import Offered

if TYPE_CHECKING:
    from sandbox.base.flight import Flight


class Desk(Protocol):
    """The app, and what it knows of whoever sits there."""

    store: Path | None
    drills: Path | None
    """Where the drills are, a folder or a curriculum; None for those of this folder and the bundled ones."""
    preferences: Preferences
    glyphs: Glyphs
    raster: str
    far: bool
    spells: bool
    """Whether this terminal spells more than ASCII."""

    def shelf(self) -> Iterable[Offered]:
        """The scenarios there are."""

    def prefer(self, **changes: object) -> None:
        """Change preferences, and keep them."""

    def next_theme(self) -> str:
        """Take the next theme, and say its name."""

    def debrief(self, flight: "Flight", *, run: str, trouble: str) -> None:
        """Read the debrief of a flight that is over, in place of this screen."""

    def lesson(self) -> Screen[None]:
        """The first lesson, ready to take off; takes a second."""
        raise NotImplementedError

    def outdated(self, error: ImportError) -> None:
        """Say that greenroom was changed while it is open."""

    @property
    def screens_open(self) -> list[Screen[object]]:
        """Every screen of every mode."""
        raise NotImplementedError
