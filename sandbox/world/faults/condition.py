"""The condition a pool is in: what faults change and what lifting them restores."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """How one pool serves just now; the default is health."""

    slowdown: float = 1.0
    extra_errors: float = 0.0


HEALTHY = Condition()
