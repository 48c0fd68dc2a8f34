"""A drill while it is flown: what its operator may see and do, and what it is kept from seeing until the debrief.

It is the one object that a cockpit, a protocol or a script drives. The clock is the caller's: `run` takes seconds of
wall clock at the fixed speed, `advance` flies to an instant. Neither pausing nor being slow changes the flight; pauses
and hints are counted beside it, since the journal knows only the flight's own time.
"""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from sandbox.base.command import Answer
from sandbox.base.flight import Flight
from sandbox.base.journal import Entry
from sandbox.base.units import NS_PER_SECOND
from sandbox.drill.causes import CLASSES
from sandbox.drill.family import Deal, amended
from sandbox.record.sittings import Given
from sandbox.report.debrief.points import Sitting
from sandbox.run.session import Session

UNSEEN = ("window",)
"""Entries that say nothing to anybody."""


class DrillError(Exception):
    """Something was asked that a drill does not do now; the message says why."""


class Drill:
    """One sitting of a dealt drill."""

    def __init__(
        self, deal: Deal, *, operator: str = "operator", mode: str = "live", speed: float | None = None,
        chosen: bool = False, clock: Callable[[], float] = monotonic,
    ) -> None:
        self._deal = deal
        self.operator = operator
        self.session = Session(deal.plan, seed=deal.seed)
        self.mode = mode if speed in (None, deal.family.table.speed) else "practice"
        self.speed = deal.family.table.speed if speed is None else speed
        self._chosen, self._clock = chosen, clock
        self.given: list[Given] = []
        """Every command so far, granted or not: what it takes to fly the drill again."""
        self._hints: list[str] = []
        self._injected: list[str] = []
        self._pauses: list[tuple[int, float]] = []
        self._paused_since: float | None = None
        self._told = 0
        self._flight: Flight | None = None

    # What the operator is told before the clock starts.

    @property
    def title(self) -> str:
        """The drill's name, which gives nothing away."""
        return self._deal.family.title

    @property
    def briefing(self) -> str:
        """What is known when it begins."""
        return self._deal.family.table.briefing.strip()

    @property
    def duration(self) -> int:
        """How long it lasts, in ns of the flight's clock."""
        return self._deal.plan.document.scenario.duration

    @property
    def diagnoses(self) -> Mapping[str, str]:
        """Every kind that a diagnosis may name, and its class."""
        return CLASSES

    @property
    def hints_left(self) -> int:
        """How many hints may still be asked for."""
        return len(self._deal.hints) - len(self._hints)

    # Flying.

    @property
    def now(self) -> int:
        """The flight's clock, in ns."""
        return self.session.now

    @property
    def over(self) -> bool:
        """Whether the flight has come to its end."""
        return self._flight is not None or self.now >= self.duration

    @property
    def paused(self) -> bool:
        """Whether the clock stands still."""
        return self._paused_since is not None

    def run(self, seconds: float) -> None:
        """Fly on for some seconds of wall clock at the drill's speed; nothing while it is paused."""
        if not self.paused:
            self.advance(self.now + round(seconds * self.speed * NS_PER_SECOND))

    def advance(self, to: int) -> None:
        """Fly to an instant, or to the end where that is sooner."""
        if self._flight is None:
            self.session.advance(min(to, self.duration))

    def pause(self) -> None:
        """Stop the clock; every pause is counted and costs points."""
        if not self.paused:
            self._paused_since = self._clock()

    def resume(self) -> None:
        """Let the clock go on."""
        if self._paused_since is not None:
            self._pauses.append((self.now, self._clock() - self._paused_since))
            self._paused_since = None

    # Acting and seeing.

    def act(self, kind: str, **arguments: Any) -> Answer:
        """Give a command; raises DrillError once the flight is over."""
        if self.over:
            raise DrillError("the drill is over; ask for its debrief")
        self.given.append(Given(at=self.now, kind=kind, arguments=dict(arguments)))
        return self.session.apply(kind, actor=self.operator, **arguments)

    def hint(self) -> str:
        """The next hint, which costs points; raises DrillError where there is none left."""
        if self.over:
            raise DrillError("the drill is over; ask for its debrief")
        if not self.hints_left:
            raise DrillError("there is no further hint")
        self._hints.append(self._deal.hints[len(self._hints)])
        return self._hints[-1]

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints that were taken."""
        return tuple(self._hints)

    @property
    def pauses(self) -> tuple[tuple[int, float], ...]:
        """The pauses so far, each as (ns of the flight's clock, seconds it took)."""
        return tuple(self._pauses)

    def inject(self, table: dict[str, Any]) -> None:
        """An instructor's live event: a fault or drift, as a scenario writes it, strikes now.

        The day is amended and flown again up to this instant with the same commands, so it is as if it had always been
        planned: nothing before it differs, and what comes of it is repeated by every flight of that day. `session` is
        another object afterwards. Raises DrillError once the flight is over, and ScenarioError where it cannot be.
        """
        if self.over:
            raise DrillError("the drill is over; nothing can be injected any more")
        deal, now = amended(self._deal, table, at=self.now), self.now
        session = Session(deal.plan, seed=deal.seed)
        for one in self.given:
            session.advance(one.at)
            session.apply(one.kind, actor=self.operator, **one.arguments)
        session.advance(now)
        self._deal, self.session = deal, session
        self._injected.append(str(table.get("kind", "")))

    def news(self) -> tuple[Entry, ...]:
        """What the flight log shows since it was last asked for: no truth, and nothing that would name the case."""
        open_ = [seen for entry in self.session.journal.entries if (seen := visible(entry)) is not None]
        fresh, self._told = tuple(open_[self._told :]), len(open_)
        return fresh

    # The end.

    def finish(self) -> Flight:
        """Fly to the end and return the flight, truth and all: it is for the debrief."""
        if self._flight is None:
            self.resume()
            self._flight = self.session.finish()
        return self._flight

    @property
    def deal(self) -> Deal:
        """What was dealt; raises DrillError before the flight is over."""
        if not self.over:
            raise DrillError("what was dealt is told in the debrief")
        return self._deal

    @property
    def sitting(self) -> Sitting:
        """How it was sat, which no journal knows."""
        return Sitting(
            family=self._deal.family.name, case=self._deal.dealt.name, operator=self.operator, mode=self.mode,
            speed=self.speed, hints=tuple(self._hints), pauses=tuple(self._pauses), injected=tuple(self._injected),
            chosen=self._chosen, lesson=self._deal.dealt.lesson,
        )


def visible(entry: Entry) -> Entry | None:
    """An entry of the flight log as an operator may see it; None where it is not for them."""
    if entry.truth or entry.kind in UNSEEN:
        return None
    if entry.kind == "begin":
        return Entry(entry.at, entry.kind, {"title": entry.facts["title"]})
    return entry
