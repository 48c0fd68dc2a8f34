"""`greenroom program`: a sequence of releases in one world, and what small steps bought."""

import argparse

from sandbox.cli.commands import Commands, add_color, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.flying import add_flying, add_output, command, deliver, engine_of, seeds
from sandbox.cli.scenarios import find, load
from sandbox.cli.terminal import Progress


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "program", says="fly a sequence of releases in one world, and the same with one big step",
        act=program, more="greenroom program small-steps --seeds 10 -j 2 --output html -o program.html",
    )
    parser.add_argument("file", metavar="SCENARIO", help="a scenario with [[releases]], or the stem of a bundled one")
    parser.add_argument("--seeds", type=seeds, metavar="N|A..B", default=(None, 5), help="seeds to fly (default 5)")
    add_flying(parser)
    add_output(parser)
    add_color(parser)


def program(arguments: argparse.Namespace) -> int:
    """Fly both programs on every seed, then tell."""
    from sandbox.cli.trusting import refuse_strangers
    from sandbox.lab.engines import results
    from sandbox.lab.program import Task, fly_program, lost, one_big_step, releases
    from sandbox.lab.program_page import Flown, program_page

    path = find(arguments.file)
    plan = load(path)
    refuse_strangers(plan, scenario=path, trusting=arguments.trust)
    if not plan.document.releases:
        raise UsageError(f"{path}: there are no [[releases]]; fly it with: greenroom run {arguments.file}")
    own, count = arguments.seeds
    first = plan.document.scenario.seed if own is None else own
    chosen = releases(plan.document)
    steps = [
        Task(text=plan.text, folder=plan.folder, name=plan.name, seed=first + number, releases=chosen)
        for number in range(count)
    ]
    tasks, done = [*steps, *map(one_big_step, steps)], []
    progress = Progress(quiet=arguments.progress == "none")
    for one in results(fly_program, tasks, engine_of(arguments), lost=lost):
        done.append(one)
        progress.show(f"{len(done)} of {len(tasks)} programs flown")
    progress.clear()
    done.sort(key=lambda one: one.seed)
    trusting = ["--trust"] if arguments.trust else []
    repeat = command(["program", arguments.file, "--seeds", f"{first}..{first + count - 1}", *trusting])
    flown = Flown(
        plan=plan, releases=chosen, steps=tuple(one for one in done if one.small),
        big=tuple(one for one in done if not one.small),
    )
    return deliver(program_page(flown, repeat=repeat), arguments)
