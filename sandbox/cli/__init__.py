"""The command line: the artefact to stdout, everything else to stderr, and an exit code that means one thing."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.cli.commands import Commands
    from sandbox.cli.parser import Parser

    Guest = Callable[[Commands], None]


def main(
    argv: Sequence[str] | None = None, *, guests: "Sequence[Guest]" = (), opens: Callable[[], int] | None = None
) -> int:
    """Run one command; returns the exit code of the ladder that `greenroom help exit-codes` prints.

    `guests` declare commands of rooms above; `opens` is what happens where no command is given.
    """
    from sandbox.base.interrupts import heard

    try:
        with heard():
            return _act(argv, guests, opens)
    except KeyboardInterrupt:
        return 130


def _act(argv: Sequence[str] | None, guests: "Sequence[Guest]", opens: Callable[[], int] | None) -> int:
    from sandbox.cli.errors import guarded
    from sandbox.cli.terminal import ask_for_colour, steady

    # A flight is one thread: a product of matrices differs in the last bit with the number of threads.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    steady()
    parser = build(guests)
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    if arguments.command is None and opens is not None:
        return guarded(opens)
    if arguments.command is None:
        parser.print_help(sys.stderr)
        return 2
    ask_for_colour(arguments.color)
    return guarded(lambda: int(arguments.act(arguments)))


def build(guests: "Sequence[Guest]" = ()) -> "Parser":
    """The parser with every command, and those of guests."""
    from sandbox import __version__
    from sandbox.cli import (
        audit,
        card,
        certify,
        check,
        compare,
        debrief,
        drill,
        export,
        fit,
        forget,
        history,
        kinds,
        new,
        pin,
        program,
        rebuild,
        report,
        rerun,
        run,
        schema,
        sensitivity,
        show,
        sql,
        trust,
        tune,
    )
    from sandbox.cli import help as help_
    from sandbox.cli import list as list_
    from sandbox.cli import plan as plan_
    from sandbox.cli.parser import Parser

    parser = Parser(
        prog="greenroom", description="A flight simulator for ML model rollouts.",
        epilog="Begin with `greenroom list`, then `greenroom run good-at-one-percent`.",
    )
    parser.add_argument("--version", action="version", version=f"greenroom {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for command in (
        run, certify, compare, tune, sensitivity, program, check, show, list_, new, fit, plan_, drill, debrief, pin,
        kinds, schema, rerun, audit, history, sql, report, card, export, rebuild, trust, forget, help_,
    ):
        command.add(commands)
    for add in guests:
        add(commands)
    return parser
