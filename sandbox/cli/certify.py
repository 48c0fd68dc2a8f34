"""`greenroom certify`: how often a plan is right, how soon and at what harm, over many flights."""

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.flying import (
    add_study,
    command,
    deliver,
    flying,
    given,
    key_values,
    seeds,
    settings_of,
    share_of,
    tell_left_out,
)
from sandbox.cli.scenarios import find, load

if TYPE_CHECKING:
    from sandbox.lab.certify import Flown, Order


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "certify", says="fly a plan many times, with good and with bad candidates, and judge it", act=certify,
        more="greenroom certify good-at-one-percent --seeds 50 -j 2\n"
        "greenroom certify mine.toml --vary ramp.bake=10m,20m --precision 10% --output html -o certificate.html\n\n"
        "[certify] in the scenario states the bounds; exits 0 met, 1 missed, 4 inconclusive, 5 nothing was asked.\n"
        "Rows are kept in the store (greenroom sql \"SELECT * FROM flights\"); --resume goes on where it was stopped",
    )
    parser.add_argument("file", metavar="SCENARIO", help="a scenario file, or the stem of a bundled one")
    parser.add_argument("--seeds", type=seeds, metavar="N|A..B", help="seeds to fly (default: [certify] seeds)")
    parser.add_argument(
        "--vary", type=key_values, action="append", default=[], metavar="KEY=A,B,…",
        help="certify every combination of these values, as ramp.bake=10m,20m",
    )
    parser.add_argument(
        "--precision", type=share_of, metavar="WIDTH",
        help="stop when every rate of wrong decisions is known to within so much, from end to end, as 10%%",
    )
    parser.add_argument("--only", default="", metavar="CANDIDATE", help='fly this candidate only, as "null"')
    add_study(parser)


def certify(arguments: argparse.Namespace) -> int:
    """Fly what is not flown yet, then judge; an interrupt keeps what there is."""
    order = _order(arguments)
    if not order.variants:
        known = dict.fromkeys(one.candidate for one in replace(order, only="").variants)
        raise UsageError(f'--only "{arguments.only}": there is no such candidate; there is {", ".join(known)}')
    flown = _fly(order, arguments)
    from sandbox.lab.certificate import certificate

    return deliver(certificate(flown, repeat=order.repeat), arguments)


def _order(arguments: argparse.Namespace) -> "Order":
    from sandbox.cli.trusting import refuse_strangers
    from sandbox.lab.certify import Order
    from sandbox.lab.variants import SettingError

    path = find(arguments.file)
    plan = load(path)
    refuse_strangers(plan, scenario=path, trusting=arguments.trust)
    tell_left_out(plan, arguments, source=arguments.file)
    first, count = arguments.seeds or (None, plan.document.certify.seeds)
    begin = plan.document.scenario.seed if first is None else first
    try:
        order = Order(
            plan=plan, settings=settings_of(arguments.vary), first=begin, seeds=count, precision=arguments.precision,
            only=arguments.only, again=command(arguments, *_again(arguments)),
        )
        assert order.variants is not None
    except SettingError as error:
        raise UsageError(str(error)) from None
    return order


def _again(arguments: argparse.Namespace) -> list[str]:
    words = ["certify", arguments.file, *given("--vary", arguments.vary)]
    if arguments.precision is not None:
        words += ["--precision", f"{100 * arguments.precision:g}%"]
    return words


def _fly(order: "Order", arguments: argparse.Namespace) -> "Flown":
    from sandbox.lab.certify import Flown
    from sandbox.lab.certify import certify as fly

    with flying(
        arguments, head=order.head, study=order.study, total=Flown(order).total, repeat=order.repeat
    ) as flight:
        return fly(order, flight.engine, study=flight.study, kept=flight.kept, told=flight.told)
