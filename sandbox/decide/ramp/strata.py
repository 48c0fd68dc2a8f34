"""Which segments the ramps of a flight treat alike: users of those that they do not are compared apart."""

from collections.abc import Iterable

from sandbox.decide.ramp.pacing import Pacing

MOST = 4
"""In more strata there would be too few buckets of users in each to know how far users differ."""


def strata_of(ramps: Iterable[Pacing], segments: tuple[str, ...]) -> tuple[int, ...]:
    """The stratum of each segment, from 0; empty where no step has shares by segment."""
    steps = [step for ramp in ramps for step in ramp.climbs if step.shares]
    if not steps:
        return ()
    treated = [tuple(step.share_in(segment) for step in steps) for segment in segments]
    kinds = list(dict.fromkeys(treated))
    return tuple(kinds.index(one) for one in treated)
