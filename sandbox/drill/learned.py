"""What sittings tell of who sat them: whether points rise, which part of the score they lose, and by which habit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from sandbox.record.sittings import Filed
from sandbox.report.debrief.points import DECISION, DIAGNOSIS, PROCESS

PARTS = {"decision": DECISION, "diagnosis": DIAGNOSIS, "process": PROCESS}
"""What each part of the score can give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What costs somebody points: how many in all, in so many of so many sittings."""

    says: str
    lost: float
    times: int
    of: int


def scored(sat: Sequence[Filed]) -> list[Filed]:
    """The sittings that were debriefed and whose clock ran as it should; practice compares with nothing."""
    return [one for one in sat if one.debriefed and one.mode != "practice"]


def trend(sat: Sequence[Filed]) -> tuple[float, float, int] | None:
    """Points on average at first and of late, each over so many sittings; None where there are fewer than two."""
    half = len(sat) // 2
    if not half:
        return None
    return fmean(_part(one, "total") for one in sat[:half]), fmean(_part(one, "total") for one in sat[-half:]), half


def parts(sat: Sequence[Filed]) -> dict[str, float]:
    """The mean of each part of the score."""
    return {name: fmean(_part(one, name) for one in sat) for name in PARTS}


def habits(sat: Sequence[Filed]) -> list[Habit]:
    """Where points were lost, by what was done, the dearest first."""
    idle = [one for one in sat if not one.debriefed["needed"]]
    due = [one for one in sat if one.debriefed["needed"]]
    found = [
        _habit("acting where nothing needed it", idle, lambda one: DECISION - _part(one, "decision")),
        _habit("users who could have been spared, and were not", due, lambda one: DECISION - _part(one, "decision")),
        _habit("the cause not named, or another", sat, lambda one: DIAGNOSIS - _part(one, "diagnosis")),
        _habit("duties left out, as declaring or an update", sat, lambda one: PROCESS - _part(one, "process")),
        _habit("hints", sat, lambda one: _part(one, "hints")),
        _habit("pauses", sat, lambda one: _part(one, "pauses")),
        _habit("what the runbook forbids", sat, lambda one: _part(one, "forbidden")),
    ]
    return sorted((one for one in found if one.times), key=lambda one: -one.lost)


def _habit(says: str, sat: Sequence[Filed], cost: Callable[[Filed], float]) -> Habit:
    lost = [round(cost(one), 1) for one in sat]
    return Habit(says=says, lost=sum(lost), times=sum(one > 0.0 for one in lost), of=len(sat))


def _part(one: Filed, name: str) -> float:
    return float(one.debriefed["points"][name])
