"""Some requests fail."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer
from sandbox.world.faults.on_model import OnModel


class Errors(OnModel):
    """A part of the requests that arrive fails after having been served: a bad node, a broken dependency.

    The error rate of the arm moves within one window; latency stays.

    ```toml
    [[faults]]
    kind = "errors"
    model = "candidate"
    rate = "4%"
    at = "40m"
    ```

    Beyer, Jones, Petoff, Murphy (eds.): Site Reliability Engineering, O'Reilly 2016, on the golden signals.
    """

    taxonomy: ClassVar[Taxonomy] = "platform"
    rollback: ClassVar[Rollback] = "helps"
    signals: ClassVar[tuple[str, ...]] = ("errors.rate",)
    apart: ClassVar[str] = (
        "Errors on one arm, while the pool works as before: an `outage` leaves it idle, a `crash` takes slots away for"
        " a while, `shadow-writes` hits the arm that is shadowed, `incompatible-rollback` comes after a rollback."
    )

    kind: Literal["errors"] = "errors"
    rate: Share = Field(default=0.05, gt=0)
    """The part that fails, on top of the model's own errors."""

    def serve(self, offer: Offer, around: Around) -> Offer:
        """A part fails."""
        return Offer(offer.demand, offer.rate + self.rate, offer.lost)
