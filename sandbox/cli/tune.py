"""`greenroom tune`: search a plan's settings for little harm and a short time to full exposure."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.flying import (
    SPOKEN,
    add_study,
    command,
    deliver,
    flying,
    given,
    key_values,
    seeds,
    share_of,
    some,
    unwritten,
)
from sandbox.cli.scenarios import find, load
from sandbox.cli.terminal import note

if TYPE_CHECKING:
    from sandbox.lab.ranges import Range
    from sandbox.lab.tune import Search, Tuned
    from sandbox.scenario.plan import Plan

OBJECTIVES = ("frontier", "harm", "exposure", "misses")
MOST = 0.05
"""The false-rollback rate that is allowed where [certify] states none."""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "tune", says="search a plan's settings for little harm and a short time to full exposure", act=tune,
        more="greenroom tune good-at-one-percent --over ramp.bake=5m..30m --over 'gates[0].margin=5%..80%' -j 2\n"
        "greenroom tune mine.toml --objective harm --over ramp.bake=10m,20m,40m --write tuned.toml\n"
        "greenroom tune mine.toml --over 'ramp.steps[0]=1%,5%,10%' --output html -o frontier.html\n"
        "greenroom tune mine.toml --over 'ramp.steps=[\"1%\", \"100%\"],[\"5%\", \"50%\", \"100%\"]'\n\n"
        "Every trial flies the same seeds; the final figures are of other seeds. Exits 0 where the bounds of\n"
        "[certify] are kept on those, 1 where not, 4 where more seeds would tell. Needs: pip install greenroom[tune]",
    )
    parser.add_argument("file", metavar="SCENARIO", help="a scenario file, or the stem of a bundled one")
    parser.add_argument(
        "--over", type=key_values, action="append", required=True, metavar="KEY=LO..HI|A,B,…",
        help="what to search, as ramp.bake=5m..30m or ramp.bake=10m,20m; any key of the scenario, as often as needed",
    )
    parser.add_argument(
        "--objective", choices=OBJECTIVES, default=OBJECTIVES[0],
        help="what is to become small: harm, the time to full exposure, misses, or harm and time both (the default)",
    )
    parser.add_argument(
        "--false-rollback", type=share_of, metavar="SHARE",
        help="how often a candidate like the incumbent may be rolled back (default: [certify] false_rollback, or 5%%)",
    )
    parser.add_argument("--trials", type=some, default=30, metavar="N", help="settings to try (default 30)")
    parser.add_argument("--seeds", type=seeds, default=(None, 5), metavar="N|A..B", help="seeds a trial (default 5)")
    parser.add_argument(
        "--held-out", type=some, default=20, metavar="N", help="other seeds for the final figures (default 20)"
    )
    parser.add_argument("--write", type=unwritten, metavar="FILE", help="write the tuned scenario there, comments kept")
    add_study(parser)


def tune(arguments: argparse.Namespace) -> int:
    """Search, write what was found, tell."""
    from sandbox.lab.engines import standing
    from sandbox.lab.tune import tune as fly
    from sandbox.lab.tuned_page import tuned_page

    search = _search(arguments)
    if arguments.progress in SPOKEN:
        note(
            f"up to {search.total:,} flights: candidates {len(search.candidates)}, settings to try {search.trials:,}, "
            f"days of each {search.seeds:,}, other days for the best {search.held_out:,}; Ctrl-C keeps what is flown"
        )
    with flying(
        arguments, head=search.head, study=search.study, total=search.total, repeat=search.command
    ) as flight, standing(flight.engine) as engine:
        tuned = fly(search, engine, study=flight.study, kept=flight.kept, told=flight.told, expect=flight.expect)
    if arguments.write is not None:
        _write(tuned, Path(arguments.write))
    return deliver(tuned_page(tuned), arguments)


def _search(arguments: argparse.Namespace) -> "Search":
    from sandbox.cli.trusting import refuse_strangers
    from sandbox.lab.tune import Search, checked
    from sandbox.lab.variants import SettingError

    path = find(arguments.file)
    plan = load(path)
    refuse_strangers(plan, scenario=path, trusting=arguments.trust)
    first, count = arguments.seeds
    try:
        search = Search(
            plan=plan, ranges=ranges_of(arguments.over), objective=arguments.objective, trials=arguments.trials,
            first=plan.document.scenario.seed if first is None else first, seeds=count, held_out=arguments.held_out,
            most=_most(plan, arguments.false_rollback),
            again=command(arguments, "certify", arguments.file), command=command(arguments, *_words(arguments)),
        )
        wrong = list(checked(search))
    except SettingError as error:
        raise UsageError(str(error)) from None
    if wrong:
        raise UsageError("; ".join(wrong))
    return search


def _most(plan: "Plan", asked: float | None) -> float:
    stated = plan.document.certify.false_rollback
    if asked is not None:
        return asked
    return stated.number if stated is not None and stated.sign.startswith("<") else MOST


def ranges_of(over: "list[tuple[str, tuple[str, ...]]]") -> "tuple[Range, ...]":
    """What is searched, or asked about; raises SettingError."""
    from sandbox.lab.ranges import range_of

    if len({key for key, _ in over}) < len(over):
        raise UsageError("a key is given twice in --over; give all its values at once")
    return tuple(range_of(key, values) for key, values in over)


def _words(arguments: argparse.Namespace) -> list[str]:
    first, count = arguments.seeds
    words = ["tune", arguments.file, *given("--over", arguments.over)]
    if arguments.objective != OBJECTIVES[0]:
        words += ["--objective", arguments.objective]
    if arguments.false_rollback is not None:
        words += ["--false-rollback", f"{100 * arguments.false_rollback:g}%"]
    words += ["--trials", str(arguments.trials), "--held-out", str(arguments.held_out)]
    words += ["--seeds", str(count) if first is None else f"{first}..{first + count - 1}"]
    return words if arguments.write is None else [*words, "--write", arguments.write]


def _write(tuned: "Tuned", path: Path) -> None:
    from sandbox.lab.rewriting import rewritten_text
    from sandbox.lab.tuned_days import advised

    settings = advised(tuned)
    if not settings:
        better = "is allowed" if tuned.best is None else "is better than the plan as written"
        note(f"{path} is not written: no setting that was tried {better}")
        return
    try:
        path.write_text(rewritten_text(tuned.search.plan, settings), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
    note(f"wrote {path}")
