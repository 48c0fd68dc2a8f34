"""`[scenario]`: what is told, with which seed, and for how long."""

from typing import Literal

from pydantic import Field, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration


class Story(Spec):
    """The story and the clock."""

    title: str = Field(min_length=1)
    """One line that names the story."""
    story: str = ""
    """What happens and what there is to learn."""
    difficulty: Literal["easy", "medium", "hard"] = "medium"
    """How hard it is to see what is wrong and to do what is right."""
    seed: int = Field(default=1, ge=0, lt=2**63)
    """Where all chance comes from."""
    duration: Duration = Field(default=2 * 3_600 * NS_PER_SECOND, gt=0)
    """How long the flight lasts, on its own clock. Another duration is another day: do not compare seeds across."""
    tick: Duration = Field(default=60 * NS_PER_SECOND, gt=0)
    """How long a telemetry window is, and how often gates look."""

    @model_validator(mode="after")
    def _ticks_fit(self) -> "Story":
        if self.tick > self.duration:
            raise ValueError("tick is longer than duration; shorten the tick")
        if self.duration // self.tick > 100_000:
            raise ValueError("duration holds more than 100,000 ticks; lengthen the tick")
        return self
