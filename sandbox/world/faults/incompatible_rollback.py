"""Rolling back breaks those who read the answers."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer
from sandbox.world.faults.on_model import OnModel


class IncompatibleRollback(OnModel):
    """Whoever had been answered by a candidate since the fault set in and comes back to the incumbent may fail there:
    what the new version wrote, a session, a feature, a row, the old one cannot read.

    Nothing shows while the ramp climbs. After a rollback the incumbent errs for the candidate's former users, and for
    nobody else; going forward again mends it.

    ```toml
    [[faults]]
    kind = "incompatible-rollback"
    rate = "30%"
    at = "40m"
    ```

    Ambler, Sadalage: Refactoring databases, Addison-Wesley 2006, on changes that old code cannot read.
    """

    taxonomy: ClassVar[Taxonomy] = "rollout"
    rollback: ClassVar[Rollback] = "makes it worse"
    signals: ClassVar[tuple[str, ...]] = ("errors.rate",)
    knows_aside: ClassVar[bool] = True
    apart: ClassVar[str] = (
        "The incumbent errs from the instant of a rollback on, and did not before; `no-safe-target` had erred all"
        " along, and `shadow-writes` stops with the shadow."
    )

    kind: Literal["incompatible-rollback"] = "incompatible-rollback"
    model: str = "incumbent"
    """The model that cannot read what others wrote."""
    rate: Share = Field(default=0.2, gt=0)
    """The part of those users' requests that fails."""

    @property
    def remembers(self) -> bool:
        """It must know whom a candidate answered."""
        return True

    def serve(self, offer: Offer, around: Around) -> Offer:
        """Those who were a candidate's fail."""
        return Offer(offer.demand, offer.rate + np.where(around.left, self.rate, 0.0), offer.lost)
