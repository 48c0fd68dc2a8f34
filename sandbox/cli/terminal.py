"""What goes where: artefacts to stdout, the rest to stderr, and what the terminal at the other end can show."""

import io
import os
import sys
import time
from contextvars import ContextVar
from typing import TextIO

from sandbox.report.render.style import Style


class OutputError(Exception):
    """The artefact could not be written."""


def steady() -> None:
    """Make both streams survive characters they cannot encode; one that was closed before we began swallows all."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str) -> None:
    """Write an artefact to stdout; a reader who has left is no error; raises OutputError."""
    try:
        sys.stdout.write(text if text.endswith("\n") or not text else f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _hush(sys.stdout)
    except OSError as error:
        _hush(sys.stdout)
        raise OutputError(f"cannot write to stdout: {(error.strerror or str(error)).lower()}") from error


def note(text: str) -> None:
    """Write one line for the person at the terminal to stderr."""
    spelt = style_of(sys.stderr).spell(text)
    try:
        print(spelt, file=sys.stderr, flush=True)
    except OSError:
        _hush(sys.stderr)


def _hush(stream: TextIO) -> None:
    """Nobody reads this stream any more: let what is still buffered go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


COLOURS = ("auto", "always", "never")
_asked: ContextVar[str] = ContextVar("asked", default="auto")


def ask_for_colour(when: str) -> None:
    """What --color says: "always", "never", or "auto", which leaves it to the terminal and $NO_COLOR."""
    _asked.set(when)


def style_of(stream: TextIO) -> Style:
    """What may be written to a stream: UTF-8 where it says so, colour where it was asked for or is welcome."""
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "").replace("_", "")
    asked = _asked.get()
    colour = asked == "always" or (asked == "auto" and _welcome(stream))
    return Style(utf8=encoding in ("utf8", "utf8sig"), colour=colour)


def _welcome(stream: TextIO) -> bool:
    """Colour is for a terminal that can show it, of a person who has not said otherwise."""
    return watched(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def watched(stream: TextIO) -> bool:
    """Whether somebody looks on."""
    try:
        return stream.isatty()
    except ValueError:
        return False


EVERY = 10.0
"""Where nobody looks a line comes no more often than this, in seconds."""


EARLY = 0.05
"""Before so much of the whole is done, its beginning, as compiling, tells little of the rest."""


class Pace:
    """How long the rest of something takes, at the rate since the first of it was done: what had to be done before
    that, as compiling, does not come again.
    """

    def __init__(self, began: float) -> None:
        self._began = began
        self._first: tuple[float, float] | None = None

    def left(self, part: float, now: float) -> float | None:
        """Seconds until all is done, of which `part` is; nothing while it is too early to tell."""
        if part <= 0.0:
            return None
        if self._first is None:
            self._first = now, part
            spent = now - self._began
            return spent * (1.0 - part) / part if spent > 1.0 and part >= EARLY else None
        at, done = self._first
        return (now - at) * (1.0 - part) / (part - done) if now - at > 1.0 and part > done else None


class Progress:
    """One line on stderr that is written over and over, where somebody looks; elsewhere a line now and then."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._how = "none" if quiet else "bar" if watched(sys.stderr) else "plain"
        self._said = time.monotonic()
        self._pace = Pace(self._said)

    def show(self, text: str, *, part: float = 0.0, left: str = "about") -> None:
        """Replace the line; `part` of all is done, which tells about how long, or how long at most, is left."""
        now = time.monotonic()
        seconds = self._pace.left(part, now)
        told = text if seconds is None else f"{text}, {left} {seconds:,.0f}s left"
        if self._how == "plain" and now - self._said > EVERY:
            self._said = now
            note(told)
        elif self._how == "bar":
            self._write(told)

    def clear(self) -> None:
        """Take the line away."""
        if self._how == "bar":
            self._write("")

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
