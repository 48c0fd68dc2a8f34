"""Windows are missing."""

from typing import ClassVar, Literal

from sandbox.base.window import Layout, Window
from sandbox.world.faults.bout import Bout, Rollback, Taxonomy


class ScrapeGap(Bout):
    """Windows that end meanwhile never arrive: targets cannot be scraped, a network policy is too strict.

    What labels say comes by another way, and still does. Alerts are evaluated on nothing: those that fired resolve, as
    no data looks like recovery, and only `absent(...)` fires. A counter that is compared over the gap sees fewer
    events.

    ```toml
    [[faults]]
    kind = "scrape-gap"
    at = "40m"
    lasts = "10m"
    ```

    Brazil: Prometheus: Up & running, O'Reilly 2018, on absent() and the `up` metric.
    """

    taxonomy: ClassVar[Taxonomy] = "observability"
    rollback: ClassVar[Rollback] = "is not needed"
    apart: ClassVar[str] = (
        "Live series are gone for good while cohorts with labels still come and `absent(...)` fires; under"
        " `monitoring-down` nothing comes and nothing fires, under `lag` everything comes later."
    )

    kind: Literal["scrape-gap"] = "scrape-gap"

    def tell(self, window: Window, last: Window | None, layout: Layout) -> tuple[int, Window | None]:
        """Never, but for what labels say."""
        return 0, window if window.matured else None
