"""Harmless and soon over."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration, Share
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer, slower
from sandbox.world.faults.on_model import OnModel


class Blip(OnModel):
    """For half a minute a few requests fail and the rest is a little slow, and then it is over by itself.

    The control for haste: whoever rolls back here pays for a good candidate, and whoever waits a little does not.

    ```toml
    [[faults]]
    kind = "blip"
    model = "candidate"
    at = "40m"
    ```

    Ewaschuk: My philosophy on alerting, in Site Reliability Engineering, O'Reilly 2016, on pages nobody can act on.
    """

    taxonomy: ClassVar[Taxonomy] = "none"
    rollback: ClassVar[Rollback] = "is not needed"
    apart: ClassVar[str] = (
        "Over before an alert that waits a minute fires; `errors` and `latency` go on, a `crash` leaves a queue."
    )

    kind: Literal["blip"] = "blip"
    lasts: Duration | None = Field(default=30 * NS_PER_SECOND, gt=0)
    """How long until it is lifted."""
    rate: Share = Field(default=0.02, gt=0)
    """The part of requests that fails."""
    factor: float = Field(default=1.2, ge=1, le=1_000)
    """How many times as long the others take."""

    def serve(self, offer: Offer, around: Around) -> Offer:
        """A little slow, and a few fail."""
        return Offer(slower(offer.demand, self.factor), offer.rate + self.rate, offer.lost)
