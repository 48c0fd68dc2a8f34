"""A rule that matches nothing."""

from dataclasses import replace
from typing import ClassVar, Literal

from sandbox.world.faults.bout import Bout, Needs, Rollback, Taxonomy
from sandbox.world.faults.hitch import Hitch


class AlertTypo(Bout):
    """The rules named, or all of them, read a series that nobody keeps: a renamed metric, a label with another case.

    Such a rule is no mistake to Prometheus: it matches nothing and never fires. What it made fire resolves. Only
    `absent(...)`, misspelt like the rest, fires.

    ```toml
    [[faults]]
    kind = "alert-typo"
    alerts = ["much traffic"]
    at = "40m"

    [[alerts]]
    name = "much traffic"
    expr = "traffic.rate{arm=incumbent} > 1"
    ```

    Prometheus, Querying basics: a selector that matches no series returns an empty vector (2023).
    """

    taxonomy: ClassVar[Taxonomy] = "observability"
    rollback: ClassVar[Rollback] = "is not needed"
    apart: ClassVar[str] = (
        "The metric crosses its limit and the rule does not fire; under a `silence` it fires and nobody is told."
    )
    needs: ClassVar[Needs] = "alerts"

    kind: Literal["alert-typo"] = "alert-typo"
    alerts: list[str] = []
    """The rules that are misspelt; all unless said."""

    def hinder(self, hitch: Hitch) -> Hitch:
        """Misspelt."""
        return replace(hitch, misspelt=(*hitch.misspelt, *(self.alerts or ("",))))
