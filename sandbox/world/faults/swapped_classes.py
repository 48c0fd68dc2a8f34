"""A part of the replicas says no for yes."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sandbox.base.telemetry import Flags
from sandbox.base.units import Share
from sandbox.world.block import Opinion
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.on_model import OnModel


class SwappedClasses(OnModel):
    """A part of the pool's replicas has the classes the wrong way round: they answer with the chance of no.

    Which replica takes a request is chance. Nothing fails and nothing is slow; every such score is 1 − score, and only
    labels, or the distribution of scores, tell.

    ```toml
    [[faults]]
    kind = "swapped-classes"
    model = "candidate"
    part = "5%"
    at = "40m"
    ```

    Sculley et al.: Hidden technical debt in machine learning systems, NIPS 2015, on undeclared consumers of an output.
    """

    taxonomy: ClassVar[Taxonomy] = "model"
    rollback: ClassVar[Rollback] = "helps"
    signals: ClassVar[tuple[str, ...]] = ("drift.psi.score", "quality.brier")
    apart: ClassVar[str] = (
        "Scores move to the other end for a part and none is invalid, where an `overflow` leaves scores that are no"
        " numbers; under `mixed-versions` and `wrong-artifact` the scores are another model's, not mirrored."
    )

    kind: Literal["swapped-classes"] = "swapped-classes"
    part: Share = Field(default=0.05, gt=0)
    """The part of requests they answer."""

    @property
    def part_of_answers(self) -> float:
        """The part whose classes are swapped."""
        return self.part

    @property
    def rescores(self) -> bool:
        """Decisions follow from the new scores."""
        return True

    def answer(self, opinion: Opinion, other: Opinion | None, rows: Flags) -> Opinion:
        """The chance of no in place of that of yes; decisions follow."""
        return Opinion(np.where(rows, np.float32(1.0) - opinion.score, opinion.score), opinion.decision)
