"""One share of a ramp, and how it is written short."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import Duration, Share


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


SHADOW = Step.model_validate({"shadow": "100%"})
"""The candidate answers everything and nobody sees it."""


def at(share: float, *, bake: int | None = None) -> Step:
    """A step of this share, which holds for so many ns."""
    return SHADOW.model_copy(update={"share": share, "shadow": 0.0, "bake": bake})


def written(item: Any) -> Any:
    """A step as the file may have it, as a table."""
    if item == "shadow":
        return {"shadow": "100%"}
    if isinstance(item, (str, int, float)) and not isinstance(item, bool):
        return {"share": item}
    return item


StepText = Annotated[Step, BeforeValidator(written)]
