"""A flight on record, flown again before one's eyes: the same frames, forwards and backwards, and nothing acts."""

import asyncio
import bisect
import math
from dataclasses import replace

from sandbox.base.flight import Flight
from sandbox.lab.repeat import plan_on_record
from sandbox.observe.metrics.view import Reference
from sandbox.report.log import Line
from sandbox.run.rig import build
from tui.fold import Fold
from tui.frame import Frame, Instructor
from tui.instruments import Memo
from tui.pace import Pace
from tui.sheet import Sheet, sheet_of
from tui.stops import Stoppable


class Replay(Stoppable):
    """What a cockpit is fed with when the flight is over."""

    live, blind, landed, toll, trouble, compiling = False, False, True, "", "", 0.0

    def __init__(self, flight: Flight, *, at: int = 0, pace: Pace | None = None) -> None:
        super().__init__(pace)
        self.flight = flight
        self.plan = plan_on_record(flight.header)
        self.sheet: Sheet = replace(sheet_of(self.plan), seed=flight.header.seed)
        self.instructor, self.briefing = False, self.sheet.story
        self._memo: Memo = {}
        self._reference: Reference | None = None
        self._times = [entry.at for entry in flight.journal]
        self._visible = sorted(flight.windows, key=lambda window: (window.visible_at, window.start))
        self._seen_times = [window.visible_at for window in self._visible]
        self._watched: tuple[str, ...] = ()
        self.now = 0
        self._begin()
        self._go(at)

    async def find_reference(self) -> None:
        """Read what drift is measured against, which no flight keeps; where that fails, drift is not charted."""
        try:
            self._reference = await asyncio.to_thread(
                lambda: build(self.plan, seed=self.flight.header.seed)[1].reference
            )
        except Exception:
            return
        self._memo.clear()
        at = self.now
        self._begin()
        self._go(at)

    def _begin(self) -> None:
        self._fold = Fold(
            self.sheet, layout=self.flight.header.layout, reference=self._reference, memo=self._memo
        )
        self._fold.instruments.watch(self._watched)
        self._entries = self._windows = 0
        self.now = 0

    def _go(self, to: int) -> tuple[Line, ...]:
        """Show the flight as it stood at an instant."""
        to = max(0, min(to, self.flight.ended_at))
        if to < self.now:
            self._begin()
        entries, windows = bisect.bisect_right(self._times, to), bisect.bisect_right(self._seen_times, to)
        news = self._fold.take(
            self.flight.journal[self._entries : entries], self._visible[self._windows : windows]
        )
        self._entries, self._windows, self.now = entries, windows, to
        return news

    # What a cockpit asks of its feed.

    @property
    def ended(self) -> bool:
        """Whether the record is at its end."""
        return self.now >= self.flight.ended_at

    def frame(self) -> Frame:
        """How things stood."""
        state = "replay" if self.pace.paused else "replaying"
        instructor = self._harm() if self.instructor else None
        return Frame(view=self._fold.view(self.now, instructor=instructor), state=state, speed=self.pace.speed)

    def _harm(self) -> Instructor:
        truth = self.flight.truth
        upto = int(bisect.bisect_right(truth.starts.tolist(), self.now))
        return Instructor(harmed=int(truth.harmed[:upto].sum()), helped=int(truth.helped[:upto].sum()))

    def watch(self, names: tuple[str, ...]) -> None:
        """Chart these metrics, too."""
        self._watched = tuple(dict.fromkeys((*self._watched, *names)))
        self._fold.instruments.watch(names)

    async def fly(self) -> bool:
        """One slice, if any time is due."""
        due = self._due()
        if due <= 0 or self.ended:
            if self.ended:
                self.pause()
            return False
        tick = self.sheet.tick
        await self._towards(self.now + (4 * tick if math.isinf(due) else round(due)))
        return True

    async def _towards(self, to: int) -> None:
        news = self._go(to)
        stopping = self._stopping(news)
        if stopping is not None:
            self.stopped_by = stopping
            self._go(stopping.at)
            self.pause()

    async def step(self, by: int = 1) -> None:
        """To the next look of the gates, or the one before."""
        self.pause()
        tick = self.sheet.tick
        self._go((self.now // tick + 1) * tick if by > 0 else max(0, (self.now - 1) // tick * tick))

    def to_event_before(self) -> None:
        """To the last thing that happened before this instant, or to take-off."""
        self.pause()
        self._go(max((one.at for one in self._fold.view(self.now).lines if one.at < self.now), default=0))

    def close(self) -> None:
        """There is nothing to close."""
