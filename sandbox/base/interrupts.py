"""Interrupts that arrive in disguise, or not at all: what compiled code or a database was doing when somebody pressed
Ctrl-C.
"""

import sys
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

AGAIN = 0.05
"""Seconds after which an interrupt that was lost comes again."""


def interrupted(error: BaseException | None) -> bool:
    """Whether a library made its own error of an interrupt."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt) or str(error).startswith("Query interrupted"):
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def heard() -> Iterator[None]:
    """Have an interrupt come again that is lost in the block: Python drops what is raised where compiled code calls it
    back, as the compiler does for every function, and when something is thrown away.
    """
    before = sys.unraisablehook

    def lost(what: Any) -> None:
        if not interrupted(what.exc_value):
            before(what)
            return
        again = Timer(AGAIN, interrupt_main)
        again.daemon = True
        again.start()

    sys.unraisablehook = lost
    try:
        yield
    finally:
        sys.unraisablehook = before
