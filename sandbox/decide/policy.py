"""A policy: the ramp and the gates that together decide about one candidate."""

from dataclasses import dataclass

from sandbox.decide.gates.kinds import Gate
from sandbox.decide.judging import Correction
from sandbox.decide.ramp.plan import Ramp


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What decides; several may ride one flight, and one of them flies it."""

    name: str
    ramp: Ramp
    gates: tuple[Gate, ...]
    correction: Correction = "bonferroni"
