"""`greenroom check`: are these scenarios valid? Nothing is flown and no code of theirs is run."""

import argparse

from sandbox.cli.commands import Commands, declare
from sandbox.cli.scenarios import find, load_all
from sandbox.cli.terminal import say
from sandbox.report.exit_code import ExitCode


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(commands, "check", says="say every mistake of scenario files, without flying them", act=check)
    parser.add_argument("files", nargs="+", metavar="FILE", help="a scenario file, or the stem of a bundled one")


def check(arguments: argparse.Namespace) -> int:
    """Read each file; all mistakes of all files are said."""
    plans = load_all(find(name) for name in arguments.files)
    for name, plan in zip(arguments.files, plans, strict=True):
        say(f"{name}: fine ({plan.document.scenario.title})")
    return ExitCode.MET
