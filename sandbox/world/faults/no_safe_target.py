"""The incumbent is degraded too."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer, slower
from sandbox.world.faults.on_model import OnModel


class NoSafeTarget(OnModel):
    """Every arm errs and is slow, the incumbent included: what they share is ill, and there is nowhere to go back to.

    A fixed limit blames the candidate and rolls back; whoever compares sees two arms that are equally bad. Where
    `model` says incumbent, only it is ill, and rolling back makes things worse.

    ```toml
    [[faults]]
    kind = "no-safe-target"
    rate = "6%"
    factor = 2
    at = "40m"
    ```

    Davidovic, Beyer: Canary analysis service, ACM Queue 16 (2018): a canary is compared with a control, not with a
    limit.
    """

    taxonomy: ClassVar[Taxonomy] = "rollout"
    rollback: ClassVar[Rollback] = "does not help"
    signals: ClassVar[tuple[str, ...]] = ("errors.rate", "latency.p50")
    apart: ClassVar[str] = (
        "Every arm errs and slows alike: `errors` and `latency` are one arm's, an `outage` fails everything fast, a"
        " `noisy-neighbour` comes in bursts and without errors."
    )

    kind: Literal["no-safe-target"] = "no-safe-target"
    model: str = "all"
    """The model that is degraded; "all" for every one."""
    rate: Share = Field(default=0.05, gt=0)
    """The part of requests that fails."""
    factor: float = Field(default=1.5, ge=1, le=1_000)
    """How many times as long the others take."""

    def serve(self, offer: Offer, around: Around) -> Offer:
        """Slow, and a part fails."""
        return Offer(slower(offer.demand, self.factor), offer.rate + self.rate, offer.lost)
