"""The same people mean something else: P(label given x) moves, P(x) stays."""

import math
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from sandbox.world.drift.draft import Draft
from sandbox.world.drift.onset import Onset


class Concept(Onset):
    """Concept drift: the direction that decides the label turns by `angle` degrees; the features stay as they are.

    No input metric moves; quality falls in both arms, and shows only when labels mature.

    ```toml
    [[drift]]
    kind = "concept"
    angle = 60
    onset = "abrupt"
    at = "90m"
    ```

    Gama, Žliobaitė, Bifet, Pechenizkiy, Bouchachia: A survey on concept drift adaptation, ACM CSUR 46(4) (2014).
    """

    kind: Literal["concept"] = "concept"
    angle: float = Field(default=45.0, ge=-180, le=180)
    """By how many degrees the truth turns, in the end."""

    def bend(self, draft: Draft, strength: npt.NDArray[np.float64], luck: npt.NDArray[np.float32]) -> Draft:
        """The draft with the truth's direction turned by strength (n,) times the angle."""
        turn = (math.radians(self.angle) * strength).astype(np.float32)
        return replace(draft, turn=turn if draft.turn is None else draft.turn + turn)
