"""Rolling back takes its time."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.routing import RoutingTable, lowers
from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.world.faults.bout import Bout, Rollback, Taxonomy


class SlowRollback(Bout):
    """A share that is lowered comes down `takes` later: a redeployment, caches and connections that live on.

    The decision was right and in time, and users go on being harmed. What counts is the share seen, not the one set.

    ```toml
    [[faults]]
    kind = "slow-rollback"
    takes = "5m"
    at = "40m"
    ```

    Beyer, Murphy, Rensin, Kawahara, Thorne (eds.): The Site Reliability Workbook, O'Reilly 2018, chapter 16.
    """

    taxonomy: ClassVar[Taxonomy] = "rollout"
    rollback: ClassVar[Rollback] = "does not help"
    signals: ClassVar[tuple[str, ...]] = ("traffic.share",)
    apart: ClassVar[str] = (
        "After a rollback the candidate keeps its share for a while and then has none; a `partial-rollback` keeps a"
        " part for good, and an `unapplied` one keeps all of it; steps up are carried out."
    )

    kind: Literal["slow-rollback"] = "slow-rollback"
    takes: Duration = Field(default=300 * NS_PER_SECOND, gt=0)
    """How much later."""

    def carry_out(self, before: RoutingTable, wanted: RoutingTable, *, new: bool) -> tuple[int, RoutingTable]:
        """Later, where it lowers a share."""
        return (self.takes if new and lowers(before, wanted) else 0), wanted
