"""Windows are late."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.base.window import Layout, Window
from sandbox.world.faults.bout import Bout, Rollback, Taxonomy


class Lag(Bout):
    """Windows that end meanwhile can be read `by` later, in the order in which they ended: the pipeline is behind.

    Everything arrives and nothing is wrong but its age. Gates judge the past; a step may be over before what happened
    in it is seen.

    ```toml
    [[faults]]
    kind = "lag"
    by = "1m"
    at = "40m"
    lasts = "10m"
    ```

    Akidau, Chernyak, Lax: Streaming systems, O'Reilly 2018, on watermarks and late data.
    """

    taxonomy: ClassVar[Taxonomy] = "observability"
    rollback: ClassVar[Rollback] = "is not needed"
    apart: ClassVar[str] = (
        "Series stop and then come, complete and late; after a `scrape-gap` they stay missing, and a `stale-series`"
        " goes on with the same value."
    )

    kind: Literal["lag"] = "lag"
    by: Duration = Field(default=300 * NS_PER_SECOND, gt=0)
    """How much later."""

    def tell(self, window: Window, last: Window | None, layout: Layout) -> tuple[int, Window | None]:
        """Later."""
        return self.by, window
