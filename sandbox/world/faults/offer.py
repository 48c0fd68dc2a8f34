"""What a pool is offered, as columns that faults change: how long each request takes, and how it goes wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.telemetry import Flags, Floats, Ints

LONGEST = float(86_400 * 10**9)
"""The longest service time there is, in ns."""


@dataclass(frozen=True, slots=True)
class Offer:
    """demand (n,) ns of service; rate (n,) the chance that each errs; lost (n,) whether it never gets to the pool."""

    demand: Ints
    rate: npt.NDArray[np.float64]
    lost: Flags


@dataclass(frozen=True, slots=True)
class Around:
    """What a fault may look at: at (n,) ns of arrival; since when it lies on the pool; the pool's timeout, ns.

    luck() (n,) uniform, the fault's own; of(model) the demand (n,) and the error rate another model would have;
    shadowed (n,) whether another arm answers it unseen; left (n,) whether its user was a candidate's and is no more.
    """

    at: Ints
    since: int
    luck: Callable[[], Floats]
    of: Callable[[str], tuple[Ints, float]]
    shadowed: Flags
    left: Flags


def slower(demand: Ints, factor: float | npt.NDArray[Any]) -> Ints:
    """demand (n,) ns times a factor, at most a day."""
    longer: Ints = np.minimum(demand * factor, LONGEST).astype(np.int64)
    return longer
