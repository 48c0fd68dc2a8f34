"""A training in flight: its snapshot is checked, it takes what it takes, and a model is there or is not."""

from collections.abc import Generator
from typing import Any

import simpy

from sandbox.base.arms import INCUMBENT
from sandbox.base.verdict import Verdict
from sandbox.decide.ramp.almanac import Almanac
from sandbox.observe.metrics.kinds import metric
from sandbox.run.deck import Deck
from sandbox.run.instant import Instant, Rank
from sandbox.run.sight import Sight
from sandbox.scenario.tables.retraining import RetrainingTable

Happening = Generator[simpy.Event, Any, str]


class Training:
    """One training of the plan; `happens` is its SimPy process."""

    def __init__(self, table: RetrainingTable, deck: Deck, *, almanac: Almanac | None, duration: int) -> None:
        self._table, self._deck, self._almanac, self._duration = table, deck, almanac, duration

    def happens(self) -> Happening:
        """Wait, check, train; returns why there is no model, or nothing where there is one."""
        env, table = self._deck.env, self._table
        begins = begins_at(table, self._almanac)
        if begins != table.at and table.at < self._duration:
            yield Instant(env, at=table.at, rank=Rank.ACT)
            assert self._almanac is not None
            self._note("waits", because=self._almanac.wait(table.at))
        if begins is None or begins + table.takes >= self._duration:
            return "the retraining does not end before the day does"
        yield Instant(env, at=begins, rank=Rank.ACT)
        if (why := self._failed(begins)) and not table.anyway:
            self._note("stopped", because=why)
            return f"the retraining was stopped: {why}"
        self._deck.touch()
        self._deck.world.begin_training()
        self._note("begins", because=why and f"although {why}")
        yield Instant(env, at=begins + table.takes, rank=Rank.WORLD)
        self._deck.touch()
        rows, hits = self._deck.world.end_training()
        self._note("ends", rows=rows, because=f"{rows:,} requests, {100 * hits / max(1, rows):.3g}% of them true")
        return "" if rows else "there was nothing to train on"

    def _failed(self, at: int) -> str:
        """Every check of the snapshot that does not pass, and why."""
        failed = list[str]()
        for check in self._table.checks:
            sight = Sight(self._deck.collector.layout, metric(check.metric), self._deck.collector.reference, None)
            for window in self._deck.windows:
                if at - self._table.window <= window.start and window.end <= at:
                    sight.see(window)
            reading = sight.read(self._deck.share)[INCUMBENT]
            verdict, because = check.judge(reading, sight.metric.unit)
            self._note("check", because=because, metric=check.metric, verdict=verdict.value, n=reading.n)
            if verdict is not Verdict.PASS:
                failed.append(f"{check.metric}: {because}")
        return "; ".join(failed)

    def _note(self, what: str, *, because: str, **facts: str | int) -> None:
        self._deck.note("retraining", {"what": what, "model": self._table.model, "because": because, **facts})


def begins_at(table: RetrainingTable, almanac: Almanac | None) -> int | None:
    """When a training begins: as asked, or when the calendar lets it; None where it never does."""
    return table.at if almanac is None else almanac.next_open(table.at)
