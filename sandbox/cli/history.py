"""`greenroom history`: the registry of runs and studies, to list, to search, and to read one entry of."""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.stores import add_store, open_store
from sandbox.cli.terminal import note, say, style_of
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.record.manifest import Manifest
    from sandbox.record.registry import Experiment
    from sandbox.record.store import Store
    from sandbox.record.studies import Kept

OUTCOMES = ("promoted", "rolled_back", "held", "aborted")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "history", says="list the runs and studies in the store, search them, or say all about one",
        act=show_history, more='greenroom history --search "ranker 7" --outcome rolled_back\ngreenroom history last',
    )
    parser.add_argument(
        "run", nargs="?", metavar="RUN|STUDY", help='a run or a study, a beginning of one, or "last" for the last run: '
        "hypothesis, data, features, results, and what was written about it",
    )
    parser.add_argument("--search", metavar="WORDS", help="runs in whose plan or results every word stands")
    parser.add_argument("--outcome", choices=OUTCOMES, help="runs that ended so")
    parser.add_argument("--scenario", metavar="NAME", help="runs of this scenario, by its stem")
    parser.add_argument("--since", metavar="DAY", type=_day, help='runs that landed on this day (UTC) or later, as '
                        '"2026-12-31"')
    parser.add_argument("--output", choices=("text", "json"), default="text", help="form (default text)")
    add_store(parser)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'{text} is not a day; write it as "2026-12-31"') from None


def show_history(arguments: argparse.Namespace) -> int:
    """Finished runs, oldest first; damaged and interrupted ones are said beside them."""
    from sandbox.record.history import history

    store = open_store(arguments)
    if arguments.run is not None:
        return _show_one(store, arguments)
    from sandbox.record.studies import listed

    found, studies = history(store), [one for one in listed(store) if _among(one, arguments)]
    for lost in found.interrupted:
        note(f"{lost} was interrupted and is gone")
    for one in found.damaged:
        note(one.because)
    if not found.runs and not studies and arguments.output == "text":
        note(f"no runs in {store.path}; fly one with: greenroom run SCENARIO")
        return ExitCode.MET
    runs = [one for one in found.runs if _wanted(one, arguments)]
    if arguments.search or arguments.output == "json":
        from sandbox.record.registry import experiment

        told = [(one, experiment(store, one)) for one in runs]
        told = [pair for pair in told if not arguments.search or pair[1].matches(arguments.search)]
        if arguments.output == "json":
            rows = [*(one.as_json() for _, one in told), *(one.as_json() for one in studies)]
            say(json.dumps(rows, indent=1, ensure_ascii=False))
            return ExitCode.MET
        runs = [one for one, _ in told]
    if not runs and not studies:
        note(f"none of the {len(found.runs)} runs in {store.path} is like that")
        return ExitCode.MET
    if runs:
        _list(runs)
    if studies:
        _list_studies(studies)
    return ExitCode.MET


def _among(one: "Kept", arguments: argparse.Namespace) -> bool:
    """Whether a study is asked for: it has no outcome, and of what was believed its name and its command."""
    words = (arguments.search or "").lower().split()
    told = f"{one.name} {one.scenario} {one.command}".lower()
    return (
        arguments.outcome is None and all(word in told for word in words)
        and (arguments.scenario is None or one.scenario == arguments.scenario.removesuffix(".toml"))
        and (arguments.since is None or datetime.fromtimestamp(one.touched_at / 1e9, UTC).date() >= arguments.since)
    )


def _list_studies(studies: "list[Kept]") -> None:
    width = max(len(one.name) for one in studies)
    lines = [f"{'study':<{width}}  {'added to (UTC)':<16}  {'state':<11}  {'flights kept':>13}  again"]
    for one in studies:
        cells = (f"{one.name:<{width}}", f"{_when(one.touched_at):<16}", f"{one.state:<11}", f"{one.flights:>13,}")
        lines.append("  ".join((*cells, one.command)))
    style = style_of(sys.stdout)
    say(style.spell("\n".join(style.quote(line) for line in lines)))


def _wanted(one: "Manifest", arguments: argparse.Namespace) -> bool:
    landed = datetime.fromtimestamp(one.landed_at / 1e9, UTC).date()
    return (
        (arguments.outcome is None or one.outcome == arguments.outcome)
        and (arguments.scenario is None or one.name == arguments.scenario.removesuffix(".toml"))
        and (arguments.since is None or landed >= arguments.since)
    )


def _list(runs: "list[Manifest]") -> None:
    width = max(len(one.run) for one in runs)
    head = f"{'run':<{width}}  {'landed (UTC)':<16}  {'outcome':<11}  {'requests kept':>13}  title"
    lines = [
        f"{one.run:<{width}}  {_when(one.landed_at):<16}  {one.outcome:<11}  {one.requests:>13,}  {one.title}"
        for one in runs
    ]
    style = style_of(sys.stdout)
    say(style.spell("\n".join(style.quote(line) for line in (head, *lines))))


def _when(landed_at: int) -> str:
    return datetime.fromtimestamp(landed_at / 1e9, UTC).strftime("%Y-%m-%d %H:%M")


def _show_one(store: "Store", arguments: argparse.Namespace) -> int:
    from sandbox.record.errors import StoreError
    from sandbox.record.history import find
    from sandbox.record.manifest import read_manifest
    from sandbox.record.registry import experiment, last_reason
    from sandbox.record.studies import listed

    try:
        run = find(store, arguments.run)
    except StoreError as error:
        studies = [one for one in listed(store) if one.name.startswith(arguments.run)]
        if not studies:
            raise UsageError(str(error)) from None
        if arguments.output == "json":
            say(json.dumps([one.as_json() for one in studies], indent=1, ensure_ascii=False))
        else:
            _list_studies(studies)
        return ExitCode.MET
    manifest = read_manifest(store.runs / run)
    one, reason = experiment(store, manifest), last_reason(store, manifest)
    if arguments.output == "json":
        say(json.dumps(one.as_json() | {"because": reason}, indent=1, ensure_ascii=False))
        return ExitCode.MET
    style = style_of(sys.stdout)
    rows = [*_entry(one, reason), *(("written", str(path)) for path in one.papers)]
    say(style.spell("\n".join(f"{label:<12}{style.quote(said)}" for label, said in rows if said)))
    return ExitCode.MET


def _entry(one: "Experiment", reason: str) -> Iterator[tuple[str, str]]:
    yield "run", one.run
    yield "title", one.title
    yield "landed", f"{_when(one.landed_at)} UTC"
    yield "hypothesis", one.hypothesis or "not stated"
    yield "goal", one.goal
    yield "against", one.failure_mode
    yield "owner", one.owner
    yield "risk", one.risk
    yield "candidate", ", ".join(f"{what} {which}" for what, which in one.lineage.items() if what != "data")
    yield "models", ", ".join(f"{name} ({kind})" for name, kind in one.models.items())
    data = [f"{one.traffic} traffic", *one.inputs]
    data += [f"trained on {one.lineage['data']}"] if "data" in one.lineage else []
    yield "data", ", ".join(data)
    yield "features", ", ".join(one.features)
    yield "gates", ", ".join(one.gates)
    yield "outcome", f"{one.outcome}{f': {reason}' if reason else ''}"
    yield "results", f"{one.harmed_users:,} of {one.users_on_candidate:,} users on the candidate were served worse"
    yield "seed", str(one.seed)
    yield "digest", one.digest
