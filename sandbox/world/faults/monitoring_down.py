"""Nobody is watching."""

from dataclasses import replace
from typing import ClassVar, Literal

from sandbox.base.window import Layout, Window
from sandbox.world.faults.bout import Bout, Rollback, Taxonomy
from sandbox.world.faults.hitch import Hitch


class MonitoringDown(Bout):
    """Nothing is scraped, no rule is evaluated: live windows are lost, cohorts with labels wait until it is over.

    Nothing fires, `absent(...)` included. Alertmanager, hearing no more of what fired, calls it resolved after five
    minutes. Gates get no data, and silence is not consent; a ramp without gates climbs on.

    ```toml
    [[faults]]
    kind = "monitoring-down"
    at = "40m"
    lasts = "10m"
    ```

    Prometheus Alertmanager 0.25, resolve_timeout (2022); Ewaschuk in Site Reliability Engineering, O'Reilly 2016.
    """

    taxonomy: ClassVar[Taxonomy] = "observability"
    rollback: ClassVar[Rollback] = "is not needed"
    apart: ClassVar[str] = (
        "Live series and cohorts stop together, and not even `absent(...)` fires, where it does in a `scrape-gap`; what"
        " `lag` delays comes complete."
    )

    kind: Literal["monitoring-down"] = "monitoring-down"

    def tell(self, window: Window, last: Window | None, layout: Layout) -> tuple[int, Window | None]:
        """Never; what labels say, once it is over."""
        return max(0, self.until - window.visible_at), window if window.matured else None

    def hinder(self, hitch: Hitch) -> Hitch:
        """Down."""
        return replace(hitch, down=self.at)
