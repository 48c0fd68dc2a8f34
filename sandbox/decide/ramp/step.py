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
    shares: dict[str, Share] = {}
    """Shares of single segments, as `{ eu = "0%", us = "20%" }`: a toggle for each; `share` is that of the others."""

    @model_validator(mode="after")
    def _does_something(self) -> "Step":
        if self.largest == 0.0 and self.shadow == 0.0:
            raise ValueError('a step needs a share or a shadow; write "5%" or "shadow"')
        if self.shares and self.segments:
            raise ValueError("shares already says which segments take part; remove segments")
        return self

    @property
    def largest(self) -> float:
        """The share of the segment that has most of the candidate."""
        return max(self.share, *self.shares.values()) if self.shares else self.share

    def share_in(self, segment: str) -> float:
        """The part of a segment's traffic the candidate answers."""
        if self.segments:
            return self.share if segment in self.segments else 0.0
        return self.shares.get(segment, self.share)

    @property
    def title(self) -> str:
        """ "shadow", "5%", "5% in eu", or "eu 0%, us 20%, else 5%"."""
        head = "shadow" if self.largest == 0.0 else _percent(self.share)
        if self.shares:
            own = ", ".join(f"{name} {_percent(share)}" for name, share in self.shares.items())
            return f"{own}, else {head}" if self.share else own
        return f"{head} in {', '.join(self.segments)}" if self.segments else head


def _percent(share: float) -> str:
    return f"{round(share * 100, 6):g}%"


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
