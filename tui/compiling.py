"""Whether the engine is being compiled for this machine: once after an installation, for a quarter of a minute."""

import time
from functools import cache

from numba.core.event import Event, Listener, register

GAP = 1.0
"""One function after the other is compiled; a pause of so many seconds ends a spell of it."""


class Spell(Listener):
    """Hears of every function that the compiler begins and ends; what it finds in its cache it does not tell."""

    def __init__(self) -> None:
        self._depth, self._began, self._ended = 0, 0.0, float("-inf")

    def on_start(self, event: Event) -> None:
        """A function is compiled."""
        now = time.monotonic()
        if not self._depth and now - self._ended > GAP:
            self._began = now
        self._depth += 1

    def on_end(self, event: Event) -> None:
        """It is done."""
        self._depth -= 1
        self._ended = time.monotonic()

    @property
    def lasts(self) -> float:
        """For how many seconds it has been compiled now; 0 where it is not."""
        return time.monotonic() - self._began if self._depth else 0.0


@cache
def watched() -> Spell:
    """The compiler of this process, heard from now on."""
    spell = Spell()
    register("numba:compile", spell)  # type: ignore[no-untyped-call]
    return spell
