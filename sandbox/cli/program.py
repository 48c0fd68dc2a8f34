"""`greenroom program`: a sequence of releases in one world, and what small steps bought."""

import argparse

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.flying import add_study, command, deliver, flying, seeds
from sandbox.cli.scenarios import find, load


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "program", says="fly a sequence of releases in one world, and the same with one big step",
        act=program, more="greenroom program small-steps --seeds 10 -j 2 --output html -o program.html",
    )
    parser.add_argument("file", metavar="SCENARIO", help="a scenario with [[releases]], or the stem of a bundled one")
    parser.add_argument("--seeds", type=seeds, metavar="N|A..B", default=(None, 5), help="seeds to fly (default 5)")
    add_study(parser)


def program(arguments: argparse.Namespace) -> int:
    """Fly both programs on every seed, then tell."""
    from sandbox.cli.trusting import refuse_strangers
    from sandbox.lab.program_page import program_page
    from sandbox.lab.program_study import Schedule, fly_schedule

    path = find(arguments.file)
    plan = load(path)
    refuse_strangers(plan, scenario=path, trusting=arguments.trust)
    if not plan.document.releases:
        raise UsageError(f"{path}: there are no [[releases]]; fly it with: greenroom run {arguments.file}")
    own, count = arguments.seeds
    first = plan.document.scenario.seed if own is None else own
    schedule = Schedule(plan=plan, first=first, seeds=count, again=command(arguments, "program", arguments.file))
    with flying(
        arguments, head=schedule.head, study=schedule.study, total=2 * count, repeat=schedule.repeat
    ) as flight:
        flown = fly_schedule(schedule, flight.engine, study=flight.study, kept=flight.kept, told=flight.told)
    return deliver(program_page(flown, repeat=schedule.repeat), arguments)
