"""What every ramp says, whatever its steps: who climbs, how long each step holds, what ends it."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.decide.ramp.step import Step


class Pacing(Spec):
    """The keys all ramps share."""

    kind: str
    model: str = "candidate"
    """The candidate that climbs."""
    bake: Duration = 15 * 60 * NS_PER_SECOND
    """How long each step must hold at least."""
    minimum: int = Field(default=0, ge=0)
    """How many answers of the candidate each step needs at least."""
    start: Duration = 0
    """When the first step begins; before it the incumbent answers alone."""
    on_fail: Literal["roll back", "hold"] = "roll back"
    """What a failed gate does."""
    patience: Duration | None = None
    """How long past its bake a step may wait for gates to pass; for ever unless said."""
    out_of_patience: Literal["roll back", "advance"] = "roll back"
    """What happens when patience ends."""

    @property
    def climbs(self) -> Sequence[Step]:
        """The steps, one after the other."""
        raise NotImplementedError

    def bake_of(self, step: int) -> int:
        """How long a step must hold, in ns."""
        bake = self.climbs[step].bake
        return self.bake if bake is None else bake

    def minimum_of(self, step: int) -> int:
        """How many answers of the candidate a step needs."""
        minimum = self.climbs[step].minimum
        return self.minimum if minimum is None else minimum
