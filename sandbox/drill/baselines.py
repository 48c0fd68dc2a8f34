"""The same day with other hands: nobody's, the policy's alone, the oracle's, those of whoever rolls back when paged.

What the oracle may try follows from what is struck. Where nothing needs anybody it does nothing but approve what waits
for an approval. Where the incumbent is struck it may send people to the candidate; otherwise it may take them away from
it, all, or one segment of them, hold the ramp, mend the candidate's pool, follow the plan's rollback recipes, and
approve. It never promotes for the candidate's own sake: that would teach haste.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.base.arms import INCUMBENT
from sandbox.base.flight import Flight
from sandbox.drill.air import Air, Script
from sandbox.drill.oracle import BUDGET, Move, Oracle, oracle
from sandbox.record.sittings import Given
from sandbox.report.alerts import told
from sandbox.report.debrief.cause import Cause
from sandbox.report.debrief.exercise import ALONE, NOTHING, ORACLE
from sandbox.report.debrief.skill import net_harm
from sandbox.report.harm import onset

FIRST_PAGE = "rolled back at the first page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baselines:
    """The flights beside a flight, by whose hands; and from when on harm was to be seen, in ns, or None."""

    observable_at: int | None
    flights: Mapping[str, Flight] = field(repr=False)
    oracle: Oracle

    @property
    def says(self) -> dict[str, str]:
        """What the oracle did, in words."""
        return {ORACLE: self.oracle.says}


def baselines(air: Air, cause: Cause, *, budget: int = BUDGET, still: Flight | None = None) -> Baselines:
    """Nobody's flight, where it was not flown yet, the policy's alone, the first page's, and the oracle's."""
    still = still or air.fly()
    seen = onset(still)
    observable = None if cause.control or seen is None else seen.evident_at
    first = _first(air, cause, observable)
    best = oracle(
        air.fly, net_harm, still=still, moves=moves(air, cause), recipes=recipes(air, cause, first=first), first=first,
        budget=budget,
    )
    page = at_first_page(still)
    flights = {
        NOTHING: still, ALONE: air.alone().fly() if air.waits else still,
        FIRST_PAGE: air.fly(page) if page else still, ORACLE: best.flight,
    }
    return Baselines(observable_at=observable, flights=flights, oracle=best)


def moves(air: Air, cause: Cause) -> tuple[Move, ...]:
    """What may be tried about a cause."""
    document = air.plan.document
    roles = dict.fromkeys(one.role for one in air.plan.policy.ramp.approvals)
    approved: tuple[Move, ...] = tuple(("approve", {"role": role}) for role in roles)
    if cause.needless:
        return approved
    if cause.model == document.arms[INCUMBENT]:
        return (("promote", {}), ("advance", {}), ("hold", {}))
    arm = document.ramp.model
    segments = [one.name for one in document.segments]
    apart = tuple(("divert", {"segment": name}) for name in segments if len(segments) > 1)
    replicas = air.session().standing.replicas.get(arm, 0)
    mended: tuple[Move, ...] = (("restart", {"model": arm}),)
    if replicas:
        mended += (("scale", {"model": arm, "replicas": 2 * replicas}),)
    return (("roll back", {}), *apart, ("hold", {}), *mended, *approved)


def recipes(air: Air, cause: Cause, *, first: int) -> tuple[Script, ...]:
    """The rollback recipes of the plan's runbooks, each step given the time that the one before it may take."""
    if cause.needless:
        return ()
    scripts = []
    for book in air.plan.document.runbook.values():
        at, script = first, list[Given]()
        for step in book.rollback.steps:
            if step.asked is not None:
                kind, arguments = step.asked
                script.append(Given(at=at, kind=kind, arguments=arguments))
            at += step.within
        scripts.append(tuple(script))
    return tuple(filter(None, scripts))


def _first(air: Air, cause: Cause, observable: int | None) -> int:
    """The instant from which the oracle may act: when harm was to be seen, else a tick after it was struck."""
    if observable is not None:
        return observable
    return (cause.at or 0) + air.plan.document.scenario.tick


def at_first_page(still: Flight) -> Script:
    """What the bot does that rolls back whenever it is told of anything; nothing where it never is."""
    first = next((one.at for one in told(still) if one.firing), None)
    return () if first is None else (Given(at=first, kind="roll back", arguments={}),)


Bot = Callable[[Air, Flight], Script]
"""From the day and the flight in which nobody acts to what a bot does."""
