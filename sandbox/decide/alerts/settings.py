"""`[alerting]`: whose rules alerts are evaluated by."""

from typing import Literal

from sandbox.base.spec import Spec


class AlertingTable(Spec):
    """How alerts are evaluated: at every tick, over what was scraped by then."""

    compat: Literal["prom3", "prom2"] = "prom3"
    """Whether the left edge of a window and of the five minutes a sample lives is out, as in Prometheus 3, or in."""
