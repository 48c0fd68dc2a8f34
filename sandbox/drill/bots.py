"""Operators that always do one thing, whatever they see: what a drill must not reward. One is the policy alone."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from sandbox.base.flight import Flight
from sandbox.drill.air import Air, Script
from sandbox.drill.baselines import Baselines, at_first_page, baselines
from sandbox.drill.debriefing import debriefed
from sandbox.drill.family import Deal, Family
from sandbox.record.sittings import Given
from sandbox.report.debrief.exercise import ALONE, NOTHING, ORACLE, Debrief


@dataclass(frozen=True, slots=True)
class Bot:
    """What it is called, what it always says is wrong, and what it does on a day; whether nobody is asked then."""

    name: str
    says: str
    does: Callable[[Air, Flight], Script]
    alone: bool = False


def _nothing(_: Air, still: Flight) -> Script:
    return ()


def _at_once(kind: str) -> Callable[[Air, Flight], Script]:
    def does(air: Air, _: Flight) -> Script:
        at = air.plan.document.ramp.start + air.plan.document.scenario.tick
        return (Given(at=at, kind=kind, arguments={}),)

    return does


BOTS = (
    Bot("does nothing", "none", _nothing),
    Bot("policy only", "none", _nothing, alone=True),
    Bot("rolls back at once", "errors", _at_once("roll back")),
    Bot("rolls back at the first page", "errors", lambda air, still: at_first_page(still)),
    Bot("holds at once", "none", _at_once("hold")),
    Bot("promotes at once", "none", _at_once("promote")),
)
"""Each acknowledges what it is told at once and names the same cause every time; of "policy only" nobody is asked, so
that what it waits for is approved at once."""


def points_of(deal: Deal, *, budget: int) -> dict[str, float]:
    """The points of every bot, and of the oracle, in one drill; the oracle alone knows what to say."""
    air = Air(deal.plan, deal.seed)
    found = baselines(air, deal.cause, budget=budget)
    points = {bot.name: _sat(bot, air, deal, found=found).points.total for bot in BOTS}
    oracle = Bot(ORACLE, deal.cause.kind, lambda air, still: found.oracle.script)
    return points | {ORACLE: _sat(oracle, air, deal, found=found).points.total}


def _sat(bot: Bot, air: Air, deal: Deal, *, found: Baselines) -> Debrief:
    still = found.flights[ALONE if bot.alone else NOTHING]
    script, page = bot.does(air, still), at_first_page(still)
    told = tuple(Given(at=one.at, kind="acknowledge", arguments={}) for one in page)
    at = max((one.at for one in (*script, *told)), default=0) + 1
    last = Given(at=at, kind="diagnose", arguments={"cause": bot.says})
    flown = air.alone() if bot.alone else air
    flight = flown.fly((*sorted((*told, *script), key=lambda one: one.at), last))
    return debriefed(flight, air, cause=deal.cause, found=found, later=False)


@dataclass(frozen=True, slots=True)
class Mean:
    """Points on average, and the standard error of that which comes from the seeds."""

    points: float
    error: float


def measured(family: Family, *, seed: int, seeds: int, budget: int) -> dict[str, Mean]:
    """The mean points of every bot over the cases of a family, each as often as it is dealt, at some seeds each."""
    cases = family.table.cases
    seen = [
        [points_of(family.deal(seed=seed + len(cases) * again + number, case=case.name), budget=budget)
         for again in range(seeds)]
        for number, case in enumerate(cases)
    ]
    parts = [case.weight / sum(one.weight for one in cases) for case in cases]
    return {name: _mean(parts, [[one[name] for one in row] for row in seen]) for name in seen[0][0]}


def _mean(parts: Sequence[float], points: Sequence[Sequence[float]]) -> Mean:
    """The weighted mean over cases of the means over seeds."""
    drawn = zip(parts, points, strict=True)
    error = math.sqrt(sum((part**2) * variance(one) / len(one) for part, one in drawn))
    return Mean(sum(part * fmean(one) for part, one in zip(parts, points, strict=True)), error)


def over_all(found: Sequence[Mean]) -> Mean:
    """The mean over families, each counted alike."""
    return Mean(fmean(one.points for one in found), math.hypot(*(one.error for one in found)) / len(found))
