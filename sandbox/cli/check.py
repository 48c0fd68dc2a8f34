"""`greenroom check`: are these scenarios valid, and can their plans work? No flight, no code of theirs."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli.approved import waiting
from sandbox.cli.commands import Commands, declare
from sandbox.cli.ruled import broken
from sandbox.cli.scenarios import find, load_all, without_approvals
from sandbox.cli.terminal import say
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.scenario.plan import Plan


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "check", act=check,
        says="say every mistake of scenario files, and what in their plans cannot work, without flying them",
        more="greenroom check scenarios/*.toml --strict\ngreenroom check mine.toml --policy policy.toml\n"
        "greenroom kinds lint",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a scenario file, or the stem of a bundled one")
    parser.add_argument("--strict", action="store_true", help="exit 3 where anything is warned of")
    parser.add_argument(
        "--policy", type=Path, metavar="FILE",
        help="exit 3 where a plan breaks a rule of this policy file (docs/policy.md)",
    )


def check(arguments: argparse.Namespace) -> int:
    """Read each file; all mistakes of all files are said, then what cannot work."""
    files = without_approvals(arguments.files)
    paths = [find(name) for name in files]
    plans = load_all(paths)
    warned = bad = 0
    for name, path, plan in zip(files, paths, plans, strict=True):
        lines = [*warnings(plan), *waiting(plan, scenario=path)]
        for line in lines:
            say(line)
        breaks = [] if arguments.policy is None else broken(plan, arguments.policy)
        for line in breaks:
            say(line)
        count = f", {len(lines)} warning{'' if len(lines) == 1 else 's'}" if lines else ""
        rules = f"breaks {len(breaks)} rule{'' if len(breaks) == 1 else 's'} of {arguments.policy}"
        say(f"{name}: {rules if breaks else 'can fly' if lines else 'fine'}{count} ({plan.document.scenario.title})")
        if later := [one.model for one in plan.document.releases]:
            from sandbox.report.further import further

            say(f"{name}: run flies the first release alone; {further(later, source=name)}")
        warned += len(lines)
        bad += len(breaks)
    return ExitCode.INVALID if bad or (warned and arguments.strict) else ExitCode.MET


def warnings(plan: "Plan") -> Iterator[str]:
    """What in a plan cannot work, a line each, in order of the lines of its file."""
    from sandbox.scenario.lint.rules import findings, unused
    from sandbox.scenario.locate import locate
    from sandbox.scenario.problems import dotted, line_of

    places = locate(plan.text)
    found = [(line_of(one.path, places), one) for one in findings(plan.document)]
    for line, one in sorted(found, key=lambda pair: pair[0]):
        yield f"{plan.source}:{line}  {one.rule}  {dotted(one.path)}: {one.because}; {one.do}"
    for path, said in unused(plan.document):
        yield f"{plan.source}:{line_of(path, places)}  {dotted(path)}: {said}"
