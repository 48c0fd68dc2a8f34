"""What the commands that fly many flights share: where they fly, how many seeds, and how far they are."""

import argparse
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.cli.commands import add_color
from sandbox.cli.errors import UsageError
from sandbox.cli.stores import add_store, store_path
from sandbox.cli.tally import Tally
from sandbox.cli.terminal import OutputError, note
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.lab.engines import Engine
    from sandbox.lab.fleet import Told
    from sandbox.lab.variants import Setting
    from sandbox.record.studies import Row, Study
    from sandbox.report.page import Page
    from sandbox.scenario.plan import Plan

MOST_SEEDS = 100_000
FORMS = ("text", "html", "md", "json")
PROGRESS = ("auto", "bar", "plain", "json", "none")
SPOKEN = ("auto", "bar", "plain")
_SEEDS = re.compile(r"(\d{1,18})(?:\.\.(\d{1,18}))?")


def add_study(parser: argparse.ArgumentParser) -> None:
    """Declare what every study takes: where to fly and to keep it, what to say of it, and in which form."""
    parser.add_argument("--resume", action="store_true", help="go on with the same study where it was stopped")
    parser.add_argument("-j", "--jobs", type=jobs, default=1, metavar="N", help="processes to fly in (default 1)")
    parser.add_argument(
        "--on", type=_cluster, metavar="tcp://HOST:PORT",
        help="fly on an existing Dask cluster (pip install greenroom[dask])",
    )
    parser.add_argument(
        "--progress", choices=PROGRESS, default="auto",
        help="how to tell how far it is: a bar on a terminal, else a line now and then (default auto); json tells it "
        "on stderr, a line a flight",
    )
    parser.add_argument("--trust", action="store_true", help="let these scenarios run their own Python code, this once")
    add_output(parser)
    add_color(parser)
    add_store(parser, off=True)


def add_output(parser: argparse.ArgumentParser) -> None:
    """Declare in which form the page is wanted, and where."""
    parser.add_argument("--output", choices=FORMS, default="text", help="what to print (default text)")
    parser.add_argument("-o", "--out", type=writable, metavar="FILE", help="write it there instead of to stdout")


def unwritten(text: str) -> str:
    """A file that could be written, and is not there yet."""
    if os.path.exists(writable(text)):
        raise argparse.ArgumentTypeError(f"{text} is there already; name another file, or remove it")
    return text


def writable(text: str) -> str:
    """A file that could be written, as far as can be told before hours of flying."""
    folder = os.path.dirname(text) or "."
    if os.path.isdir(text) or not os.path.isdir(folder):
        raise argparse.ArgumentTypeError(f"{text}: {'is a folder' if os.path.isdir(text) else f'no folder {folder}'}")
    return text


def jobs(text: str) -> int:
    """A number of processes."""
    if not re.fullmatch(r"[1-9]\d{0,2}", text):
        raise argparse.ArgumentTypeError(f"{text} is not a number of processes, 1 to 999")
    return int(text)


def _cluster(text: str) -> str:
    if not re.fullmatch(r"[a-z]+://[^\s/:]+:\d{1,5}", text):
        raise argparse.ArgumentTypeError(f"{text} is not the address of a cluster; write tcp://HOST:PORT")
    return text


def seeds(text: str) -> tuple[int | None, int]:
    """(first or None, how many) of "20" or "1..20"."""
    match = _SEEDS.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text} is neither a count, as 20, nor a range, as 1..20")
    first, last = int(match[1]), match[2]
    count = first if last is None else int(last) - first + 1
    if not 1 <= count <= MOST_SEEDS:
        raise argparse.ArgumentTypeError(f"{text} names {max(0, count):,} seeds; fly 1 to {MOST_SEEDS:,}")
    return (None if last is None else first), count


def share_of(text: str) -> float:
    """A share between 0% and 100%."""
    from sandbox.base.units import parse_share

    try:
        share = parse_share(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not 0.0 < share < 1.0:
        raise argparse.ArgumentTypeError(f"{text} must lie between 0% and 100%")
    return share


def some(text: str) -> int:
    """A count of at least one."""
    if not re.fullmatch(r"[1-9]\d{0,5}", text):
        raise argparse.ArgumentTypeError(f"{text} is not a count, 1 to 999999")
    return int(text)


def key_values(text: str) -> tuple[str, tuple[str, ...]]:
    """(key, values) of "ramp.bake=10m,20m"; commas inside brackets and quotes separate nothing."""
    key, equals, values = text.partition("=")
    found = tuple(one.strip() for one in re.findall(r'(?:\[[^\]]*\]|\{[^}]*\}|"[^"]*"|[^,])+', values))
    if not equals or not key.strip() or not found:
        raise argparse.ArgumentTypeError(f"{text} is not KEY=VALUE,…; write ramp.bake=10m,20m")
    return key.strip(), found


def tell_left_out(plan: "Plan", arguments: argparse.Namespace, *, source: str) -> None:
    """Say that a study flies the first release alone, where its scenario has more."""
    if plan.document.releases and arguments.progress in SPOKEN:
        from sandbox.report.further import further

        later = further([one.model for one in plan.document.releases], source=source)
        note(f"{source}: this is about the first release alone; {later}")


def engine_of(arguments: argparse.Namespace) -> "Engine":
    """Where to fly."""
    from sandbox.lab.engines import Cluster, Here, Processes

    if arguments.on is not None:
        if arguments.jobs != 1:
            raise UsageError("-j and --on both say where to fly; leave one out")
        return Cluster(arguments.on)
    return Here() if arguments.jobs == 1 else Processes(arguments.jobs)


def settings_of(vary: "Sequence[tuple[str, tuple[str, ...]]]") -> "tuple[tuple[Setting, ...], ...]":
    """Every combination of what is varied."""
    from sandbox.lab.variants import varied

    if len({key for key, _ in vary}) < len(vary):
        raise UsageError("a key is varied twice; give all its values at once")
    for key, values in vary:
        if any(re.fullmatch(r"[^\[{\"]+\.\.[^\[{\"]+", one) for one in values):
            raise UsageError(f"--vary {key}={','.join(values)} is a range; name the values, as {key}=10m,20m")
    return tuple(varied(dict(vary)))


def command(arguments: argparse.Namespace, *words: str) -> str:
    """A command as it is typed, with leave to run a scenario's own code where that was given."""
    return typed("greenroom", *words, *(["--trust"] if arguments.trust else []))


def typed(*words: str) -> str:
    """Words as a shell reads them."""
    return " ".join(map(shlex.quote, words))


def given(option: str, pairs: Sequence[tuple[str, tuple[str, ...]]]) -> list[str]:
    """Keys with their values as an option said them."""
    return [word for key, values in pairs for word in (option, f"{key}={','.join(values)}")]


def deliver(page: "Page", arguments: argparse.Namespace, *, judges: bool = True) -> int:
    """Print or write the page in the form that was asked for; its exit code, told where the command `judges` by it."""
    from pathlib import Path

    from sandbox.cli.terminal import say, style_of
    from sandbox.report.render.page import as_html, as_json, as_markdown, as_text

    if arguments.output == "text":
        said = as_text(page, style=style_of(sys.stdout) if arguments.out is None else None)
    else:
        said = {"html": as_html, "md": as_markdown, "json": as_json}[arguments.output](page)
    code = int(page.exit_code or ExitCode.MET)
    if arguments.out is None:
        say(said)
        return code
    try:
        Path(arguments.out).write_text(said, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{arguments.out}: cannot be written: {error.strerror}") from None
    verdict = page.verdict if judges else ""
    say(f"wrote {arguments.out}{': ' if verdict else ''}{verdict}")
    return code


@dataclass(frozen=True, slots=True)
class Flight:
    """Where many flights are flown and kept, what is kept of them already, and who is told of each, and of how many
    there are once that is known better.
    """

    engine: "Engine"
    study: "Study | None"
    kept: "Sequence[Row]"
    told: "Told"
    expect: "Callable[[int], None]"


@contextmanager
def flying(
    arguments: argparse.Namespace, *, head: "dict[str, Any]", study: str, total: int, repeat: str
) -> "Iterator[Flight]":
    """Have many flights kept and counted while the block flies them; an interrupt keeps what there is."""
    from sandbox.record.store import Store
    from sandbox.record.studies import Study

    engine, place = engine_of(arguments), store_path(arguments)
    if place is None:
        if arguments.resume:
            raise UsageError("--resume goes on with what the store kept; leave out --no-store")
        tally = Tally(total, how=arguments.progress)
        try:
            yield Flight(engine, None, (), tally.told, tally.expect)
        finally:
            tally.close()
        return
    kept_as, spoken = Study(Store(place), study), arguments.progress in SPOKEN
    with kept_as.begun(head, resume=arguments.resume) as kept:
        done = sum(not row["failure"] for row in kept)
        if arguments.resume and spoken:
            note(f"{done:,} of {total:,} flights are there already")
        tally = Tally(total, how=arguments.progress, done=done)
        try:
            yield Flight(engine, kept_as, kept, tally.told, tally.expect)
        except KeyboardInterrupt:
            tally.close()
            note(f"what is flown is kept as {study}; go on with: {repeat} {typed(*_where(arguments), '--resume')}")
            raise
        finally:
            tally.close()
        if spoken:
            page = ("greenroom", "report", study, *_store(arguments), "--output", "html", "-o", "page.html")
            note(f"kept as {study}; as a page: {typed(*page)}")


def _where(arguments: argparse.Namespace) -> list[str]:
    """Where it was flown and kept, as it was said."""
    jobs = [] if arguments.jobs == 1 else ["-j", str(arguments.jobs)]
    return [*jobs, *([] if arguments.on is None else ["--on", arguments.on]), *_store(arguments)]


def _store(arguments: argparse.Namespace) -> list[str]:
    return [] if arguments.store is None else ["--store", str(arguments.store)]
