"""What a flight is flown again from: the briefing of its scenario, or of the drill that it was."""

from pathlib import Path

from sandbox.base.flight import Flight
from sandbox.drill.seat import family_of
from sandbox.lab.repeat import plan_of
from sandbox.record.sittings import Filed
from tui.exercises import exercise_of
from tui.screens.briefing import Briefing
from tui.screens.drill_briefing import DrillBriefing


def scenario_again(flight: Flight, *, seed: int) -> Briefing:
    """The briefing of its scenario as it was flown, on a day."""
    source = Path(flight.header.source)
    return Briefing(plan_of(flight.header, folder=source.parent), path=source, seed=seed)


def drill_again(filed: Filed) -> DrillBriefing:
    """The briefing of the drill; which case is dealt nobody knows, as before."""
    return DrillBriefing(exercise_of(family_of(filed)))
