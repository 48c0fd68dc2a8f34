"""`greenroom compare`: several plans on the same days, or one with what it was."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
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
from sandbox.cli.scenarios import find, load_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sandbox.lab.baseline import Baseline
    from sandbox.lab.compare import Contest
    from sandbox.scenario.plan import Plan


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "compare", says="fly several plans on the same days and tell what differs", act=compare,
        more="greenroom compare today.toml tomorrow.toml --seeds 50 -j 2\n"
        "greenroom compare mine.toml --vary ramp.bake=10m,20m\n"
        "greenroom compare mine.toml --output json -o last.json\n"
        "greenroom compare mine.toml --baseline last.json   exits 6 where something is surely worse than it was,\n"
        "                                                   4 where there are too few flights to tell",
    )
    parser.add_argument("files", nargs="+", metavar="SCENARIO", help="scenario files; all are held against the first")
    parser.add_argument("--seeds", type=seeds, metavar="N|A..B", help="seeds to fly (default 20, or the baseline's)")
    parser.add_argument(
        "--vary", type=key_values, action="append", default=[], metavar="KEY=A,B,…",
        help="compare a plan under every combination of these values; the first is what others are held against",
    )
    parser.add_argument(
        "--policies", action="store_true",
        help="compare what flies with each of [[policies]], each in a flight of its own",
    )
    parser.add_argument(
        "--baseline", type=Path, metavar="FILE",
        help="hold it against the plan of the same name in an earlier `compare --output json`, seed by seed",
    )
    parser.add_argument(
        "--tolerance", type=share_of, default=0.0, metavar="SHARE",
        help="with --baseline: how much worse anything may be, as a part of what it was; of shares, in points",
    )
    add_study(parser)


def compare(arguments: argparse.Namespace) -> int:
    """Fly every plan on every seed, then tell what differs."""
    from sandbox.lab.compare import compare as fly
    from sandbox.lab.comparison import comparison

    contest = _contest(arguments)
    with flying(
        arguments, head=contest.head, study=contest.study, total=len(contest.plans) * contest.seeds,
        repeat=contest.repeat,
    ) as flight:
        compared = fly(contest, flight.engine, study=flight.study, kept=flight.kept, told=flight.told)
    return deliver(comparison(compared), arguments)


def _contest(arguments: argparse.Namespace) -> "Contest":
    from sandbox.cli.trusting import refuse_strangers
    from sandbox.lab.compare import Contest

    paths = [find(name) for name in arguments.files]
    plans = load_all(paths)
    for name, path, plan in zip(arguments.files, paths, plans, strict=True):
        refuse_strangers(plan, scenario=path, trusting=arguments.trust)
        tell_left_out(plan, arguments, source=name)
    named = [one for plan in plans for one in _named(plan, arguments)]
    names = [name for name, _ in named]
    if len(set(names)) < len(names):
        named = [(f"{name} ({place})", plan) for place, (name, plan) in enumerate(named, start=1)]
    again = command(arguments, *_again(arguments))
    if arguments.baseline is not None:
        return _held(named, arguments, again=again)
    if arguments.tolerance:
        raise UsageError("--tolerance is of what it was; name that with --baseline")
    own, count = arguments.seeds or (None, 20)
    first = plans[0].document.scenario.seed if own is None else own
    return Contest(plans=tuple(named), first=first, seeds=count, again=again)


def _held(named: "list[tuple[str, Plan]]", arguments: argparse.Namespace, *, again: str) -> "Contest":
    """One plan against that of the same name in the baseline, or of the name of its file."""
    from sandbox.lab.compare import Contest

    if arguments.seeds is not None:
        raise UsageError("--baseline says which seeds are flown; leave --seeds out")
    if len(named) > 1:
        raise UsageError("--baseline holds one plan against what it was; name one")
    name, plan = named[0]
    found = _baseline(arguments.baseline, (name, plan.name))
    rows = tuple(replace(one, candidate="baseline") for one in found.flights)
    first, last = min(one.seed for one in rows), max(one.seed for one in rows)
    return Contest(
        plans=tuple(named), first=first, seeds=last - first + 1, again=again, day_before=found.day,
        baseline=("baseline", rows), held=f"{found.plan} as in {arguments.baseline}", tolerance=arguments.tolerance,
    )


def _named(plan: "Plan", arguments: argparse.Namespace) -> "Iterator[tuple[str, Plan]]":
    """The plans to fly that a file stands for."""
    from sandbox.lab.variants import SettingError, changed, flown_by

    for settings in settings_of(arguments.vary):
        try:
            under = changed(plan, settings)
        except SettingError as error:
            raise UsageError(str(error)) from None
        said = ", ".join(map(str, settings))
        alone = said if len(arguments.files) == 1 else f"{plan.name} with {said}"
        yield (alone if said else plan.name), under
        if arguments.policies and not plan.document.policies:
            raise UsageError(f"--policies: {plan.name} has no [[policies]] to compare with")
        if arguments.policies:
            for policy in plan.document.policies:
                yield f"{policy.name}{f' with {said}' if said else ''}", flown_by(under, policy.name)


def _baseline(path: Path, names: "Sequence[str]") -> "Baseline":
    """What was flown then of the plan of the first of these names that is there."""
    from sandbox.lab.baseline import baseline_of

    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise UsageError(
            f"{path}: is not JSON; make a baseline with: greenroom compare SCENARIO --output json -o FILE"
        ) from None
    try:
        return baseline_of(document, names)
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from None


def _again(arguments: argparse.Namespace) -> list[str]:
    words = ["compare", *arguments.files, *given("--vary", arguments.vary)]
    if arguments.policies:
        words.append("--policies")
    if arguments.baseline is not None:
        words += ["--baseline", str(arguments.baseline)]
    if arguments.tolerance:
        words += ["--tolerance", f"{100 * arguments.tolerance:g}%"]
    return words
