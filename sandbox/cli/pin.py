"""`greenroom pin`: a flight becomes a scenario that expects what should have happened."""

import argparse
from pathlib import Path

from sandbox.cli.commands import Commands, declare
from sandbox.cli.debrief import debrief_named
from sandbox.cli.errors import UsageError
from sandbox.cli.sealed import add_passphrase, passphrase_of
from sandbox.cli.stores import add_store, open_store
from sandbox.cli.terminal import OutputError, note, say
from sandbox.report.exit_code import ExitCode


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "pin", act=pin, says="turn a drill or a run into a scenario that expects what should have happened",
        more="greenroom pin last -o learned.toml\ngreenroom run learned.toml",
    )
    parser.add_argument("what", metavar="RUN|DRILL", help='a run, a drill that was debriefed, or "last"')
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="write it into this file, which must be new")
    add_passphrase(parser)
    parser.add_argument("--trust", action="store_true", help="let the scenario run its own Python code, this once")
    add_store(parser)


def pin(arguments: argparse.Namespace) -> int:
    """Debrief it, and write what the plan alone should have reached."""
    from sandbox.drill.pinning import pinned

    if arguments.out is not None and arguments.out.exists():
        raise UsageError(f"{arguments.out} exists already; name another file")
    one, flight = debrief_named(
        arguments, open_store(arguments), arguments.what, passphrase=passphrase_of(arguments)
    )
    text = pinned(flight, one)
    if arguments.out is None:
        say(text)
        return ExitCode.MET
    try:
        with arguments.out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{arguments.out} exists already; name another file") from None
    except OSError as error:
        raise OutputError(f"{arguments.out} cannot be written: {error.strerror or error}") from None
    note(f"wrote {arguments.out}; `greenroom run` on it fails until the plan does what should have been done")
    return ExitCode.MET
