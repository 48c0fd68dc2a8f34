"""Rolling back reaches only a part."""

from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.routing import RoutingTable, blended, lowers
from sandbox.base.units import Share
from sandbox.world.faults.bout import Bout, Rollback, Taxonomy


class PartialRollback(Bout):
    """A rollback leaves a part of the candidate's users where they are: one region was forgotten, pods were pinned.

    The dashboard says 0% and the incident is closed. Lowering a share moves only the rest of those that it should.

    ```toml
    [[faults]]
    kind = "partial-rollback"
    left = "30%"
    at = "40m"
    ```

    Beyer, Murphy, Rensin, Kawahara, Thorne (eds.): The Site Reliability Workbook, O'Reilly 2018, chapter 16.
    """

    taxonomy: ClassVar[Taxonomy] = "rollout"
    rollback: ClassVar[Rollback] = "does not help"
    signals: ClassVar[tuple[str, ...]] = ("traffic.share",)
    apart: ClassVar[str] = (
        "After a rollback the candidate keeps a part of its share for good: a `slow-rollback` keeps all and then"
        " nothing, an `unapplied` one all of it."
    )

    kind: Literal["partial-rollback"] = "partial-rollback"
    left: Share = Field(default=0.25, gt=0, lt=1)
    """The part that stays behind."""

    def carry_out(self, before: RoutingTable, wanted: RoutingTable, *, new: bool) -> tuple[int, RoutingTable]:
        """A part of the old share stays."""
        if not (new and lowers(before, wanted)):
            return 0, wanted
        return 0, replace(wanted, routes=blended(before, wanted, part=self.left))
