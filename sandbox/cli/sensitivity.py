"""`greenroom sensitivity`: which assumption about the world matters, and where the plan breaks first."""

import argparse
from typing import TYPE_CHECKING

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.flying import add_study, command, deliver, flying, given, key_values, seeds, tell_left_out
from sandbox.cli.scenarios import find, load_all

if TYPE_CHECKING:
    from sandbox.lab.ranges import Range
    from sandbox.lab.screening import Screening
    from sandbox.scenario.plan import Plan

SEEDS, WALKS, OF = 5, 4, "net harm, requests"


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "sensitivity", says="tell which assumption about the world matters, and where the plan breaks first",
        act=sensitivity,
        more="greenroom sensitivity mine.toml -j 2\n"
        "greenroom sensitivity mine.toml --over traffic.mean=50/s..400/s --over labels.delay=1m,1h\n"
        'greenroom sensitivity mine.toml --of "detection delay" --output html -o tornado.html',
    )
    parser.add_argument("scenario", metavar="SCENARIO", help="a scenario file, or the stem of a bundled one")
    parser.add_argument(
        "--over", type=key_values, action="append", default=[], metavar="KEY=LOW..HIGH|A,B,…",
        help="an assumption and how far it may be out (default: every number that the file says of the world and of "
        "how good and fast the candidate is, from half to twice as much, as far as the file can be read; "
        "the slowest label goes along with the usual one, and p99 with p50)",
    )
    parser.add_argument(
        "--seeds", type=seeds, default=(None, SEEDS), metavar="N|A..B", help=f"seeds of every world (default {SEEDS})"
    )
    parser.add_argument(
        "--walks", type=_walks, default=WALKS, metavar="N",
        help=f"random walks through all ranges at once (default {WALKS}; 0 for none)",
    )
    parser.add_argument(
        "--of", default=OF, metavar="QUANTITY",
        help=f'what is drawn: a quantity of `greenroom compare` or its beginning (default "{OF}")',
    )
    add_study(parser)


def sensitivity(arguments: argparse.Namespace) -> int:
    """Fly every world, then tell which assumption mattered."""
    from sandbox.lab.screen import quantity_named, screen
    from sandbox.lab.sensitivity import sensitivity as page

    quantity = quantity_named(arguments.of)
    screening = _screening(arguments)
    with flying(
        arguments, head=screening.head, study=screening.study, total=screening.total, repeat=screening.repeat,
    ) as flight:
        screened = screen(
            screening, flight.engine, study=flight.study, kept=flight.kept, told=flight.told, expect=flight.expect,
        )
    return deliver(page(screened, quantity=quantity), arguments)


def _screening(arguments: argparse.Namespace) -> "Screening":
    from sandbox.cli.trusting import refuse_strangers
    from sandbox.lab.screening import Screening

    path = find(arguments.scenario)
    (plan,) = load_all([path])
    refuse_strangers(plan, scenario=path, trusting=arguments.trust)
    tell_left_out(plan, arguments, source=arguments.scenario)
    first, count = arguments.seeds
    return Screening(
        plan=plan, ranges=_ranges(plan, arguments), first=plan.document.scenario.seed if first is None else first,
        seeds=count, walks=arguments.walks, again=command(arguments, *_again(arguments)),
    )


def _ranges(plan: "Plan", arguments: argparse.Namespace) -> "tuple[Range, ...]":
    from sandbox.lab.assumptions import assumptions, value_at
    from sandbox.lab.ranges import range_of
    from sandbox.lab.variants import SettingError

    if not arguments.over:
        return assumptions(plan)
    try:
        ranges = tuple(range_of(key, values) for key, values in arguments.over)
        for one in ranges:
            if not one.choices:
                one.part_of(value_at(plan, one.key))
    except SettingError as error:
        raise UsageError(str(error)) from None
    if len({one.key for one in ranges}) < len(ranges):
        raise UsageError("a key is given twice; give it one range")
    return ranges


def _walks(text: str) -> int:
    if not text.isdecimal() or int(text) > 1_000 or text == "1":
        raise argparse.ArgumentTypeError(f"{text} is not a number of walks: 0, or 2 to 1000")
    return int(text)


def _again(arguments: argparse.Namespace) -> list[str]:
    words = ["sensitivity", arguments.scenario, *given("--over", arguments.over)]
    if arguments.of != OF:
        words += ["--of", arguments.of]
    if arguments.walks != WALKS:
        words += ["--walks", str(arguments.walks)]
    return words
