"""`greenroom export`: a run in somebody else's format."""

import argparse
from pathlib import Path

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.stores import add_store, load_run
from sandbox.cli.terminal import OutputError, note, say
from sandbox.report.exit_code import ExitCode


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "export", says="write a run's alerts as unit tests for promtool", act=export,
        more="greenroom export promtool last -o out\npromtool test rules out/tests.yml",
    )
    parser.add_argument("form", choices=("promtool",), metavar="FORMAT", help="promtool: rules.yml and tests.yml")
    parser.add_argument("run", metavar="RUN", help='a run of `greenroom history`, a beginning of one, or "last"')
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help="the folder to write into")
    add_store(parser)


def export(arguments: argparse.Namespace) -> int:
    """Write the files, and say what they cannot say."""
    from sandbox.bridges.promtool import case_of
    from sandbox.bridges.promtool import export as exported

    run, flight = load_run(arguments, arguments.run)
    try:
        files = exported(case_of(flight))
    except ValueError as error:
        raise UsageError(f"{run}: {error}") from None
    try:
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / "rules.yml").write_text(files.rules, encoding="utf-8")
        (arguments.out / "tests.yml").write_text(files.tests, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{arguments.out}: cannot be written: {error.strerror}") from None
    for remark in files.remarks:
        note(f"greenroom: {remark}")
    say(f"wrote {arguments.out / 'rules.yml'} and {arguments.out / 'tests.yml'}")
    return ExitCode.MET
