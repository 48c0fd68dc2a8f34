"""A ramp that grows by the same share at every step."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from sandbox.base.units import Share
from sandbox.decide.ramp.pacing import Pacing
from sandbox.decide.ramp.step import SHADOW, Step, at


class Linear(Pacing):
    """From `first` by `by` up to `last`; the last step is cut short where it would overshoot.

    ```toml
    [ramp]
    kind = "linear"
    first = "10%"
    by = "20%"
    bake = "10m"
    ```

    AWS CodeDeploy, linear deployments: equal increments with equal minutes between them (read in 2026).
    """

    kind: Literal["linear"] = "linear"
    first: Share = Field(default=0.1, gt=0)
    """The first share."""
    by: Share = Field(default=0.1, gt=0)
    """How much each step adds."""
    last: Share = Field(default=1.0, gt=0)
    """The last share before promotion."""
    shadow: bool = True
    """Whether a shadow step comes first."""

    @model_validator(mode="after")
    def _climbs_at_all(self) -> "Linear":
        if self.last < self.first:
            raise ValueError("last is below first; swap them")
        if (self.last - self.first) / self.by > 200:
            raise ValueError("by makes more than 200 steps; raise it")
        return self

    @property
    def climbs(self) -> Sequence[Step]:
        """first, first + by, ..., last."""
        whole = int((self.last - self.first) / self.by + 1e-9)
        shares = [round(self.first + number * self.by, 12) for number in range(whole + 1)]
        if shares[-1] < self.last - 1e-9:
            shares.append(self.last)
        return [*([SHADOW] if self.shadow else []), *(at(min(share, self.last)) for share in shares)]
