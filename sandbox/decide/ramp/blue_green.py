"""A ramp of one leap: everybody at once, after a preview nobody sees."""

from collections.abc import Sequence
from typing import Literal

from sandbox.base.units import Duration
from sandbox.decide.ramp.pacing import Pacing
from sandbox.decide.ramp.step import SHADOW, Step, at


class BlueGreen(Pacing):
    """A preview in shadow for `preview`, then everybody; promoted when `bake` has passed with everybody on it.

    In the bake nobody is left on the incumbent, so gates that compare are asked in the preview only: what guards the
    leap must be a limit.

    ```toml
    [ramp]
    kind = "blue-green"
    preview = "20m"
    bake = "30m"
    ```

    Argo Rollouts, BlueGreen strategy, argoproj/argo-rollouts docs/features/bluegreen.md: prePromotionAnalysis, then
    postPromotionAnalysis before the old side goes.
    """

    kind: Literal["blue-green"] = "blue-green"
    preview: Duration | None = None
    """How long the preview lasts; `bake` unless said, and 0 for none."""

    @property
    def climbs(self) -> Sequence[Step]:
        """The preview, if any, and everybody."""
        everybody = at(1.0)
        if self.preview == 0:
            return [everybody]
        return [SHADOW.model_copy(update={"bake": self.preview}), everybody]
