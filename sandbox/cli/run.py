"""`greenroom run`: fly scenarios, show what came of it, and exit by the ladder."""

import argparse
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli.approved import waiting
from sandbox.cli.commands import Commands, add_color, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.flying import jobs, seeds
from sandbox.cli.scenarios import find, load_all, without_approvals
from sandbox.cli.stores import add_store, store_path
from sandbox.cli.terminal import Progress, note, say
from sandbox.report.exit_code import ExitCode, worst

if TYPE_CHECKING:
    from sandbox.lab.flights import Order
    from sandbox.report.scorecard import Scorecard
    from sandbox.scenario.plan import Plan
    from sandbox.scenario.script import Script

FORMATS = ("text", "json", "jsonl", "junit", "md", "github")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "run", says="fly scenarios and check what they expect", act=run,
        more="greenroom run good-at-one-percent\ngreenroom run mine.toml --seeds 20 -j 2 --output md",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a scenario file, or the stem of a bundled one")
    parser.add_argument("--seed", type=_whole, metavar="N", help="fly with this seed instead of the scenario's")
    parser.add_argument("--seeds", type=seeds, metavar="N|A..B", help="fly N seeds from --seed on, or A to B")
    parser.add_argument("-j", "--jobs", type=jobs, default=1, metavar="N", help="processes to fly in (default 1)")
    parser.add_argument("--output", choices=FORMATS, default="text", help="what to print (default text); "
                        "github also appends the Markdown to the file that $GITHUB_STEP_SUMMARY names")
    parser.add_argument("--out", type=Path, metavar="DIR", help="also write every format into this folder")
    parser.add_argument(
        "--script", type=Path, metavar="FILE",
        help="give the [[commands]] of this file at their times, as somebody at the controls would",
    )
    parser.add_argument(
        "--all-granted", action="store_true", help="exit 1 where a command of the script was refused or has failed",
    )
    parser.add_argument(
        "--fail-fast", action="store_true", help="stop at the first flight that does not exit 0; the rest is not flown"
    )
    parser.add_argument(
        "--allow-inconclusive", action="store_true",
        help="exit 0 where nothing was missed, even if something could not be judged",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="one line a flight; only mistakes on stderr")
    parser.add_argument("--trust", action="store_true", help="let these scenarios run their own Python code, this once")
    add_color(parser)
    add_store(parser, off=True)


def _whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,18}", text):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 0")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Read everything first, then fly, then show."""
    cards: list[Scorecard] = []
    try:
        orders = list(_orders(arguments))
        _fly(orders, arguments, cards)
    except KeyboardInterrupt:
        if cards:
            _show(cards, arguments)
        raise
    except Exception as error:
        _show_refusal(error, arguments)
        raise
    _show(cards, arguments)
    if arguments.out is not None:
        from sandbox.cli.output import write_all

        write_all(cards, folder=arguments.out)
    if arguments.output == "github":
        from sandbox.cli.summary import append_summary

        append_summary(cards)
    return worst(_code(card, arguments) for card in cards)


def _show_refusal(error: Exception, arguments: argparse.Namespace) -> None:
    """CI reads standard output: what is wrong with a scenario stands there too, in the form that was asked for."""
    from sandbox.cli.errors import code_of
    from sandbox.report.render.refused import REFUSED, Refusal

    if arguments.output not in REFUSED or code_of(error) is not ExitCode.INVALID:
        return
    problems = getattr(error, "problems", None)
    refusals = [Refusal(one.file, one.line, f"{one.path}: {one.message}".removeprefix(": ")) for one in problems or ()]
    say(REFUSED[arguments.output](refusals or [Refusal(arguments.files[0], 0, str(error))]).rstrip("\n"))


def _code(card: "Scorecard", arguments: argparse.Namespace) -> ExitCode:
    from sandbox.report.expectations import exit_code

    code = exit_code(card.expectations, allow_inconclusive=arguments.allow_inconclusive)
    return ExitCode.MISSED if arguments.all_granted and card.asked.amiss and code != ExitCode.INVALID else code


def _orders(arguments: argparse.Namespace) -> "Iterator[Order]":
    """The flights to fly; every file is read, and refused, before any is flown."""
    from sandbox.cli.trusting import refuse_strangers

    files = without_approvals(arguments.files)
    paths = [find(name) for name in files]
    plans = list(zip(files, paths, load_all(paths), strict=True))
    for _, path, plan in plans:
        refuse_strangers(plan, scenario=path, trusting=arguments.trust)
        for line in waiting(plan, scenario=path):
            note(f"greenroom: {line}")
    from sandbox.lab.flights import Order

    store = store_path(arguments)
    for name, path, plan in plans:
        script = _script(arguments.script, plan)
        for seed in _seeds_to_fly(arguments, own=plan.document.scenario.seed):
            yield Order(
                path=path.resolve(), source=name, seed=seed, store=store,
                keep_journal=arguments.output == "jsonl" or arguments.out is not None,
                repeat=_repeat(name, seed=seed, trusting=arguments.trust, script=arguments.script), script=script,
            )


def _script(path: Path | None, plan: "Plan") -> "Script":
    if path is None:
        return ()
    from sandbox.run.roster import names_of
    from sandbox.scenario.script import read_script

    return read_script(path, duration=plan.document.scenario.duration, names=names_of(plan))


def _seeds_to_fly(arguments: argparse.Namespace, *, own: int) -> Sequence[int]:
    begin = own if arguments.seed is None else arguments.seed
    if arguments.seeds is None:
        return [begin]
    first, count = arguments.seeds
    if first is not None and arguments.seed is not None:
        raise UsageError("--seed and --seeds A..B both say where to begin; leave one out")
    return range(begin if first is None else first, (begin if first is None else first) + count)


def _repeat(name: str, *, seed: int, trusting: bool, script: Path | None) -> str:
    said = f"greenroom run {shlex.quote(name)} --seed {seed}{' --trust' if trusting else ''}"
    return said if script is None else f"{said} --script {shlex.quote(str(script))}"


def _fly(orders: "Sequence[Order]", arguments: argparse.Namespace, cards: "list[Scorecard]") -> None:
    """Fly them all, each added to `cards` when it has landed."""
    from sandbox.lab.flights import fly_all

    progress = Progress(quiet=arguments.quiet)
    sole = arguments.jobs == 1 or len(orders) == 1

    def watch(part: float) -> None:
        order = orders[len(cards)]
        progress.show(
            f"flying {order.source}, seed {order.seed}: {part:.0%}{_of(len(cards), len(orders))}",
            part=(len(cards) + part) / len(orders),
        )

    flights = fly_all(orders, jobs=arguments.jobs, watch=None if arguments.quiet or not sole else watch)
    for card in flights:
        cards.append(card)
        progress.clear()
        _tell(card, quiet=arguments.quiet)
        if len(cards) < len(orders):
            # Of flights side by side the first ones do not tell the rate.
            known = sole or len(cards) >= 2 * arguments.jobs
            progress.show(f"{len(cards)} of {len(orders)} flown", part=len(cards) / len(orders) if known else 0.0)
        if arguments.fail_fast and _code(card, arguments) is not ExitCode.MET and len(cards) < len(orders):
            flights.close()
            progress.clear()
            note(f"greenroom: stopped after {len(cards)} of {len(orders)} flights, as --fail-fast asks")
            break
    progress.clear()


def _of(done: int, total: int) -> str:
    return "" if total == 1 else f" (flight {done + 1} of {total})"


def _tell(card: "Scorecard", *, quiet: bool) -> None:
    """What a person needs beside the artefact: the run's name, how to repeat what went wrong, and what to mend."""
    if card.run and not quiet:
        note(f"run {card.run}")
    if card.exit_code not in (ExitCode.MET, ExitCode.NOTHING_ASSERTED) and not quiet:
        note(f"repeat: {card.repeat}")
    if card.trouble:
        note(f"greenroom: run {card.run} has landed, but not in the catalogue: {card.trouble}")


def _show(cards: "Sequence[Scorecard]", arguments: argparse.Namespace) -> None:
    from sandbox.cli.output import rendered
    from sandbox.cli.terminal import style_of
    from sandbox.report.render.text import summary

    style = style_of(sys.stdout)
    if arguments.output == "text" and (arguments.quiet or arguments.seeds is not None):
        say(summary(cards, style=style))
    else:
        say(rendered(cards, arguments.output, style=style))
