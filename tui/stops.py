"""What stops the clock by itself, so that nobody has to stare at it."""

from collections.abc import Callable

from sandbox.report.log import Line


def _pages(line: Line) -> bool:
    return line.who == "alert" and line.verdict == "FIRING" and line.aside.startswith("page")


def _alerts(line: Line) -> bool:
    return line.who == "alert" and line.verdict == "FIRING"


def _moves(line: Line) -> bool:
    return line.who == "ramp" and not line.what.startswith("holds")


STOPS: dict[str, Callable[[Line], bool]] = {
    "page": _pages,
    "any alert": _alerts,
    "page or ramp step": lambda line: _pages(line) or _moves(line),
    "nothing": lambda _: False,
}
"""By the name that people choose it by."""


def stop_when(name: str) -> Callable[[Line], bool]:
    """Whether a line of the log stops the clock."""
    return STOPS[name]
