"""How far a day is that is flown again, once or many times with other hands, told to whoever waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sandbox.cli.terminal import Progress

if TYPE_CHECKING:
    from sandbox.run.pieces import Watcher


@contextmanager
def flying_again(*, most: int = 1) -> "Iterator[Watcher]":
    """Tell how far the flights of a block are, of which there are so many at most."""
    progress, whole = Progress(), 0

    def told(part: float) -> None:
        nonlocal whole
        flight = f", flight {min(whole + 1, most)} of at most {most}" if most > 1 else f": {part:.0%}"
        left = "at most" if most > 1 else "about"
        progress.show(f"flying the day again{flight}", part=(whole + part) / most, left=left)
        whole += part >= 1.0

    try:
        yield told
    finally:
        progress.clear()
