"""A silence was left on."""

from dataclasses import replace
from typing import ClassVar, Literal

from sandbox.world.faults.bout import Bout, Needs, Rollback, Taxonomy
from sandbox.world.faults.hitch import Hitch


class LeftSilence(Bout):
    """Nobody is told of what matches: a silence from last night's maintenance that nobody lifted.

    Alerts fire, and the journal has them; what they make the ramp do is done. Only people hear nothing.

    ```toml
    [[faults]]
    kind = "silence"
    match = { severity = "page" }
    at = "40m"

    [notify]
    to = "on-call"
    group_wait = "0s"

    [[alerts]]
    name = "much traffic"
    expr = "traffic.rate{arm=incumbent} > 1"
    ```

    Prometheus Alertmanager 0.25, Silences (2022).
    """

    taxonomy: ClassVar[Taxonomy] = "observability"
    rollback: ClassVar[Rollback] = "is not needed"
    apart: ClassVar[str] = (
        "Alerts fire and nobody is told, whether or not anything else fires, which a `broad-inhibition` needs; a"
        " `misrouted-alert` is told to somebody, and a misspelt one (`alert-typo`) never fires."
    )
    needs: ClassVar[Needs] = "notify"

    kind: Literal["silence"] = "silence"
    match: dict[str, str] = {"severity": "page"}
    """Labels of what is silenced."""

    def hinder(self, hitch: Hitch) -> Hitch:
        """Silenced."""
        return replace(hitch, silences=(*hitch.silences, self.match))
