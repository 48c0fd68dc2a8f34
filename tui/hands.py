"""The same day with other hands, all that a debrief knows of: nobody's, a bot's, the oracle's; and the time before."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.base.flight import Flight
from sandbox.drill.air import Air, Script
from sandbox.drill.baselines import baselines
from sandbox.drill.debriefing import MOST, debriefed
from sandbox.drill.oracle import BUDGET
from sandbox.drill.seat import deal_of, debrief_sitting
from sandbox.lab.flights import prepare
from sandbox.lab.repeat import approved_as, plan_of
from sandbox.record.sittings import Filed, sitting
from sandbox.record.store import Store
from sandbox.report.debrief.acts import hands
from sandbox.report.debrief.exercise import Debrief
from tui.archive import Archive
from tui.whatif import CalledOffError, Told, told


@dataclass(frozen=True, slots=True)
class _Counted(Air):
    """The day, which says before each flight how far it is; raises CalledOffError where nobody waits any more."""

    watch: Callable[[float], bool] = lambda _: True
    flown: list[Script] | None = None

    def fly(self, script: Script = (), *, actor: str = "operator") -> Flight:  # type: ignore[override]
        """One more flight."""
        assert self.flown is not None
        if not self.watch(min(1.0, len(self.flown) / MOST)):
            raise CalledOffError
        self.flown.append(tuple(script))
        return Air.fly(self, script, actor=actor)


def sat(store: Store, run: str) -> Filed | None:
    """The drill that a run was flown in; None where it was none."""
    return sitting(store, run) if run else None


def by_others(
    flight: Flight, *, run: str, watch: Callable[[float], bool], drill: Filed | None = None, store: Store | None = None
) -> Debrief:
    """The whole debrief of a flight, for which its day is flown some twenty times; raises CalledOffError.

    A drill is debriefed as it was sat: with what was wrong, its hints and its pauses.
    """
    if drill is not None and store is not None:
        deal = deal_of(store, drill)
        day = _Counted(deal.plan, deal.seed, watch=watch, flown=[])
        return debrief_sitting(store, drill, found=baselines(day, deal.cause, budget=BUDGET))[0]
    plan = plan_of(flight.header, folder=Path(flight.header.source).parent)
    prepared = prepare(plan)
    plan = approved_as(flight, plan, inputs=prepared.inputs)
    air = _Counted(plan, flight.header.seed, prepared.recording, prepared.inputs, watch, [])
    return debriefed(flight, air, run=run, repeat=repeat_of(flight, run))


def repeat_of(flight: Flight, run: str) -> str:
    """What has this debrief again; what was done by hand in a flight that is not kept, nothing does again."""
    if run:
        return f"greenroom debrief {run}"
    lost = "  # without what was done by hand: the flight was not kept" if hands(flight) else ""
    return f"greenroom run {flight.header.source or flight.header.name} --seed {flight.header.seed}{lost}"


def time_before(archive: Archive, flight: Flight, *, run: str) -> Told | None:
    """What the last flight of this scenario before this one came to; None where there was none.

    Raises OSError and StoreError where the record cannot be read.
    """
    flights = [one for one in archive.flights() if one.name == flight.header.name and not one.trouble]
    runs = [one.run for one in flights]
    earlier = flights[runs.index(run) + 1 :] if run in runs else flights
    if not earlier:
        return None
    last = earlier[0]
    same_day = last.seed == flight.header.seed
    day = "same day" if same_day else f"other day, seed {last.seed}"
    return told(f"last time, {day}", archive.flight(last.run), same_day=same_day)
