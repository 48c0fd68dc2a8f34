"""`greenroom list`: the scenarios that come with greenroom."""

import argparse
import sys
from textwrap import wrap

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.scenarios import bundled, bundled_folder, lesson, load
from sandbox.cli.terminal import note, say, style_of
from sandbox.report.exit_code import ExitCode


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "list", says="list the bundled scenarios and what each has to teach", act=show_list,
        more="greenroom list\ngreenroom list fairness\ngreenroom list hedge hard",
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="only those whose story or plan has all these words")


def show_list(arguments: argparse.Namespace) -> int:
    """Name, title, difficulty and lesson of each, or of those that have all the words."""
    paths = list(bundled())
    if not paths:
        note(f"no bundled scenarios in {bundled_folder()}; reinstall greenroom")
        return ExitCode.BUG
    wanted = [word.lower() for word in arguments.words]
    plans = [(path, load(path)) for path in paths]
    found = [(path, plan) for path, plan in plans if all(word in plan.text.lower() for word in wanted)]
    if not found:
        raise UsageError(f"no bundled scenario has {' and '.join(arguments.words)}; `greenroom list` names all")
    width = max(len(path.stem) for path, _ in found)
    lines = []
    for path, plan in found:
        story = plan.document.scenario
        lines.append(f"{path.stem:<{width}}  {story.title} ({story.difficulty})")
        learned = lesson(plan.text) or story.story
        learned = learned[:1].upper() + learned[1:]
        lines += [f"{'':<{width}}  {line}" for line in wrap(learned, width=100 - width)]
    say(style_of(sys.stdout).spell("\n".join(lines)))
    return ExitCode.MET
