"""The command: with no arguments the cockpit opens, with any it is the command line."""

import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.cli import main as command_line
from sandbox.cli.commands import Commands, declare
from sandbox.cli.stores import add_store
from tui import serving


def main(argv: Sequence[str] | None = None) -> int:
    """Open the cockpit, or run one command; returns its exit code."""
    return command_line(argv, guests=(add, serving.add), opens=_open if _at_a_terminal() else None)


def add(commands: Commands) -> None:
    """Declare the commands that belong to the cockpit."""
    parser = declare(
        commands, "cockpit", says="open the cockpit, as greenroom alone does at a terminal",
        act=lambda arguments: _open(drills=arguments.place, store=arguments.store),
    )
    parser.add_argument("--from", dest="place", type=Path, metavar="DIR|FILE", help="take the drills from a folder of "
                        "families of your own, or from a file with families = [...] in the order in which they are sat")
    add_store(parser)
    declare(
        commands, "lesson", says="fly the first lesson in the cockpit: ten minutes, with every word explained",
        act=lambda _: _open(lesson=True),
    )


def _at_a_terminal() -> bool:
    """Whether somebody would see it: what Textual paints goes to stderr."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def _open(*, lesson: bool = False, drills: Path | None = None, store: Path | None = None) -> int:
    from sandbox.cli.errors import UsageError
    from tui.app import opened
    from tui.prefs import PreferencesError

    try:
        return opened(lesson=lesson, drills=drills, store=store)
    except PreferencesError as error:
        raise UsageError(str(error)) from None
