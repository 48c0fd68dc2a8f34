"""`greenroom report`: a run or a study as one page that stands by itself."""

import argparse
from typing import TYPE_CHECKING

from sandbox.cli.commands import Commands, add_color, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.flying import add_output, deliver
from sandbox.cli.stores import add_store, load_run, open_store
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.record.store import Store
    from sandbox.record.studies import Study
    from sandbox.report.page import Page


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "report", says="write a run or a study as one page", act=report,
        more="greenroom report last --output html -o flight.html\n"
        "greenroom report certify-good-at-one-percent --output html -o certificate.html\n\n"
        "HTML is one file: charts inside, nothing fetched, no script",
    )
    parser.add_argument(
        "what", metavar="RUN|STUDY", help='a run or a study of `greenroom history`, a beginning of either, or "last"',
    )
    add_output(parser)
    add_color(parser)
    add_store(parser)


def report(arguments: argparse.Namespace) -> int:
    """Make the page; that it tells of something missed is no failure of this command."""
    deliver(_page(arguments), arguments, judges=False)
    return ExitCode.MET


def _page(arguments: argparse.Namespace) -> "Page":
    study = _study(arguments)
    if study is not None:
        from sandbox.lab.kept import page_of

        return page_of(study)
    from sandbox.report.flown import flown

    try:
        run, flight = load_run(arguments, arguments.what)
    except UsageError as error:
        raise UsageError(f"{error}{_nearest(arguments)}") from None
    return flown(flight, run=run, repeat=f"greenroom rerun {run}")


def _study(arguments: argparse.Namespace) -> "Study | None":
    """The study that is meant, if any is called so; raises UsageError where several could be."""
    from sandbox.record.studies import Study, studies

    store = open_store(arguments)
    if arguments.what == "last":
        return _last(store)
    near = [name for name in studies(store) if name.startswith(arguments.what)]
    if arguments.what in near:
        near = [arguments.what]
    if len(near) > 1:
        raise UsageError(f'"{arguments.what}" could be {len(near)} studies: {", ".join(near[:3])}')
    return Study(store, near[0]) if near else None


def _last(store: "Store") -> "Study | None":
    """The study that was added to last, if that was after the last run."""
    from sandbox.record.history import history
    from sandbox.record.studies import Study, listed

    made = listed(store)
    if not made or any(run.landed_at > made[-1].touched_at for run in history(store).runs):
        return None
    return Study(store, made[-1].name)


def _nearest(arguments: argparse.Namespace) -> str:
    """Studies that are called nearly so."""
    from difflib import get_close_matches

    from sandbox.record.studies import studies

    near = get_close_matches(arguments.what, studies(open_store(arguments)), n=3, cutoff=0.4)
    return f"; studies that are called nearly so: {', '.join(near)}" if near else ""
