"""`greenroom help`: the manual's short pages."""

import argparse

from sandbox.cli.commands import Commands, declare
from sandbox.cli.terminal import say
from sandbox.report.exit_code import MEANINGS, ExitCode

TOPICS = ("exit-codes",)


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(commands, "help", says="explain greenroom, or a topic: exit-codes", act=help_with)
    parser.add_argument("topic", nargs="?", choices=TOPICS, metavar="TOPIC", help="exit-codes")


def help_with(arguments: argparse.Namespace) -> int:
    """Print the topic, or what `greenroom --help` prints."""
    if arguments.topic is None:
        from sandbox.cli import build

        say(build().format_help())
        return ExitCode.MET
    lines = [f"{int(code):>4}  {meaning}" for code, meaning in MEANINGS.items()]
    order = (
        "of several flights the gravest counts: 70, 74, 3, 4, 5, 1, 6, 0\n"
        "run --allow-inconclusive makes 4 a 0 where nothing was missed"
    )
    say("\n".join([*lines, "", order]))
    return ExitCode.MET
