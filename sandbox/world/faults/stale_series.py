"""The last value is repeated."""

from dataclasses import replace
from typing import ClassVar, Literal

from sandbox.base.window import Layout, Window
from sandbox.world.faults.bout import Bout, Rollback, Taxonomy


class StaleSeries(Bout):
    """Live windows that end meanwhile hold the counts of the last one before: a cache in the exporter, a push gateway.

    Everything looks as it did, whatever happens; n goes on growing, so a test grows sure of a minute it counts over and
    over. What labels say comes by another way.

    ```toml
    [[faults]]
    kind = "stale-series"
    at = "40m"
    lasts = "10m"
    ```

    Prometheus, When to use the Pushgateway: it exposes what was pushed last, for ever (2023).
    """

    taxonomy: ClassVar[Taxonomy] = "observability"
    rollback: ClassVar[Rollback] = "is not needed"
    apart: ClassVar[str] = (
        "Live series stand perfectly still, to the last digit; under `lag` and `scrape-gap` they stop, and under `none`"
        " they tremble."
    )

    kind: Literal["stale-series"] = "stale-series"

    def tell(self, window: Window, last: Window | None, layout: Layout) -> tuple[int, Window | None]:
        """The counts of the last one that got through before."""
        if window.matured or last is None:
            return 0, window
        return 0, replace(window, counts=last.counts)
