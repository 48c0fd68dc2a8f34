"""What every command's file has: `add`, which declares it, and a function that acts."""

import argparse
from collections.abc import Callable
from typing import TypeAlias

from sandbox.cli.parser import Parser
from sandbox.cli.terminal import COLOURS

Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
Act = Callable[[argparse.Namespace], int]


def declare(
    commands: Commands, name: str, *, says: str, act: Act, more: str = "",
) -> Parser:
    """A command's parser, with one line for the list of commands."""
    parser = commands.add_parser(
        name, help=says, description=says[0].upper() + says[1:] + ".", epilog=more or None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(act=act, color="auto")
    return parser


def add_color(parser: argparse.ArgumentParser) -> None:
    """Declare --color, where something is printed in colour."""
    parser.add_argument(
        "--color", choices=COLOURS, default="auto",
        help="print in colour (default auto: on a terminal, unless $NO_COLOR is set)",
    )
