"""Drills as the cockpit flies them: a feed that knows less, counts pauses, and ends in a scored debrief."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.base.command import Answer
from sandbox.cli.families import curriculum, families
from sandbox.cli.stores import default_store
from sandbox.drill.curriculum import Curriculum
from sandbox.drill.family import Family
from sandbox.drill.seat import Seat, land_sitting
from sandbox.record.sittings import sittings
from sandbox.record.store import Store
from sandbox.report.debrief.points import PAUSE
from sandbox.run.roster import Roster
from tui.feed import Feed, Landed
from tui.pace import Pace
from tui.shelf import is_family

DESK = "you"
"""Who sits at this desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """A drill that may be sat."""

    name: str
    title: str
    briefing: str
    level: int
    duration: int
    speed: float
    teaches: str
    family: Family = field(repr=False)

    @property
    def roster(self) -> Roster:
        """Who and what there is by name, which no case changes."""
        return Roster.of(self.family.plan)

    def take_off(self, store: Path | None) -> "DrillFeed":
        """Deal one case; raises DealError and what a world may raise."""
        place = Store(store or default_store())
        return DrillFeed(Seat.take(place, self.family, operator=DESK, mode="live"), place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The drills there are, in the order in which they are sat, and how far somebody at this desk has come."""

    title: str
    drills: tuple[Exercise, ...]
    next: str
    """What to sit next, and why."""
    because: str
    points: Mapping[str, float]
    """The average of the last sittings of each drill that was sat and scored."""
    passed: float
    """The points from which a drill counts as learned."""


def course(place: Path | None, *, own: Path, store: Path | None) -> Course:
    """The drills of a folder or a curriculum file; where none is named those in a folder of one's own, and the bundled.

    Raises UsageError, ScenarioError and StoreError.
    """
    sat = [one for one in sittings(Store(store or default_store())) if one.operator == DESK]
    found = curriculum(place) if place is not None else Curriculum(families=(*_own(own), *families()))
    averages = {one.name: found.average(sat, one.name) for one in found.families}
    suggested = found.suggested(sat)
    return Course(
        title=found.title, drills=tuple(exercise_of(one) for one in found.families), next=suggested,
        because=found.because(sat, suggested), passed=found.passed,
        points={name: points for name, points in averages.items() if points is not None},
    )


def _own(folder: Path) -> tuple[Family, ...]:
    """The families in a folder; none, where none of its files is one."""
    if not any(is_family(path) for path in folder.glob("*.toml")):
        return ()
    bundled = {one.name for one in families()}
    return tuple(one for one in curriculum(folder).families if one.name not in bundled)


def exercise_of(one: Family) -> Exercise:
    """A family as a drill that may be sat."""
    return Exercise(
        name=one.name, title=one.title, briefing=one.table.briefing.strip(), level=one.table.level,
        duration=one.plan.document.scenario.duration, speed=one.table.speed, teaches=one.table.teaches, family=one,
    )


class DrillFeed(Feed):
    """A drill in the air."""

    blind = True
    begun = True
    """A drill that was dealt is on file."""

    def __init__(self, seat: Seat, store: Store) -> None:
        self.seat, self._store = seat, store
        drill = seat.drill
        super().__init__(
            drill.session.plan, seed=drill.session.seed, session=drill.session, pace=Pace(speed=drill.speed)
        )
        self.briefing = drill.briefing

    def play(self) -> None:
        """Let the clock run."""
        self.seat.drill.resume()
        super().play()

    def pause(self) -> None:
        """Stop the clock, which is counted."""
        if not self.pace.paused and not self.ended:
            self.seat.drill.pause()
        super().pause()

    @property
    def toll(self) -> str:
        """What the pauses cost so far, that which is under way included."""
        count = len(self.seat.drill.pauses) + self.seat.drill.paused
        return f"{count} {'pause' if count == 1 else 'pauses'}, {PAUSE * count:.0f} points" if count else ""

    def _give(self, kind: str, arguments: dict[str, str | int | float | bool]) -> Answer:
        return self.seat.act(kind, **arguments)

    async def hint(self) -> str:
        """The next hint; raises DrillError where there is none."""
        return await self._in_engine(self.seat.hint)

    def _land(self) -> Landed:
        """Land what was sat; its debrief takes twenty more flights, which the screen that shows it has flown."""
        self.seat.end()
        flight, run = land_sitting(self._store, self.seat.filed)
        self.landed = True
        return Landed(flight=flight, run=run)

    def close(self) -> None:
        """Get up: what was done until now is on file."""
        self.seat.leave()
        super().close()
