"""A metric's value for one arm, with what it takes to judge it."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A number with the n it rests on and its standard error (NaN where none is known); unit as the metric says."""

    value: float
    n: int
    error: float = math.nan

    @property
    def empty(self) -> bool:
        """Whether there was nothing to read."""
        return self.n == 0 or math.isnan(self.value)


NOTHING = Reading(value=math.nan, n=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a gate is handed at one instant: its metric read over the current step, arm by arm.

    readings (arms,) over the step so far or over the gate's window; `step_started` and `bake_ends` in ns; `share` is
    what was set for the candidate under judgement.
    """

    at: int
    step: int
    share: float
    step_started: int
    bake_ends: int
    readings: tuple[Reading, ...]
