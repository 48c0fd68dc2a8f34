"""The same day with other hands: the flight again on its seed, with what was done up to a moment, and then something
else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.base.clock import clock
from sandbox.base.command import Refused
from sandbox.base.flight import Flight
from sandbox.lab.flights import prepare
from sandbox.lab.repeat import approved_as, plan_of
from sandbox.report.debrief.acts import POLICY
from sandbox.report.debrief.exercise import on_call
from sandbox.report.decisions import decisions
from sandbox.report.harm import Harm, harm
from sandbox.run.session import Session

PIECES = 50


class CalledOffError(Exception):
    """Somebody does not want to know any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a flight came to."""

    name: str
    outcome: str
    harm: Harm
    over_at: int | None
    same_day: bool = True
    """Whether it is the day that is debriefed; another one has other users, and other luck."""


def told(name: str, flight: Flight, *, same_day: bool = True) -> Told:
    """What this flight came to."""
    endings = [one.at for one in decisions(flight) if one.what in ("promote", "roll back", "abort")]
    return Told(name=name, outcome=flight.outcome, harm=harm(flight), over_at=endings[-1] if endings else None,
                same_day=same_day)


def unmanned(flight: Flight) -> str:
    """Who is left where nobody sits there."""
    return "on call alone" if on_call(flight) else "nobody at the desk"


def otherwise(flight: Flight, *, at: int, kind: str, watch: Callable[[float], bool]) -> Told:
    """The flight with what people did before an instant, then one command, then nobody but whom the plan has
    on call; "" gives none.

    `watch` is told how far it is, and says whether to go on; raises CalledOffError where not.
    """
    plan = plan_of(flight.header, folder=Path(flight.header.source).parent)
    prepared = prepare(plan)
    plan = approved_as(flight, plan, inputs=prepared.inputs)
    session = Session(plan, seed=flight.header.seed, recording=prepared.recording, inputs=prepared.inputs)
    for entry in flight.journal:
        # What the plan itself has done, or a runbook that somebody followed, is done again by itself.
        own = entry.kind == "command" and not (entry.facts["actor"] == POLICY or entry.facts.get("origin"))
        if own and entry.at < at:
            session.advance(entry.at)
            session.apply(entry.facts["kind"], actor=entry.facts["actor"], **entry.facts["arguments"])
    name = f"{kind} at {clock(at)}" if kind else unmanned(flight)
    _fly(session, at, flight.ended_at, watch, 0, 25)
    if kind and isinstance(answer := session.apply(kind, actor="what if"), Refused):
        name = f"{name} (refused: {answer.reason})"
    _fly(session, flight.ended_at, flight.ended_at, watch, 25, PIECES)
    return told(name, session.finish())


def _fly(
    session: Session, to: int, end: int, watch: Callable[[float], bool], first: int, last: int
) -> None:
    start = session.now
    for piece in range(first + 1, last + 1):
        session.advance(min(end, start + (to - start) * (piece - first) // (last - first)))
        if not watch(piece / PIECES):
            raise CalledOffError
