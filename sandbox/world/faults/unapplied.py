"""The share was set and not applied."""

from typing import ClassVar, Literal

from sandbox.base.routing import RoutingTable
from sandbox.world.faults.bout import Bout, Rollback, Taxonomy


class Unapplied(Bout):
    """Whatever is set stays on paper: the mesh rejects the configuration, the sidecar never reloads.

    The controller believes it is at the new step, and its gates judge traffic that is still the old split's: a step
    that nobody entered passes. A rollback is not applied either. What was set last is applied when the fault is lifted.

    ```toml
    [[faults]]
    kind = "unapplied"
    at = "0s"
    lasts = "2m"
    ```

    Istio, Configuration status field: a resource that was accepted may not have been distributed (2022).
    """

    taxonomy: ClassVar[Taxonomy] = "rollout"
    rollback: ClassVar[Rollback] = "does not help"
    signals: ClassVar[tuple[str, ...]] = ("traffic.share",)
    apart: ClassVar[str] = (
        "The share seen is the one set before, up and down; a `slow-rollback` comes down after a while, a"
        " `partial-rollback` comes down by a part, and under `ramp-stuck` nothing new was set."
    )

    kind: Literal["unapplied"] = "unapplied"

    def carry_out(self, before: RoutingTable, wanted: RoutingTable, *, new: bool) -> tuple[int, RoutingTable]:
        """What was in force before stays."""
        return 0, before if new else wanted
