"""A dependency is gone."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer
from sandbox.world.faults.on_model import OnModel


class Outage(OnModel):
    """What every request needs, a feature store or a database, is gone: all fail, after `takes`.

    They fail fast, so the pool falls idle: green latency and an idle pool under an error rate of 100%. Both arms need
    the dependency, so rolling back changes nothing.

    ```toml
    [[faults]]
    kind = "outage"
    model = "all"
    at = "40m"
    lasts = "3m"
    ```

    Nygard: Release it!, Pragmatic Bookshelf 2018, on integration points and fast failures.
    """

    taxonomy: ClassVar[Taxonomy] = "platform"
    rollback: ClassVar[Rollback] = "does not help"
    signals: ClassVar[tuple[str, ...]] = ("errors.rate",)
    apart: ClassVar[str] = (
        "Everything fails on every arm and the pools fall idle; `errors` are a part of one arm's, a `no-safe-target`'s"
        " a part of every arm's, and those of `shadow-writes` a part of what is shadowed."
    )

    kind: Literal["outage"] = "outage"
    model: str = "all"
    """The model whose pool it strikes; "all" strikes every pool."""
    takes: Duration = Field(default=NS_PER_SECOND // 200, gt=0)
    """How long a request takes to fail."""

    def serve(self, offer: Offer, around: Around) -> Offer:
        """All fail, fast."""
        return Offer(offer.demand * 0 + self.takes, offer.rate * 0.0 + 1.0, offer.lost)
