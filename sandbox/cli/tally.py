"""How far many flights are, told to whoever waits for them: a person at a terminal, a log, or a program."""

import json
import sys
import time
from typing import TYPE_CHECKING

from sandbox.cli.terminal import Pace, note, watched

if TYPE_CHECKING:
    from sandbox.lab.result import Result


class Tally:
    """How far many flights are: a bar with rate and time left, a line now and then, or a line of JSON a flight."""

    def __init__(self, total: int, *, how: str, done: int = 0) -> None:
        auto = "bar" if watched(sys.stderr) else "plain"
        self._how = auto if how == "auto" else how
        self._total, self._before, self._done = total, done, done
        self._began = self._said = time.monotonic()
        self._pace = Pace(self._began)
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
        now, flown = time.monotonic(), self._done - self._before
        rate = flown / max(1e-9, now - self._began)
        left = self._pace.left(flown / max(1, self._total - self._before), now)
        if self._bar is not None:
            self._bar.update(0, completed=self._done, rate=f"{rate:.1f}/s")  # type: ignore[attr-defined]
        elif self._how == "json":
            told = {"done": self._done, "of": self._total, "candidate": result.candidate, "seed": result.seed}
            note(json.dumps(told | {"setting": result.setting, "outcome": result.outcome, "failure": result.failure}))
        elif self._how == "plain" and (self._done == self._total or now - self._said > 10.0):
            self._said = now
            rest = "" if left is None or self._done == self._total else f", about {left:,.0f}s left"
            note(f"{self._done:,} of {self._total:,} flown, {rate:.1f}/s{rest}")

    def expect(self, total: int) -> None:
        """There are so many flights in all, as is known by now."""
        self._total = total
        if self._bar is not None:
            self._bar.update(0, total=total)  # type: ignore[attr-defined]

    def close(self) -> None:
        """No more are flown."""
        if self._bar is not None:
            self._bar.stop()  # type: ignore[attr-defined]
