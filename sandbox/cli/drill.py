"""`greenroom drill`: deal a hidden case, have it flown, and tell what it was when it is over."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli.commands import Commands, add_color, declare
from sandbox.cli.debrief import FORMS, show_debrief
from sandbox.cli.errors import UsageError
from sandbox.cli.families import curriculum
from sandbox.cli.scenarios import find, load
from sandbox.cli.sealed import add_passphrase, passphrase_of
from sandbox.cli.stores import add_store, open_store
from sandbox.cli.terminal import note, say
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.drill.family import Family
    from sandbox.drill.seat import Seat
    from sandbox.record.store import Store

ANYBODY = "operator"
"""Who sits a drill and gives no name."""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "drill", act=drill,
        says="train on a hidden case: dealt by chance, scored, and debriefed when it is over",
        more="greenroom drill --list\ngreenroom drill new-release --script actions.toml\n"
        "greenroom drill --interactive < commands.jsonl",
    )
    parser.add_argument("family", nargs="?", metavar="FAMILY", help="a family of --list, or a file with [drill]; "
                        "without one the next that the operator should sit")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--script", type=Path, metavar="FILE", help="fly with the commands of this file ([[commands]])")
    how.add_argument("--interactive", action="store_true", help="be flown by a program over stdin and stdout, one JSON "
                     "object a line")
    how.add_argument("--inject", nargs=2, metavar=("DRILL", "FILE"), help="an instructor's, from a second terminal: "
                     "have the [[faults]] and [[drift]] of this file strike now in a drill that somebody sits")
    how.add_argument("--brief", action="store_true", help="tell what is known of a family beforehand: its briefing, "
                     "and the names that a script may use; nothing is dealt")
    how.add_argument("--list", action="store_true", help="list the families, in the order of the curriculum")
    how.add_argument("--history", action="store_true", help="what an operator has sat, learned, and should sit next")
    parser.add_argument("--from", dest="place", type=Path, metavar="DIR|FILE", help="families of your own: a folder of "
                        "them, or a file with families = [...] in the order in which they are sat")
    parser.add_argument("--operator", metavar="NAME", help="who sits it; kept as a pseudonym, `greenroom forget` "
                        "erases the name")
    parser.add_argument("--seed", type=int, metavar="N", help="an instructor's: deal this seed instead of a drawn one")
    parser.add_argument("--case", default="", metavar="NAME", help="an instructor's: deal this case of the family")
    parser.add_argument("--practice", type=float, metavar="SPEED", help="fly at another speed than the family's; its "
                        "points compare with no others")
    add_passphrase(parser)
    parser.add_argument("--later", action="store_true", help="no debrief yet: `greenroom debrief DRILL` gives it")
    parser.add_argument("--output", choices=FORMS, default="text", help="form of the debrief (default text)")
    add_color(parser)
    add_store(parser)


def drill(arguments: argparse.Namespace) -> int:
    """List, look back, or sit one."""
    if arguments.list:
        return _list(arguments)
    store, operator = open_store(arguments), ANYBODY
    asks = arguments.history or arguments.brief
    if arguments.operator is not None:
        operator = _operator(store, arguments.operator, asks=asks)
    if arguments.history:
        from sandbox.cli.learning import show_learning

        named = arguments.operator is not None
        return show_learning(store, operator, curriculum(arguments.place), named=named)
    if arguments.inject is not None:
        return _inject(arguments, store)
    if arguments.brief:
        from sandbox.cli.briefing import show_briefing

        show_briefing(_family(arguments, store, operator))
        return ExitCode.MET
    if arguments.script is None and not arguments.interactive:
        raise UsageError(
            "who flies it? say --script FILE or --interactive; people fly drills in the cockpit: `greenroom`;"
            " --brief tells what is known beforehand"
        )
    return _sit(arguments, store, operator)


def _operator(store: "Store", name: str, *, asks: bool) -> str:
    """The operator's pseudonym; who only asks about somebody makes nobody known."""
    from sandbox.record.names import known_as, pseudonym

    return (known_as(store, name) or name) if asks else pseudonym(store, name)


def _list(arguments: argparse.Namespace) -> int:
    found = curriculum(arguments.place)
    width = max(len(name) for name in found.names)
    if found.title:
        say(found.title)
    say("\n".join(
        f"{one.name:<{width}}  level {one.table.level}  {one.title}: {one.table.teaches}" for one in found.families
    ))
    return ExitCode.MET


def _family(arguments: argparse.Namespace, store: "Store", operator: str) -> "Family":
    from sandbox.drill.family import Family
    from sandbox.record.sittings import sittings

    found = curriculum(arguments.place)
    known = {one.name: one for one in found.families}
    if arguments.family is None:
        return known[found.suggested([one for one in sittings(store) if one.operator == operator])]
    if arguments.family in known:
        return known[arguments.family]
    try:
        return Family.of(load(find(arguments.family)))
    except UsageError:
        from sandbox.base.names import nowhere

        raise UsageError(nowhere("family", arguments.family, tuple(known))) from None


def _inject(arguments: argparse.Namespace, store: "Store") -> int:
    from sandbox.drill.seat import inject
    from sandbox.record.sittings import sitting
    from sandbox.scenario.text import parsed, text_of

    name, path = arguments.inject[0], Path(arguments.inject[1])
    filed = sitting(store, name)
    if filed is None:
        raise UsageError(f'no drill "{name}" in {store.path}')
    raw = parsed(text_of(path), str(path))
    tables = [table for key in ("faults", "drift") for table in raw.get(key, ())]
    if not tables or set(raw) - {"faults", "drift"} or not all(isinstance(one, dict) for one in tables):
        raise UsageError(f"{path}: an event is [[faults]] or [[drift]], without at, and nothing else")
    for table in tables:
        inject(store, filed, table, passphrase=passphrase_of(arguments))
    note(f"{filed.id}: {len(tables)} posted; it strikes when the drill looks next")
    return ExitCode.MET


def _sit(arguments: argparse.Namespace, store: "Store", operator: str) -> int:
    from sandbox.drill.seat import Seat

    if arguments.interactive and arguments.practice is not None:
        raise UsageError("--practice sets the speed of a clock that runs; over lines it runs as far as it is told to")
    family, passphrase = _family(arguments, store, operator), passphrase_of(arguments)
    script = None if arguments.script is None else _script(arguments.script, family)
    seat = Seat.take(
        store, family, operator=operator, mode="stepped", seed=arguments.seed, case=arguments.case,
        speed=arguments.practice, passphrase=passphrase,
    )
    note(f"drill {seat.filed.id}: {seat.drill.title}; what was dealt is sealed as {seat.filed.sealed.commitment[:16]}")
    if arguments.interactive:
        return _talk(arguments, seat, passphrase)
    for at, kind, said in script or ():
        seat.drill.advance(at)
        seat.act(kind, **said)
    seat.end()
    if arguments.later:
        note(f"debrief it with: greenroom debrief {seat.filed.id}")
        return ExitCode.MET
    return show_debrief(arguments, store, seat.filed.id, passphrase=passphrase)


def _script(path: Path, family: "Family") -> "list[tuple[int, str, dict[str, object]]]":
    from sandbox.run.roster import names_of
    from sandbox.scenario.script import read_script

    lines = read_script(path, duration=family.plan.document.scenario.duration, names=names_of(family.plan))
    return [(line.at, line.kind, dict(line.arguments)) for line in lines]


def _talk(arguments: argparse.Namespace, seat: "Seat", passphrase: str) -> int:
    from sandbox.drill.protocol import Protocol, lines_of

    protocol = Protocol(seat)
    for line in lines_of(protocol, iter(sys.stdin.readline, "")):
        say(line)
    if not protocol.over:
        seat.keep()
        seat.leave()
        note(f"cut off at {protocol.greeting()['now']}; greenroom debrief {seat.filed.id} tells what it was")
        return ExitCode.INCONCLUSIVE
    if arguments.later:
        return ExitCode.MET
    arguments.output = "line"
    return show_debrief(arguments, seat.folder, seat.filed.id, passphrase=passphrase)
