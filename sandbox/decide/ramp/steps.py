"""A ramp whose steps are written out."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from pydantic import Field, model_validator

from sandbox.decide.ramp.pacing import Pacing
from sandbox.decide.ramp.step import Step, StepText, written

DEFAULT_STEPS = ("shadow", "1%", "5%", "25%", "50%", "100%")


class Steps(Pacing):
    """Shadow, then the shares that are written, then promotion; the kind of a ramp that says none.

    ```toml
    [ramp]
    kind = "steps"
    steps = ["shadow", "1%", "10%", { share = "50%", bake = "30m" }, "100%"]
    bake = "10m"
    ```

    A step may have `shares` of single segments, a toggle for each: `{ share = "5%", shares = { eu = "0%" } }`. Users of
    segments that some step treats apart are then compared within their own: pooled, the candidate would look like the
    segments it has most of (Simpson 1951). Which arm single events fall on is no evidence there, and the sample ratio
    is that of the segments with the largest share. A person may send a segment back or readmit it.

    Argo Rollouts, canary strategy: setWeight and pause, argoproj/argo-rollouts docs/features/canary.md.
    """

    kind: Literal["steps"] = "steps"
    steps: list[StepText] = Field(
        default_factory=lambda: [Step.model_validate(written(item)) for item in DEFAULT_STEPS], min_length=1
    )
    """The steps: "shadow", a share such as "5%", or a table of `share`, `shadow`, `bake`, `minimum`, `segments`,
    `shares`."""

    @model_validator(mode="after")
    def _rises(self) -> "Steps":
        for number, (before, after) in enumerate(pairwise(self.steps), start=1):
            where = [name for name in {**before.shares, **after.shares} if after.share_in(name) < before.share_in(name)]
            if where or (after.share < before.share and not before.segments):
                inside = f" in {where[0]}" if where else ""
                raise ValueError(f"step {number + 1} has a smaller share{inside} than step {number}; a ramp only rises")
        return self

    @property
    def climbs(self) -> Sequence[Step]:
        """The steps as written."""
        return self.steps
