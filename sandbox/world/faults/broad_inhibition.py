"""One alert silences others."""

from dataclasses import replace
from typing import ClassVar, Literal

from sandbox.world.faults.bout import Bout, Needs, Rollback, Taxonomy
from sandbox.world.faults.hitch import Hitch


class BroadInhibition(Bout):
    """While anything that matches `source` fires, nobody is told of what matches `target`: a rule meant for one
    cluster, without the label that says which.

    One harmless ticket hides every page. An alert that matches both sides is not muted by another that does.

    ```toml
    [[faults]]
    kind = "broad-inhibition"
    source = { severity = "ticket" }
    target = { severity = "page" }
    at = "40m"

    [notify]
    to = "on-call"
    group_wait = "0s"

    [[alerts]]
    name = "much traffic"
    expr = "traffic.rate{arm=incumbent} > 1"

    [[alerts]]
    name = "some traffic"
    expr = "traffic.rate{arm=incumbent} > 0.5"
    severity = "ticket"
    ```

    Prometheus Alertmanager 0.25, Inhibition (2022).
    """

    taxonomy: ClassVar[Taxonomy] = "observability"
    rollback: ClassVar[Rollback] = "is not needed"
    apart: ClassVar[str] = (
        "Alerts fire and nobody is told while another one fires, and is told of; a `silence` needs no other."
    )
    needs: ClassVar[Needs] = "notify"

    kind: Literal["broad-inhibition"] = "broad-inhibition"
    source: dict[str, str] = {"severity": "ticket"}
    """Labels of what mutes."""
    target: dict[str, str] = {"severity": "page"}
    """Labels of what is muted."""

    def hinder(self, hitch: Hitch) -> Hitch:
        """Muted."""
        return replace(hitch, mutes=(*hitch.mutes, (self.source, self.target)))
