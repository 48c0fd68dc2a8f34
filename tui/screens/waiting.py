"""Waiting for work that is done aside: it is said how long it takes, and nobody has to."""

import asyncio
import sys
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

LOOKS = 0.5
"""Seconds between two words about it."""
SHORT = 1.0
"""What takes less than this, in seconds, is not counted."""


class Waiting:
    """One wait; it ends when the work does, or when somebody leaves it."""

    def __init__(self, what: str, *, say: Callable[[str], None]) -> None:
        self._what, self._say, self._left = what, say, asyncio.Event()

    def leave(self) -> None:
        """Wait no longer."""
        self._left.set()

    async def through(self, work: Callable[[], Result], *, drop: Callable[[Result], object]) -> Result | None:
        """What the work gives; None where it was left, and `drop` gets what it gives then."""
        began = time.monotonic()
        self._say(f"{self._what} …")
        doing = asyncio.ensure_future(asyncio.to_thread(work))
        leaving = asyncio.ensure_future(self._left.wait())
        while not doing.done() and not leaving.done():
            await asyncio.wait({doing, leaving}, timeout=LOOKS, return_when=asyncio.FIRST_COMPLETED)
            lasted = time.monotonic() - began
            if lasted > SHORT and not doing.done():
                self._say(f"{self._what}{_compiling()}: {lasted:.0f}s (esc leaves it)")
        if doing.done():
            leaving.cancel()
            self._say("")
            return doing.result()
        doing.add_done_callback(lambda done: None if done.cancelled() or done.exception() else drop(done.result()))
        self._say(f"left: {self._what}")
        return None


def _compiling() -> str:
    """A word about the compiler, where it is at work; it is not loaded to find out."""
    engine = sys.modules.get("tui.compiling")
    return ", and compiling the engine, once after installation" if engine and engine.watched().lasts else ""
