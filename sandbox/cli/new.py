"""`greenroom new`: a commented scenario to start from."""

import argparse
from pathlib import Path

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.terminal import OutputError, note
from sandbox.report.exit_code import ExitCode

STARTER = Path(__file__).with_name("starter.toml")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(commands, "new", says="write a commented scenario to start from", act=new)
    parser.add_argument("file", metavar="FILE", help="where to write it; must not exist yet")


def new(arguments: argparse.Namespace) -> int:
    """Write the starter; never over a file that is there."""
    path = Path(arguments.file)
    if path.suffix != ".toml":
        raise UsageError(f"{path}: a scenario is a .toml file; did you mean {path}.toml?")
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(STARTER.read_text(encoding="utf-8"))
    except FileExistsError:
        raise UsageError(f"{path} is there already; name another file") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from None
    note(f"wrote {path}; now: greenroom run {path}")
    return ExitCode.MET
