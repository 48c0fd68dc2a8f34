"""The page goes to the wrong team."""

from dataclasses import replace
from typing import ClassVar, Literal

from sandbox.world.faults.bout import Bout, Needs, Rollback, Taxonomy
from sandbox.world.faults.hitch import Hitch


class MisroutedAlert(Bout):
    """Whatever begins to fire meanwhile is told to `to`: a route above the right one matches, the rota is last year's.

    Everything is green at the desk of those who could act. Alerts fire, and what they make the ramp do is done.

    ```toml
    [[faults]]
    kind = "misrouted-alert"
    to = "billing"
    at = "40m"

    [notify]
    to = "on-call"
    group_wait = "0s"

    [[alerts]]
    name = "much traffic"
    expr = "traffic.rate{arm=incumbent} > 1"
    ```

    Prometheus Alertmanager 0.25, Configuration: the first route that matches wins (2022).
    """

    taxonomy: ClassVar[Taxonomy] = "observability"
    rollback: ClassVar[Rollback] = "is not needed"
    apart: ClassVar[str] = (
        "Alerts fire and somebody is told, the wrong one; under a `silence` or a `broad-inhibition` nobody is."
    )
    needs: ClassVar[Needs] = "notify"

    kind: Literal["misrouted-alert"] = "misrouted-alert"
    to: str = "another team"
    """Who is told instead."""

    def hinder(self, hitch: Hitch) -> Hitch:
        """To somebody else."""
        return replace(hitch, sent_to=self.to)
