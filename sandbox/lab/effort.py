"""How long a search takes, reckoned from the plan alone, and how much of one fits into an hour.

What is reckoned is the same on every machine and at every hour, so a search that chooses its size by it is the same
search when it is repeated. It is right within a factor of three for most days; a flight's own clock knows better, and
the progress tells that.
"""

from dataclasses import replace

from sandbox.base.units import NS_PER_SECOND
from sandbox.lab.flights import recording_of
from sandbox.lab.tune import DAYS, OTHER_DAYS, TRIALS, Search
from sandbox.scenario.plan import Plan
from sandbox.world.models.scoring import Scoring
from sandbox.world.traffic.replay import Replay

BUDGET = 3_600.0
"""How many reckoned seconds of one process a search may take that is given no size."""

SIZES = ((TRIALS, DAYS, OTHER_DAYS), (20, 4, 16), (12, 3, 12), (8, 2, 8))
"""Trials, seeds of each and held-out seeds of a search, from the widest to the narrowest that is worth its name."""

FAST, SLOW = 2_000_000.0, 50_000.0
"""Requests that fly in a second: in columns, and where models are code or pools are served event by event."""

A_TICK = 0.003
"""Seconds that a window takes, with its gates and alerts."""


def reckoned(plan: Plan) -> float:
    """About how many seconds one flight takes in one process; raises RecordingError."""
    document = plan.document
    traffic, story = document.traffic, document.scenario
    if isinstance(traffic, Replay):
        requests = float((recording_of(plan, traffic).at < story.duration).sum())
    else:
        requests = float(traffic.mean_rate) * story.duration / NS_PER_SECOND
    code = any(isinstance(one, Scoring) for name, model in document.models.items() for _, one in model.parts(name))
    slow = code or any(service.by_events for service in document.services.values())
    return requests / (SLOW if slow else FAST) + A_TICK * story.duration / story.tick


def sized(search: Search, *, each: float, trials: int | None, seeds: int | None, held_out: int | None) -> Search:
    """The widest search that fits into the budget where a flight takes `each` seconds, else the narrowest; what is
    given stays.
    """
    for size in SIZES:
        tries, days, others = (own or usual for own, usual in zip((trials, seeds, held_out), size, strict=True))
        search = replace(search, trials=tries, seeds=days, held_out=others)
        if search.total * each <= BUDGET:
            break
    return search


def widest(search: Search) -> Search:
    """The search of the size that a short day gets."""
    trials, seeds, held_out = SIZES[0]
    return replace(search, trials=trials, seeds=seeds, held_out=held_out)
