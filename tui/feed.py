"""The one bridge to the engine: a flight in the air, flown at a pace, acted upon, and seen as frames.

The engine works in a thread of its own, slice by slice: a block of traffic is drawn in one piece, and the desk must
answer while it is. Between two slices commands are applied, each at the instant the flight has reached, so the record
does not know how time was cut.
"""

import asyncio
import math
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from sandbox.base.command import Answer, Refused
from sandbox.base.flight import Flight
from sandbox.drill.drill import DrillError
from sandbox.lab.flights import prepare
from sandbox.lab.keeping import keeping
from sandbox.operate.standing import Standing
from sandbox.record.errors import StoreError
from sandbox.record.landing import Landing
from sandbox.record.store import Store
from sandbox.report.log import Line
from sandbox.run.session import Session
from sandbox.scenario.plan import Plan
from tui.compiling import watched
from tui.fold import Fold
from tui.frame import Frame, Instructor
from tui.pace import Pace
from tui.sheet import Sheet, sheet_of
from tui.stops import Stoppable

SLICE = 0.03
"""How long the engine works in one go, in seconds of the desk's clock."""
PIECES = 200
"""In how many pieces the rest of a flight is flown when somebody waits for its end."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """A flight at its end: what it was, its name in the store, and what kept it out of the catalogue.

    Without a name it is not kept, and the trouble says why where it was meant to be.
    """

    flight: Flight
    run: str = ""
    trouble: str = ""


class Feed(Stoppable):
    """A live flight."""

    live = True
    blind = False
    """Whether truth is kept from whoever flies."""

    def __init__(
        self, plan: Plan, *, seed: int | None = None, store: Path | None = None, pace: Pace | None = None,
        executor: Executor | None = None, session: Session | None = None,
    ) -> None:
        super().__init__(pace)
        self.plan = plan
        self.seed = plan.document.scenario.seed if seed is None else seed
        self.sheet: Sheet = replace(sheet_of(plan), seed=self.seed)
        self.instructor = self.landed = False
        self._harm = Instructor()
        self._engine = executor or ThreadPoolExecutor(1, thread_name_prefix="engine")
        self.briefing = self.sheet.story
        self._lock = asyncio.Lock()
        self._landing: Landing | None = None
        self._trouble, self._compiler = "", watched()
        self.session = self._session(store) if session is None else session
        self._fold = Fold(
            self.sheet, layout=self.session.collector.layout, reference=self.session.collector.reference
        )
        self._entries = self._windows = 0
        self._take_in()

    def _session(self, store: Path | None) -> Session:
        """The world of the plan, and where it will land."""
        prepared, document = prepare(self.plan), self.plan.document
        keep = None
        if store is not None:
            features = document.feature_names if document.record.features else ()
            self._landing = Store(store).begin(self.plan.name, seed=self.seed, features=features)
            keep = keeping(document.record.requests, seed=self.seed, into=self._landing.write_requests)
        return Session(
            self.plan, seed=self.seed, recording=prepared.recording, keep=keep, inputs=prepared.inputs
        )

    # What is seen.

    @property
    def trouble(self) -> str:
        """What broke the flight off, as where a model that was called raised; empty where nothing did."""
        return self._trouble

    @property
    def compiling(self) -> float:
        """For how many seconds the engine has been compiled for this machine; 0 where it is not."""
        return self._compiler.lasts

    @property
    def begun(self) -> bool:
        """Whether anything was flown or done yet."""
        return self.session.now > 0 or any(entry.kind == "command" for entry in self.session.journal.entries)

    @property
    def ended(self) -> bool:
        """Whether the day is over."""
        return self.session.now >= self.sheet.duration

    def frame(self) -> Frame:
        """How things stand."""
        state = "ended" if self.ended else "paused" if self.pace.paused else "run"
        instructor = self._harm if self.instructor else None
        return Frame(
            view=self._fold.view(self.session.now, instructor=instructor), state=state, speed=self.pace.speed,
            reached=self.pace.reached, trouble=self._trouble,
        )

    @property
    def toll(self) -> str:
        """What pauses cost so far, where they cost anything."""
        return ""

    def watch(self, names: tuple[str, ...]) -> None:
        """Chart these metrics, too."""
        self._fold.instruments.watch(names)

    # How it is flown.

    async def fly(self) -> bool:
        """One slice, if any time is due; whether anything was flown."""
        due = self._due()
        if due <= 0 or self.ended or self._trouble:
            return False
        before = self.session.now
        to = self.sheet.duration if math.isinf(due) else min(self.sheet.duration, before + round(due))
        news = await self._flown(partial(self._slice, to))
        self.pace.flown(self.session.now - before)
        self._heed(news)
        return True

    async def _flown(self, work: Callable[[], tuple[Line, ...]]) -> tuple[Line, ...]:
        """What happened meanwhile; where the engine falls over, the clock stops for good."""
        try:
            return await self._in_engine(work)
        except Exception as error:
            self._trouble = f"{error}" or type(error).__name__
            self.pause()
            return ()

    async def step(self, by: int = 1) -> None:
        """Fly to just after the next look of the gates; there is no way back."""
        self.pace.pause()
        tick = self.sheet.tick
        to = min(self.sheet.duration, ((self.session.now - 1) // tick + 1) * tick + 1)
        self._heed(await self._flown(partial(self._advance, to)))

    def _heed(self, news: tuple[Line, ...]) -> None:
        stopping = self._stopping(news)
        if stopping is not None:
            self.stopped_by = stopping
            self.pause()
        if self.ended:
            self.pause()

    def _slice(self, to: int) -> tuple[Line, ...]:
        """Look by look towards an instant, until the slice is used up or something happened that stops the clock."""
        began, news = time.monotonic(), tuple[Line, ...]()
        while self.session.now < to and time.monotonic() - began < SLICE and not self.gives_way:
            edge = ((self.session.now - 1) // self.sheet.tick + 1) * self.sheet.tick + 1
            news += self._advance(min(to, edge))
            if self._stopping(news) is not None:
                break
        return news

    def _advance(self, to: int) -> tuple[Line, ...]:
        self.session.advance(to)
        return self._take_in()

    def _take_in(self) -> tuple[Line, ...]:
        entries, windows = self.session.journal.entries, self.session.windows
        news = self._fold.take(entries[self._entries :], windows[self._windows :])
        if self.instructor:
            truth = self.session.world.truth()
            self._harm = Instructor(harmed=int(truth.harmed.sum()), helped=int(truth.helped.sum()))
        self._entries, self._windows = len(entries), len(windows)
        return news

    # How it is acted upon.

    async def command(self, kind: str, **arguments: str | int | float | bool) -> Answer:
        """Have a command carried out as soon as the slice in hand is flown."""
        return await self._in_engine(partial(self._apply, kind, arguments))

    async def standing(self) -> Standing:
        """How things stand as an operator can know it, between two slices."""
        return await self._in_engine(lambda: self.session.standing)

    async def refusal(self, kind: str, **arguments: str | int | float | bool) -> str:
        """Why a command would be refused now; nothing is written down."""
        return await self._in_engine(lambda: self.session.refusal(kind, **arguments))

    def _apply(self, kind: str, arguments: dict[str, str | int | float | bool]) -> Answer:
        answer = self._give(kind, arguments)
        self._take_in()
        return answer

    def _give(self, kind: str, arguments: dict[str, str | int | float | bool]) -> Answer:
        return self.session.apply(kind, actor="you", **arguments)

    async def hint(self) -> str:
        """A hint, where there are any; raises DrillError where there is none."""
        raise DrillError("hints are given in drills")

    # How it ends.

    async def finish(self, watch: Callable[[float], bool]) -> Landed | None:
        """Fly to the end with nobody at the controls, and land; `watch` hears how far it is, and says whether to go on.

        None where it said no, or the engine fell over: the clock stands where the flight has come to.
        """
        self.pace.pause()
        span, start = self.sheet.duration - self.session.now, self.session.now
        for piece in range(1, PIECES + 1):
            if span:
                await self._flown(partial(self._advance, start + span * piece // PIECES))
                if self._trouble or not watch(piece / PIECES):
                    return None
        return await self._in_engine(self._land)

    def _land(self) -> Landed:
        flight = self.session.finish()
        self._take_in()
        self.landed = True
        if self._landing is None:
            return Landed(flight=flight)
        try:
            run = self._landing.land(flight)
        except StoreError as error:
            return Landed(flight=flight, trouble=str(error))
        return Landed(flight=flight, run=run, trouble=str(self._landing.trouble or ""))

    def close(self) -> None:
        """Leave no trace of a flight that did not land, and no thread."""
        self._engine.shutdown(wait=False, cancel_futures=True)
        if self._landing is not None:
            self._landing.abandon()

    async def _in_engine(self, work: Callable[[], Result]) -> Result:
        async with self._lock:
            return await asyncio.get_running_loop().run_in_executor(self._engine, work)


__all__ = ["Answer", "Feed", "Landed", "Refused"]
