"""Shadow requests have effects."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.faults.bout import Needs, Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer
from sandbox.world.faults.on_model import OnModel


class ShadowWrites(OnModel):
    """What a shadow answers unseen it also writes, and the write of the arm that counts fails on it: a lock held.

    Errors come to the arm that is shadowed, usually the incumbent, at a step at which nobody is meant to notice; the
    candidate's own numbers are fine. They end with the shadow.

    ```toml
    [[faults]]
    kind = "shadow-writes"
    model = "incumbent"
    rate = "10%"
    at = "0s"
    lasts = "1m"

    [ramp]
    steps = ["shadow", "50%"]
    bake = "90s"
    ```

    Sato: Feature toggles and dark launching, martinfowler.com 2014; Kohavi, Tang, Xu, Cambridge 2020, on dark launches.
    """

    taxonomy: ClassVar[Taxonomy] = "rollout"
    rollback: ClassVar[Rollback] = "helps"
    signals: ClassVar[tuple[str, ...]] = ("errors.rate",)
    knows_aside: ClassVar[bool] = True
    apart: ClassVar[str] = (
        "The incumbent errs while it is shadowed and only then: `no-safe-target` errs on every arm, and"
        " `incompatible-rollback` begins where this ends."
    )
    needs: ClassVar[Needs] = "shadow"

    kind: Literal["shadow-writes"] = "shadow-writes"
    model: str = "incumbent"
    """The model whose requests suffer."""
    rate: Share = Field(default=0.05, gt=0)
    """The part of shadowed requests that fails."""

    def serve(self, offer: Offer, around: Around) -> Offer:
        """Those that are shadowed fail."""
        return Offer(offer.demand, offer.rate + np.where(around.shadowed, self.rate, 0.0), offer.lost)
