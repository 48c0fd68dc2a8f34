"""What goes where: artefacts to stdout, the rest to stderr, and what the terminal at the other end can show."""

import io
import os
import sys
from typing import TextIO

from sandbox.report.render.style import Style


def steady() -> None:
    """Make both streams survive characters they cannot encode."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str) -> None:
    """Write an artefact to stdout; a reader who has left is no error."""
    try:
        sys.stdout.write(text if text.endswith("\n") or not text else f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _hush(sys.stdout)


def note(text: str) -> None:
    """Write one line for the person at the terminal to stderr."""
    spelt = style_of(sys.stderr).spell(text)
    try:
        print(spelt, file=sys.stderr, flush=True)
    except BrokenPipeError:
        _hush(sys.stderr)


def _hush(stream: TextIO) -> None:
    """Nobody reads this stream any more: let what is still buffered go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def style_of(stream: TextIO) -> Style:
    """What may be written to a stream: UTF-8 where it says so, colour on a terminal that wants it."""
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "").replace("_", "")
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Style(utf8=encoding in ("utf8", "utf8sig"), colour=watched(stream) and not plain)


def watched(stream: TextIO) -> bool:
    """Whether somebody looks on."""
    try:
        return stream.isatty()
    except ValueError:
        return False


class Progress:
    """One line on stderr that is written over and over, where somebody looks; nothing elsewhere."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.shown = not quiet and watched(sys.stderr)

    def show(self, text: str) -> None:
        """Replace the line."""
        if self.shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        self.show("")
