"""Releases that one flight leaves out: it is the ramp's own model alone, whatever comes later."""

import shlex
from collections.abc import Sequence

from sandbox.base.units import counted


def further(models: Sequence[str], *, source: str) -> str:
    """How many releases of a scenario come later, and what flies them; nothing where there are none."""
    if not models:
        return ""
    more = f"{counted(len(models), 'more release')} ({', '.join(models)})"
    return f"{more}: greenroom program {shlex.quote(source)}"
