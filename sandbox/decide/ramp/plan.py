"""`[ramp]`: the shares a candidate climbs, and how long each must hold."""

from itertools import pairwise
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, Share

DEFAULT_STEPS = ("shadow", "1%", "5%", "25%", "50%", "100%")


class Step(Spec):
    """One share of the ramp; written short as "5%" or "shadow"."""

    share: Share = 0.0
    """The part of traffic the candidate answers."""
    shadow: Share = 0.0
    """The part of the incumbent's requests the candidate answers unseen."""
    bake: Duration | None = None
    """How long this step must hold at least; `ramp.bake` unless said."""
    minimum: int | None = Field(default=None, ge=0)
    """How many answers of the candidate this step needs at least; `ramp.minimum` unless said."""
    segments: list[str] = []
    """The segments that take part; all of them unless said."""

    @model_validator(mode="after")
    def _does_something(self) -> "Step":
        if self.share == 0.0 and self.shadow == 0.0:
            raise ValueError('a step needs a share or a shadow; write "5%" or "shadow"')
        return self

    @property
    def title(self) -> str:
        """ "shadow", "5%", or "5% in eu"."""
        head = "shadow" if self.share == 0.0 else f"{round(self.share * 100, 6):g}%"
        return f"{head} in {', '.join(self.segments)}" if self.segments else head


class Ramp(Spec):
    """The ramp of one candidate: shadow, then ever larger shares, then promotion."""

    model: str = "candidate"
    """The candidate that climbs."""
    steps: list[Step] = Field(
        default_factory=lambda: [Step.model_validate(_step(item)) for item in DEFAULT_STEPS], min_length=1
    )
    """The steps: "shadow", a share such as "5%", or a table of `share`, `shadow`, `bake`, `minimum`, `segments`."""
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

    @field_validator("steps", mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return [_step(item) for item in value]

    @model_validator(mode="after")
    def _rises(self) -> "Ramp":
        shares = [step.share for step in self.steps]
        for index, (before, after) in enumerate(pairwise(shares)):
            if after < before and not self.steps[index].segments:
                raise ValueError(f"step {index + 2} has a smaller share than step {index + 1}; a ramp only rises")
        return self

    def bake_of(self, step: int) -> int:
        """How long a step must hold, in ns."""
        bake = self.steps[step].bake
        return self.bake if bake is None else bake

    def minimum_of(self, step: int) -> int:
        """How many answers of the candidate a step needs."""
        minimum = self.steps[step].minimum
        return self.minimum if minimum is None else minimum


def _step(item: Any) -> Any:
    if item == "shadow":
        return {"shadow": "100%"}
    if isinstance(item, (str, int, float)) and not isinstance(item, bool):
        return {"share": item}
    return item
