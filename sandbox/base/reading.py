"""A metric's value for one arm, with what it takes to judge it; and what a gate is handed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

Unit = Literal["share", "seconds", "money", "ratio", "index", "count", "per_second", "bytes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Null:
    """What a distance between two samples would be were they of one kind: scale times a chi-squared of `freedom`
    degrees, or scale times Kolmogorov's distribution where freedom is 0; the largest of `among` such.
    """

    scale: float
    freedom: int
    among: int = 1

    def quantile(self, level: float) -> float:
        """The value that only 1 - level of such samples exceed (Šidák's correction where it is the largest of many)."""
        from scipy.special import chdtri, kolmogi

        beyond = -math.expm1(math.log(level) / self.among)
        return self.scale * float(chdtri(self.freedom, beyond) if self.freedom else kolmogi(beyond))


@dataclass(frozen=True, slots=True)
class ByUser:
    """How a reading was spread over users: n and total (64,) by bucket of users, so that the value is their quotient.

    `firsts` is how many of its hits were their user's first while shares drew arms, -1 where that was not counted.
    Of `strata` the buckets of each come one after the other, as many of each; what is left at the end is empty.
    """

    n: npt.NDArray[np.float64]
    total: npt.NDArray[np.float64]
    firsts: int = -1
    strata: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A number with the n it rests on and its standard error (NaN where none is known); unit as the metric says.

    `hits` is how many of the n there were where the number is a share, -1 elsewhere; `null` says what a distance would
    be by chance; `by_user` where users were told apart.
    """

    value: float
    n: int
    error: float = math.nan
    hits: int = -1
    null: Null | None = None
    by_user: ByUser | None = field(default=None, repr=False, compare=False)

    @property
    def empty(self) -> bool:
        """Whether there was nothing to read."""
        return self.n == 0 or math.isnan(self.value)


NOTHING = Reading(value=math.nan, n=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a metric is, whatever its value: its unit, its direction, and whether it waits for labels to mature.

    `estimated` says that it was inferred without labels: a gate on it may hold or roll back, but its PASS alone lets
    nothing advance.
    """

    name: str
    unit: Unit
    lower_is_better: bool
    matured: bool = False
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One window by itself: when it was, and the step and shares (arms,) at which its requests were routed."""

    start: int
    end: int
    step: int
    share: tuple[float, ...]
    readings: Mapping[str, tuple[Reading, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a gate is handed at one instant: the metrics it reads, each arm by arm, and what they are.

    `merged` is read over the gate's stretch: the step so far, the flight so far or the last while; `looks` are the
    windows that became readable since the gate was last asked, oldest first; of a gate that lasts the flight they may
    belong to earlier steps. `step_started` and `bake_ends` in ns;
    `arm` is the candidate under judgement and `share` what was set for it.
    """

    at: int
    arm: int
    step: int
    share: float
    step_started: int
    bake_ends: int
    merged: Mapping[str, tuple[Reading, ...]]
    measures: Mapping[str, Measure]
    looks: tuple[Look, ...] = ()
