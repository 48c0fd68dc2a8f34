"""`greenroom rerun`: does a stored run come out the same again?"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli.again import flying_again
from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.scenarios import find
from sandbox.cli.stores import add_store, load_run
from sandbox.cli.terminal import note, say
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.base.flight import Header
    from sandbox.scenario.plan import Plan


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "rerun", says="fly a stored run again: exit 0 if its digest is the same, else 1 and why", act=rerun
    )
    parser.add_argument("run", metavar="RUN", help='a run of `greenroom history`, a beginning of one, or "last"')
    parser.add_argument("--file", type=Path, help="where its scenario is now, if not where it was; without it "
                        "and without the scenario the text in the store is flown, if that names no files")
    parser.add_argument("--trust", action="store_true", help="let the scenario run its own Python code, this once")
    add_store(parser)


def rerun(arguments: argparse.Namespace) -> int:
    """Fly it and compare."""
    from sandbox.lab.repeat import repeat

    run, flight = load_run(arguments, arguments.run)
    plan, file = plan_here(flight.header, file=arguments.file, trusting=arguments.trust)
    with flying_again() as told:
        repeated = repeat(flight, plan, file=file, watch=told)
    if repeated.digest == flight.digest:
        say("\n".join([f"same: {run} has digest {flight.digest[:12]} again", *repeated.differences]))
        return ExitCode.MET
    known = repeated.differences or ("nothing that greenroom knows of differs; that would be a bug in greenroom",)
    say("\n".join([f"differs: {run} had digest {flight.digest[:12]}, now {repeated.digest[:12]}", *known]))
    return ExitCode.MISSED


def plan_here(header: "Header", *, file: Path | None, trusting: bool) -> "tuple[Plan, Path | None]":
    """The plan a run was flown from, ready to fly here, and its file, where that is to be found; raises UsageError."""
    from sandbox.cli.trusting import refuse_strangers
    from sandbox.lab.repeat import plan_of

    found = _file_of(header, given=file)
    plan = plan_of(header, folder=Path() if found is None else found.parent)
    if found is None:
        _fly_stored_text(plan)
    refuse_strangers(plan, scenario=found or Path(plan.source), trusting=trusting)
    return plan, found


def _file_of(header: "Header", *, given: Path | None) -> Path | None:
    """Where the scenario is; None where it is not to be found from here."""
    if given is not None:
        if not given.is_file():
            raise UsageError(f"--file {given} is no file")
        return given
    try:
        return find(header.source)
    except UsageError:
        return None


def _fly_stored_text(plan: "Plan") -> None:
    """Say that the scenario is flown as it is in the store; raises UsageError where files beside it would be needed."""
    from sandbox.lab.repeat import beside

    needed = beside(plan)
    if needed:
        files = ", ".join(needed[:3]) + (" and more" if needed[3:] else "")
        raise UsageError(
            f"{plan.source} is not here, and it names files beside it ({files}); "
            "go to the folder it was flown from, or say where it is with --file"
        )
    note(f"{plan.source} is not here; flying the text that the store kept")
