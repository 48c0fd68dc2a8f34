"""`greenroom tune`: search a plan's settings for little harm and a short time until promotion."""

import argparse
from dataclasses import replace
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
    tell_left_out,
    unwritten,
)
from sandbox.cli.scenarios import find, load
from sandbox.cli.terminal import note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.lab.ranges import Range
    from sandbox.lab.tune import Search, Tuned
    from sandbox.scenario.plan import Plan

OBJECTIVES = ("frontier", "harm", "exposure", "misses")
MOST = 0.05
"""The false-rollback rate that is allowed where [certify] states none."""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "tune", says="search a plan's settings for little harm and a short time until promotion", act=tune,
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
        help="what is to become small: harm, the time until promotion, misses, or harm and time both (the default)",
    )
    parser.add_argument(
        "--false-rollback", type=share_of, metavar="SHARE",
        help="how often a candidate like the incumbent may be rolled back (default: [certify] false_rollback, or 5%%)",
    )
    parser.add_argument(
        "--trials", type=some, metavar="N", help="settings to try (default 30; on long days fewer, 8 at the least)"
    )
    parser.add_argument("--seeds", type=seeds, metavar="N|A..B", help="seeds a trial (default 5; on long days fewer)")
    parser.add_argument(
        "--held-out", type=some, metavar="N",
        help="other seeds for the final figures (default 20; on long days fewer)",
    )
    parser.add_argument("--write", type=unwritten, metavar="FILE", help="write the tuned scenario there, comments kept")
    add_study(parser)


def tune(arguments: argparse.Namespace) -> int:
    """Search, write what was found, tell."""
    from sandbox.lab.engines import standing
    from sandbox.lab.tune import tune as fly
    from sandbox.lab.tuned_page import tuned_page

    search, each = _search(arguments)
    if arguments.progress in SPOKEN:
        for line in _announced(search, each=each, arguments=arguments):
            note(line)
    with flying(
        arguments, head=search.head, study=search.study, total=search.total, repeat=search.command
    ) as flight, standing(flight.engine) as engine:
        tuned = fly(search, engine, study=flight.study, kept=flight.kept, told=flight.told, expect=flight.expect)
    if arguments.write is not None:
        _write(tuned, Path(arguments.write))
    return deliver(tuned_page(tuned), arguments)


def _announced(search: "Search", *, each: float, arguments: argparse.Namespace) -> "Iterator[str]":
    """How much is to be flown, about how long that takes, and how to have more where a long day got less."""
    from sandbox.lab.effort import widest

    def told(of: "Search") -> str:
        return f"up to {of.total:,} flights, reckoned at {_about(of.total * each / arguments.jobs)}"

    yield (
        f"{told(search)}: candidates {len(search.candidates)}, settings to try {search.trials:,}, "
        f"days of each {search.seeds:,}, other days for the best {search.held_out:,}; Ctrl-C keeps what is flown"
    )
    usual = widest(search)
    if (arguments.trials, arguments.seeds, arguments.held_out) == (None, None, None) and search != usual:
        more = f"--trials {usual.trials} --seeds {usual.seeds} --held-out {usual.held_out}"
        yield f"so long a day gets fewer than a short one, by default; {more} takes {told(usual)}"


def _about(seconds: float) -> str:
    """A time that nobody knows exactly."""
    for least, unit, name in ((5_400.0, 3_600.0, "hours"), (90.0, 60.0, "minutes")):
        if seconds >= least:
            return f"{seconds / unit:,.0f} {name}"
    return f"{max(1.0, seconds):,.0f}s"


def _search(arguments: argparse.Namespace) -> "tuple[Search, float]":
    """The search, and what one flight of it takes."""
    from sandbox.cli.trusting import refuse_strangers
    from sandbox.lab.effort import reckoned, sized
    from sandbox.lab.tune import Search, checked
    from sandbox.lab.variants import SettingError

    path = find(arguments.file)
    plan = load(path)
    refuse_strangers(plan, scenario=path, trusting=arguments.trust)
    tell_left_out(plan, arguments, source=arguments.file)
    first, count = arguments.seeds or (None, None)
    try:
        search = Search(
            plan=plan, ranges=ranges_of(arguments.over), objective=arguments.objective,
            first=plan.document.scenario.seed if first is None else first, most=_most(plan, arguments.false_rollback),
            again=command(arguments, "certify", arguments.file),
        )
        wrong = list(checked(search))
    except SettingError as error:
        raise UsageError(str(error)) from None
    if wrong:
        raise UsageError("; ".join(wrong))
    each = reckoned(plan)
    search = sized(search, each=each, trials=arguments.trials, seeds=count, held_out=arguments.held_out)
    return replace(search, command=command(arguments, *_words(arguments, search))), each


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


def _words(arguments: argparse.Namespace, search: "Search") -> list[str]:
    """The command with the size that the search has, so that it is the same when it is repeated."""
    first, _ = arguments.seeds or (None, None)
    words = ["tune", arguments.file, *given("--over", arguments.over)]
    if arguments.objective != OBJECTIVES[0]:
        words += ["--objective", arguments.objective]
    if arguments.false_rollback is not None:
        words += ["--false-rollback", f"{100 * arguments.false_rollback:g}%"]
    words += ["--trials", str(search.trials), "--held-out", str(search.held_out)]
    words += ["--seeds", str(search.seeds) if first is None else f"{first}..{first + search.seeds - 1}"]
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
