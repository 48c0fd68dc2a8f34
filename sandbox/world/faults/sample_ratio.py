"""The split is not what was set."""

from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.routing import Route, RoutingTable
from sandbox.world.faults.bout import Bout, Rollback, Taxonomy


class SampleRatio(Bout):
    """Candidates get `factor` times the share that was set: a wrong hash, a filter before it, a cache beside it.

    Who is missing is not chance in real life, so no comparison of arms means anything until the split is mended. Shares
    of traffic tell it; a test of sample ratio says it is not chance.

    ```toml
    [[faults]]
    kind = "sample-ratio"
    factor = 0.6
    at = "40m"
    ```

    Fabijan, Gupchup, Gupta, Omhover, Qin, Vermeer, Dmitriev: Diagnosing sample ratio mismatch, KDD 2019.
    """

    taxonomy: ClassVar[Taxonomy] = "rollout"
    rollback: ClassVar[Rollback] = "does not help"
    signals: ClassVar[tuple[str, ...]] = ("traffic.share",)
    apart: ClassVar[str] = (
        "The share seen is a factor of the one set, at every step; under `unapplied` it is the one set before, and"
        " after a rollback it is 0, where a `partial-rollback` leaves some."
    )

    kind: Literal["sample-ratio"] = "sample-ratio"
    factor: float = Field(default=0.8, ge=0, le=10)
    """How many times the share that was set."""

    def carry_out(self, before: RoutingTable, wanted: RoutingTable, *, new: bool) -> tuple[int, RoutingTable]:
        """Another share, at once."""
        return 0, replace(wanted, routes=tuple(_scaled(route, self.factor) for route in wanted.routes))


def _scaled(route: Route, factor: float) -> Route:
    candidates = [share * factor for share in route.shares[1:]]
    over = max(1.0, sum(candidates))
    candidates = [share / over for share in candidates]
    return replace(route, shares=(max(0.0, 1.0 - sum(candidates)), *candidates))
