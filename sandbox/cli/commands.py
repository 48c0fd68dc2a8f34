"""What every command's file has: `add`, which declares it, and a function that acts."""

import argparse
from collections.abc import Callable
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Act = Callable[[argparse.Namespace], int]


def declare(
    commands: Commands, name: str, *, says: str, act: Act, more: str = "",
) -> argparse.ArgumentParser:
    """A command's parser, with one line for the list of commands."""
    parser = commands.add_parser(
        name, help=says, description=says[0].upper() + says[1:] + ".", epilog=more or None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(act=act)
    return parser
