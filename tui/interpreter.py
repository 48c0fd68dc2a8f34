"""What the interpreter does otherwise while a cockpit is open, so that no key waits for it."""

import ctypes
import gc
import sys

HANDS_OVER = 0.001
"""Seconds after which a thread in Python lets another one in, so that the desk waits less for the engine."""
SELDOM = 1000
"""So many collections of the middle generation before there is a full one unasked: it would come amid a key."""
FEW = 3
"""So many before one is asked for: what is painted is thrown away a moment later, and only a full one finds it."""
MANY = 15_000
"""So many objects are looked through in a few milliseconds."""


def set_aside() -> None:
    """Let no collection look at what is loaded by now: to look through that takes 0.2 s and more."""
    sys.setswitchinterval(HANDS_OVER)
    gc.set_threshold(*gc.get_threshold()[:2], SELDOM)
    gc.freeze()


def sweep() -> None:
    """Collect what became garbage since the last time; where a flight has grown long, set that aside, too."""
    if gc.get_count()[2] >= FEW:
        gc.collect()
        if len(gc.get_objects(generation=2)) > MANY:
            gc.freeze()


def take_back() -> None:
    """All as before: what was set aside is looked at, too, and what the flight had is handed back to the machine."""
    sys.setswitchinterval(0.005)
    gc.set_threshold(*gc.get_threshold()[:2], 10)
    gc.unfreeze()
    _hand_back()


def _hand_back() -> None:
    """Let go of what is free: the C library keeps a heap for each thread of a flight that is over."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
