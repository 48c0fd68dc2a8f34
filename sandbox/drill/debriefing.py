"""Debriefing: what a flight came to, beside the same day with other hands."""

from collections.abc import Mapping

from sandbox.base.flight import Flight
from sandbox.base.units import NS_PER_SECOND
from sandbox.drill.air import Air, Script
from sandbox.drill.baselines import Baselines, baselines
from sandbox.drill.causes import CLASSES, cause_in
from sandbox.drill.drill import Drill
from sandbox.drill.oracle import BUDGET, moved
from sandbox.record.sittings import Given
from sandbox.report.debrief.acts import MITIGATING, acts
from sandbox.report.debrief.cause import Cause
from sandbox.report.debrief.exercise import NOTHING, Around, Debrief, debrief
from sandbox.report.debrief.points import Sitting
from sandbox.scenario.plan import Plan

MOST = BUDGET + 3
"""So many flights of its day a debrief takes at most, unless it is given another budget."""
LATER = 10 * 60 * NS_PER_SECOND
SAME_LATER = "the same done ten minutes later"


def debriefed(
    flight: Flight, air: Air, *, cause: Cause | None = None, sitting: Sitting | None = None, run: str = "",
    repeat: str = "", budget: int = BUDGET, found: Baselines | None = None, later: bool = True,
) -> Debrief:
    """The debrief of a flight over its day; the cause is what stands in the plan or showed, unless it is said.

    `later` has the same done once more, later.
    """
    still = air.fly() if found is None else found.flights[NOTHING]
    wrong = cause_in(air.plan.document, still) if cause is None else cause
    others = baselines(air, wrong, budget=budget, still=still) if found is None else found
    beside = dict(others.flights)
    if later and any(one.accepted and one.kind in MITIGATING for one in acts(flight)):
        beside[SAME_LATER] = air.fly(moved(given(flight), by=LATER))
    around = Around(beside=beside, classes=CLASSES, reads=reads(air.plan), says=others.says)
    return debrief(flight, wrong, around, sitting=sitting, run=run, repeat=repeat)


def debrief_of(drill: Drill, *, run: str = "", repeat: str = "", budget: int = BUDGET) -> Debrief:
    """The debrief of a drill, which it ends."""
    flight = drill.finish()
    deal = drill.deal
    air = Air(deal.plan, deal.seed)
    return debriefed(flight, air, cause=deal.cause, sitting=drill.sitting, run=run, repeat=repeat, budget=budget)


def given(flight: Flight) -> Script:
    """What people commanded in a flight, to be commanded again; what a runbook's step did, and what roles did
    that were called, comes about by itself.
    """
    return tuple(
        Given(at=one.at, kind=one.kind, arguments=one.arguments)
        for one in acts(flight) if one.accepted and one.origin not in ("runbook", "called")
    )


def reads(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """The metrics that each alert of a plan reads."""
    return {alert.name: tuple(alert.reads) for alert in plan.document.all_alerts}

