"""`greenroom list`: the scenarios that come with greenroom."""

import argparse
import sys
from textwrap import wrap

from sandbox.cli.commands import Commands, declare
from sandbox.cli.scenarios import bundled, bundled_folder, lesson, load
from sandbox.cli.terminal import note, say, style_of
from sandbox.report.exit_code import ExitCode


def add(commands: Commands) -> None:
    """Declare the command."""
    declare(commands, "list", says="list the bundled scenarios and what each has to teach", act=show_list)


def show_list(_: argparse.Namespace) -> int:
    """Name, title, difficulty and lesson of each."""
    paths = list(bundled())
    if not paths:
        note(f"no bundled scenarios in {bundled_folder()}; reinstall greenroom")
        return ExitCode.BUG
    width = max(len(path.stem) for path in paths)
    lines = []
    for path in paths:
        plan = load(path)
        story = plan.document.scenario
        lines.append(f"{path.stem:<{width}}  {story.title} ({story.difficulty})")
        learned = lesson(plan.text) or story.story
        learned = learned[:1].upper() + learned[1:]
        lines += [f"{'':<{width}}  {line}" for line in wrap(learned, width=100 - width)]
    say(style_of(sys.stdout).spell("\n".join(lines)))
    return ExitCode.MET
