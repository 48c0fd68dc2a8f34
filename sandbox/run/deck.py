"""The deck: world, instruments and journal of one flight, and the rule of advancing before anything is touched."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import simpy

from sandbox.base.journal import Entry, Journal
from sandbox.base.window import Window
from sandbox.observe.collector import Collector
from sandbox.run.monitor import Note
from sandbox.run.pilot import Pilot
from sandbox.run.rider import Rider
from sandbox.world.wire import Wire
from sandbox.world.world import World


class Deck:
    """What whoever flies acts upon, sees and writes down; time is SimPy's."""

    def __init__(
        self, world: World, collector: Collector, *, wire: Wire, pilot: Pilot, riders: tuple[Rider, ...]
    ) -> None:
        self.env = simpy.Environment(initial_time=0)
        self.world, self.collector = world, collector
        self.pilot, self.riders = pilot, riders
        self.journal = Journal()
        self.windows: list[Window] = []
        self.listeners: list[Callable[[Entry], None]] = []
        """Whoever is told of what is written down."""
        self._wire = wire

    @property
    def now(self) -> int:
        """The flight's clock, in ns."""
        return int(self.env.now)

    @property
    def share(self) -> tuple[float, ...]:
        """The shares of all arms where nothing was routed yet."""
        return (1.0,) + (0.0,) * (len(self.world.spec.arms) - 1)

    def touch(self) -> None:
        """Have the world where the clock is: before it is changed, and before it is looked at."""
        if self.world.now < self.now:
            self.collector.take(self.world.advance(self.now))

    def read(self) -> None:
        """Hand on the windows that became readable."""
        for window in self._wire.carry(self.collector.readable(self.now), self.now):
            self.note("window", {
                "index": window.index, "start": window.start, "end": window.end, "step": window.step,
                "matured": window.matured,
                "counts": window.counts.hash,
            })
            self.pilot.see(window)
            for rider in self.riders:
                rider.see(window)
            self.windows.append(replace(window, counts=window.counts.packed()))

    def tell(self, notes: Iterable[Note]) -> None:
        """Write down what somebody notes."""
        for kind, facts in notes:
            self.note(kind, facts)

    def note(self, kind: str, facts: dict[str, Any], *, truth: bool = False) -> None:
        """Write one entry of the journal."""
        entry = Entry(self.now, kind, facts, truth)
        self.journal.write(entry)
        for hear in self.listeners:
            hear(entry)
