"""A flight in pieces, so that somebody can be told how far it is; how it is cut changes nothing about it."""

from collections.abc import Callable

from sandbox.run.session import Session

SLICES = 100
"""In how many pieces a watched flight is flown."""

Watcher = Callable[[float], None]
"""Is told the part of a flight that is flown."""


def fly_on(session: Session, *, to: int, watch: Watcher | None = None) -> None:
    """Advance to an instant, in pieces while somebody watches."""
    duration = session.plan.document.scenario.duration
    to = min(to, duration)
    while watch is not None and (piece := session.now * SLICES // duration + 1) * duration // SLICES < to:
        session.advance(piece * duration // SLICES)
        watch(piece / SLICES)
    session.advance(to)
