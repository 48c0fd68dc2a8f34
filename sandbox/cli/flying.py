"""What the commands that fly many flights share: where they fly, how many seeds, and how far they are."""

import argparse
import json
import re
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.cli.errors import UsageError
from sandbox.cli.stores import store_path
from sandbox.cli.terminal import OutputError, note, watched
from sandbox.report.exit_code import ExitCode

if TYPE_CHECKING:
    from sandbox.lab.engines import Engine
    from sandbox.lab.fleet import Told
    from sandbox.lab.result import Result
    from sandbox.lab.variants import Setting
    from sandbox.record.studies import Row, Study
    from sandbox.report.page import Page

MOST_SEEDS = 100_000
FORMS = ("text", "html", "md", "json")
PROGRESS = ("auto", "bar", "plain", "json", "none")
_SEEDS = re.compile(r"(\d{1,18})(?:\.\.(\d{1,18}))?")


def add_flying(parser: argparse.ArgumentParser) -> None:
    """Declare where to fly and what to say of it."""
    parser.add_argument("-j", "--jobs", type=jobs, default=1, metavar="N", help="processes to fly in (default 1)")
    parser.add_argument(
        "--on", metavar="tcp://HOST:PORT", help="fly on an existing Dask cluster (pip install greenroom[dask])"
    )
    parser.add_argument(
        "--progress", choices=PROGRESS, default="auto",
        help="how to tell how far it is: a bar on a terminal, else a line now and then (default auto); json tells it "
        "on stderr, a line a flight",
    )
    parser.add_argument("--trust", action="store_true", help="let these scenarios run their own Python code, this once")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Declare in which form the page is wanted, and where."""
    parser.add_argument("--output", choices=FORMS, default="text", help="what to print (default text)")
    parser.add_argument("-o", "--out", metavar="FILE", help="write it there instead of to stdout")


def jobs(text: str) -> int:
    """A number of processes."""
    if not re.fullmatch(r"[1-9]\d{0,2}", text):
        raise argparse.ArgumentTypeError(f"{text} is not a number of processes, 1 to 999")
    return int(text)


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
    return tuple(varied(dict(vary)))


def command(words: Sequence[str]) -> str:
    """A command as it is typed."""
    return " ".join(["greenroom", *map(shlex.quote, words)])


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
    """Where many flights are flown and kept, what is kept of them already, and who is told of each."""

    engine: "Engine"
    study: "Study | None"
    kept: "Sequence[Row]"
    told: "Told"


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
            yield Flight(engine, None, (), tally.told)
        finally:
            tally.close()
        return
    kept_as = Study(Store(place), study)
    with kept_as.begun(head, resume=arguments.resume) as kept:
        tally = Tally(total, how=arguments.progress, done=len(kept))
        try:
            yield Flight(engine, kept_as, kept, tally.told)
        except KeyboardInterrupt:
            tally.close()
            note(f"what is flown is kept as {study}; go on with: {repeat} --resume")
            raise
        finally:
            tally.close()
        if arguments.progress in ("auto", "bar", "plain"):
            note(f"kept as {study}; as a page: greenroom report {study} --output html -o page.html")


class Tally:
    """How far many flights are: a bar with rate and time left, a line now and then, or a line of JSON a flight."""

    def __init__(self, total: int, *, how: str, done: int = 0) -> None:
        auto = "bar" if watched(sys.stderr) else "plain"
        self._how = auto if how == "auto" else how
        self._total, self._before, self._done = total, done, done
        self._began = self._said = time.monotonic()
        self._bar = self._begun() if self._how == "bar" else None

    def _begun(self) -> "object":
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        rate = TextColumn("{task.fields[rate]}")
        columns = (BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn(compact=True), TextColumn("left"))
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        bar.add_task("", total=self._total, completed=self._done, rate="")
        bar.start()
        return bar

    def told(self, result: "Result") -> None:
        """One more is flown."""
        self._done += 1
        if result.failure:
            note(f"greenroom: {result.candidate}, seed {result.seed}: {result.failure}")
            note(f"repeat: {result.repeat}")
        rate = (self._done - self._before) / max(1e-9, time.monotonic() - self._began)
        if self._bar is not None:
            self._bar.update(0, completed=self._done, rate=f"{rate:.1f}/s")  # type: ignore[attr-defined]
        elif self._how == "json":
            told = {"done": self._done, "of": self._total, "candidate": result.candidate, "seed": result.seed}
            note(json.dumps(told | {"setting": result.setting, "outcome": result.outcome, "failure": result.failure}))
        elif self._how == "plain" and (self._done == self._total or time.monotonic() - self._said > 10.0):
            self._said = time.monotonic()
            left = (self._total - self._done) / max(rate, 1e-9)
            note(f"{self._done:,} of {self._total:,} flown, {rate:.1f}/s, about {left:,.0f}s left")

    def close(self) -> None:
        """No more are flown."""
        if self._bar is not None:
            self._bar.stop()  # type: ignore[attr-defined]
