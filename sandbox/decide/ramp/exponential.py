"""A ramp that multiplies its share at every step."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from sandbox.base.units import Share
from sandbox.decide.ramp.pacing import Pacing
from sandbox.decide.ramp.step import SHADOW, Step, at


class Exponential(Pacing):
    """From `first` times `factor` up to `last`: each step exposes as many anew as all before it together, at factor 2.

    ```toml
    [ramp]
    kind = "exponential"
    first = "1%"
    factor = 3.0
    bake = "10m"
    ```

    Beyer, Murphy, Rensin, Kawahara, Thorne: The Site Reliability Workbook (2018), chapter 16, Canarying Releases.
    """

    kind: Literal["exponential"] = "exponential"
    first: Share = Field(default=0.01, gt=0)
    """The first share."""
    factor: float = Field(default=2.0, gt=1, le=1_000)
    """By what each step multiplies."""
    last: Share = Field(default=1.0, gt=0)
    """The last share before promotion."""
    shadow: bool = True
    """Whether a shadow step comes first."""

    @model_validator(mode="after")
    def _climbs_at_all(self) -> "Exponential":
        if self.last < self.first:
            raise ValueError("last is below first; swap them")
        if self.first * self.factor**200 < self.last:
            raise ValueError("factor makes more than 200 steps; raise it")
        return self

    @property
    def climbs(self) -> Sequence[Step]:
        """first, first * factor, ..., last."""
        shares = [self.first]
        while shares[-1] * self.factor < self.last * (1.0 - 1e-9):
            shares.append(round(shares[-1] * self.factor, 12))
        if shares[-1] < self.last:
            shares.append(self.last)
        return [*([SHADOW] if self.shadow else []), *(at(share) for share in shares)]
