"""Two versions in one pool."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sandbox.base.telemetry import Flags
from sandbox.base.units import Share
from sandbox.world.block import Opinion
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer
from sandbox.world.faults.on_model import OnModel


class MixedVersions(OnModel):
    """A part of the pool's replicas serves another version: a deployment that stopped half way.

    Which replica takes a request is chance, so each of the arm's numbers is a mixture of two models', `part` of one and
    the rest of the other; numbers by version label disagree with what was served.

    ```toml
    [[faults]]
    kind = "mixed-versions"
    model = "candidate"
    version = "incumbent"
    part = "40%"
    at = "40m"
    ```

    Burns, Beda, Hightower: Kubernetes: up and running, O'Reilly 2019, on rolling updates that stall.
    """

    taxonomy: ClassVar[Taxonomy] = "model"
    rollback: ClassVar[Rollback] = "helps"
    signals: ClassVar[tuple[str, ...]] = ("drift.psi.score",)
    apart: ClassVar[str] = (
        "The score distribution is a mixture and lies between the two models', where a `wrong-artifact` is wholly the"
        " other one's."
    )

    kind: Literal["mixed-versions"] = "mixed-versions"
    version: str = "incumbent"
    """The model of `[models]` that the other replicas serve."""
    part: Share = Field(default=0.5, gt=0, lt=1)
    """The part of requests they answer."""

    @property
    def serves(self) -> str:
        """The model that answers a part."""
        return self.version

    @property
    def part_of_answers(self) -> float:
        """The part that the other version answers."""
        return self.part

    def answer(self, opinion: Opinion, other: Opinion | None, rows: Flags) -> Opinion:
        """The other version's answers, for a part."""
        return opinion if other is None else other.where(rows, opinion)

    def serve(self, offer: Offer, around: Around) -> Offer:
        """The other version's service times and errors, for the same part."""
        demand, rate = around.of(self.version)
        rows = around.luck() < np.float32(self.part)
        return Offer(np.where(rows, demand, offer.demand), np.where(rows, rate, offer.rate), offer.lost)
