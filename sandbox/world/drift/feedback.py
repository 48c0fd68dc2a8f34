"""What people were told changes who they are when they come next."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration, Share
from sandbox.world.drift.draft import Draft
from sandbox.world.drift.onset import Onset


class Feedback(Onset):
    """A feedback loop: the more often people are told yes, the further the named features move, and the more so again.

    Every `every`, on the flight's clock, the share of yes among the answers given since the last such instant is
    compared with the share at rest; the features of all who come until the next move by

        shift ← memory × shift + gain × (share of yes − share at rest)

    standard deviations. With a `gain` above 0 people learn what is rewarded, and a generous candidate makes the world
    in which it looks right; below 0 they react against it. Inputs and the share of yes drift slowly and in all arms,
    and a rollback takes about 1 / (1 − memory) such stretches to undo it. The truth follows the features as ever. Harm
    is counted among those who came: what staying on the incumbent would have told the same people.

    ```toml
    [[drift]]
    kind = "feedback"
    features = ["f1", "f2"]
    gain = 3.0
    memory = "60%"
    every = "5m"
    at = "30m"
    ```

    Perdomo, Zrnic, Mendler-Dünner, Hardt: Performative prediction, ICML (2020): people who react to the model.
    """

    kind: Literal["feedback"] = "feedback"
    features: list[str] = Field(default=["f1"], min_length=1)
    """The features that move."""
    gain: float = Field(default=1.0, ge=-100, le=100)
    """How many standard deviations they move where all are told yes who were told no at rest."""
    memory: Share = Field(default=0.5, lt=1)
    """The part of the shift that is left after a stretch."""
    every: Duration = Field(default=600 * NS_PER_SECOND, ge=NS_PER_SECOND)
    """How long people take to react: the distance of the instants, counted from the flight's begin."""
    rest: Share | None = None
    """The share of yes at which nobody moves; that of all answers before it sets in, unless said."""
    most: float = Field(default=3.0, gt=0, le=10)
    """The largest shift, in standard deviations."""

    def bend(self, draft: Draft, strength: npt.NDArray[np.float64], luck: npt.NDArray[np.float32]) -> Draft:
        """The draft with its features moved by strength (n,) standard deviations."""
        columns = [int(name[1:]) - 1 for name in self.features]
        features = draft.features.copy(order="K")
        features[:, columns] += strength.astype(np.float32)[:, None]
        return replace(draft, features=features)

    def next_shift(self, shift: float, *, yes: float, rest: float) -> float:
        """The shift after a stretch in which `yes` of the answers were yes."""
        return max(-self.most, min(self.most, self.memory * shift + self.gain * (yes - rest)))
