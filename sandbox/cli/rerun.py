"""`greenroom rerun`: does a stored run come out the same again?"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.scenarios import find
from sandbox.cli.stores import add_store, load_run
from sandbox.cli.terminal import say
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.base.flight import Header


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "rerun", says="fly a stored run again: exit 0 if its digest is the same, else 1 and why", act=rerun
    )
    parser.add_argument("run", metavar="RUN", help='a run of `greenroom history`, a beginning of one, or "last"')
    parser.add_argument("--file", type=Path, help="where its scenario is now, if not where it was")
    parser.add_argument("--trust", action="store_true", help="let the scenario run its own Python code, this once")
    add_store(parser)


def rerun(arguments: argparse.Namespace) -> int:
    """Fly it and compare."""
    from sandbox.cli.trusting import refuse_strangers
    from sandbox.lab.repeat import plan_of, repeat

    run, flight = load_run(arguments, arguments.run)
    file = _file_of(flight.header, given=arguments.file)
    plan = plan_of(flight.header, folder=file.parent)
    refuse_strangers(plan, scenario=file, trusting=arguments.trust)
    again = repeat(flight, plan, file=file)
    if again.digest == flight.digest:
        say("\n".join([f"same: {run} has digest {flight.digest[:12]} again", *again.differences]))
        return ExitCode.MET
    known = again.differences or ("nothing that greenroom knows of differs; that would be a bug in greenroom",)
    say("\n".join([f"differs: {run} had digest {flight.digest[:12]}, now {again.digest[:12]}", *known]))
    return ExitCode.MISSED


def _file_of(header: "Header", *, given: Path | None) -> Path:
    """Where the scenario is; where it is nowhere any more, its name in this folder."""
    if given is not None:
        if not given.is_file():
            raise UsageError(f"--file {given} is no file")
        return given
    try:
        return find(header.source)
    except UsageError:
        return Path(header.source)
