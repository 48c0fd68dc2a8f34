"""Labels are seen only where the answer let something happen."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from sandbox.world.drift.labelling import Labelling, Slips


class SelectiveLabels(Labelling):
    """Selective labels: the truth is learned only after answers that are `accepted`; the rest stays unknown.

    Who is declined never shows what they would have done: measured quality is that of the accepted. What counts is
    the answer the user got, so a shadow's labels are chosen by the other model's decisions.

    ```toml
    [[drift]]
    kind = "selective-labels"
    accepted = "no"
    at = "1h"
    ```

    Lakkaraju, Kleinberg, Leskovec, Ludwig, Mullainathan: The selective labels problem, KDD (2017).
    """

    kind: Literal["selective-labels"] = "selective-labels"
    accepted: Literal["yes", "no"] = "no"
    """After which answer the label is learned: "no" where a yes declines (a fraud check), "yes" where it grants."""

    def report(self, slips: Slips, strength: npt.NDArray[np.float64], draws: np.random.Generator) -> Slips:
        """The slips with the labels marked that another decision hides, chosen with probability strength (n,)."""
        hidden = draws.random(len(strength)) < strength
        if self.accepted == "yes":
            return replace(slips, after_no=hidden if slips.after_no is None else slips.after_no | hidden)
        return replace(slips, after_yes=hidden if slips.after_yes is None else slips.after_yes | hidden)
