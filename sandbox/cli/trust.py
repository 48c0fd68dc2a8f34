"""`greenroom trust`: let scenarios of a folder run their own Python code."""

import argparse
from pathlib import Path

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.terminal import note, say
from sandbox.cli.trusting import forget, trust, trusted_folders
from sandbox.report.exit_code import ExitCode


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(commands, "trust", says="let scenarios of a folder run their own Python code", act=trust_folder)
    parser.add_argument("--forget", action="store_true", help="no longer trust the folder")
    parser.add_argument("folder", nargs="?", metavar="DIR", help="the folder; without it the trusted ones are listed")


def trust_folder(arguments: argparse.Namespace) -> int:
    """Add the folder, forget it, or list what is trusted."""
    if arguments.folder is None:
        if arguments.forget:
            raise UsageError("--forget which folder? `greenroom trust` lists them")
        say("".join(f"{folder}\n" for folder in trusted_folders()))
        return ExitCode.MET
    folder = Path(arguments.folder)
    if arguments.forget:
        if not forget(folder):
            raise UsageError(f"{folder} was not trusted; `greenroom trust` lists what is")
        note(f"{folder.resolve()} is no longer trusted")
        return ExitCode.MET
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    added = trust(folder)
    note(f"{folder.resolve()} is trusted{' from now on' if added else ' already'}: code its scenarios name will be run")
    return ExitCode.MET
