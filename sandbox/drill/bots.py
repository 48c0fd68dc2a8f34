"""Operators that always do one thing, whatever they see: what a drill must not reward."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.base.flight import Flight
from sandbox.drill.air import Air, Script
from sandbox.drill.baselines import Baselines, at_first_page, baselines
from sandbox.drill.debriefing import debriefed
from sandbox.drill.family import Deal, Family
from sandbox.record.sittings import Given
from sandbox.report.debrief.exercise import NOTHING, ORACLE, Debrief


@dataclass(frozen=True, slots=True)
class Bot:
    """What it is called, what it always says is wrong, and what it does on a day."""

    name: str
    says: str
    does: Callable[[Air, Flight], Script]


def _at_once(kind: str) -> Callable[[Air, Flight], Script]:
    def does(air: Air, _: Flight) -> Script:
        at = air.plan.document.ramp.start + air.plan.document.scenario.tick
        return (Given(at=at, kind=kind, arguments={}),)

    return does


BOTS = (
    Bot("does nothing", "none", lambda air, still: ()),
    Bot("rolls back at once", "errors", _at_once("roll back")),
    Bot("rolls back at the first page", "errors", lambda air, still: at_first_page(still)),
    Bot("holds at once", "none", _at_once("hold")),
    Bot("promotes at once", "none", _at_once("promote")),
)
"""Each acknowledges what it is told at once and names the same cause every time."""


def points_of(deal: Deal, *, budget: int) -> dict[str, float]:
    """The points of every bot, and of the oracle, in one drill; the oracle alone knows what to say."""
    air = Air(deal.plan, deal.seed)
    found = baselines(air, deal.cause, budget=budget)
    still = found.flights[NOTHING]
    scripts = {bot.name: (bot.does(air, still), bot.says) for bot in BOTS}
    scripts[ORACLE] = (found.oracle.script, deal.cause.kind)
    return {
        name: _sat(air, deal, script, says=says, found=found).points.total for name, (script, says) in scripts.items()
    }


def _sat(air: Air, deal: Deal, script: Script, *, says: str, found: Baselines) -> Debrief:
    page = at_first_page(found.flights[NOTHING])
    told = tuple(Given(at=one.at, kind="acknowledge", arguments={}) for one in page)
    at = max((one.at for one in (*script, *told)), default=0) + 1
    last = Given(at=at, kind="diagnose", arguments={"cause": says})
    flight = air.fly((*sorted((*told, *script), key=lambda one: one.at), last))
    return debriefed(flight, air, cause=deal.cause, found=found, later=False)


def means(family: Family, *, seed: int, budget: int) -> dict[str, float]:
    """The mean points of every bot over the cases of a family, each as often as it is dealt."""
    weights = [case.weight for case in family.table.cases]
    sums = dict[str, float]()
    for number, case in enumerate(family.table.cases):
        for name, points in points_of(family.deal(seed=seed + number, case=case.name), budget=budget).items():
            sums[name] = sums.get(name, 0.0) + case.weight * points
    return {name: total / sum(weights) for name, total in sums.items()}
