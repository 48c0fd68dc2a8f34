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

    Argo Rollouts, canary strategy: setWeight and pause, argoproj/argo-rollouts docs/features/canary.md.
    """

    kind: Literal["steps"] = "steps"
    steps: list[StepText] = Field(
        default_factory=lambda: [Step.model_validate(written(item)) for item in DEFAULT_STEPS], min_length=1
    )
    """The steps: "shadow", a share such as "5%", or a table of `share`, `shadow`, `bake`, `minimum`, `segments`."""

    @model_validator(mode="after")
    def _rises(self) -> "Steps":
        shares = [step.share for step in self.steps]
        for index, (before, after) in enumerate(pairwise(shares)):
            if after < before and not self.steps[index].segments:
                raise ValueError(f"step {index + 2} has a smaller share than step {index + 1}; a ramp only rises")
        return self

    @property
    def climbs(self) -> Sequence[Step]:
        """The steps as written."""
        return self.steps
