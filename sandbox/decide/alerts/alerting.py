"""What every alert says: its name, how long it must hold, whom it wakes, and what it makes the ramp do."""

from typing import Literal

from pydantic import ConfigDict, Field, field_validator

from sandbox.base.spec import Spec
from sandbox.base.units import Duration
from sandbox.decide.alerts.expression import labelled
from sandbox.decide.alerts.machine import Labels
from sandbox.decide.alerts.parse import Selection
from sandbox.decide.alerts.scene import Name, Scene

Severity = Literal["page", "ticket", "info"]
Acts = Literal["none", "hold", "roll back"]
TAKEN = ("alertname", "alertstate", "severity", "arm")
"""Labels that an alert has anyway."""


class Alerting(Spec):
    """The keys all alerts share."""

    model_config = ConfigDict(serialize_by_alias=True)

    kind: str
    name: str = Field(min_length=1)
    """What the log, a route and a person call it."""
    for_: Duration = Field(default=0, alias="for")
    """How long it must hold before it fires; one evaluation at which it does not starts over."""
    keep_firing_for: Duration = 0
    """How long it goes on firing after it held for the last time."""
    severity: Severity = "page"
    """Whom it is for: somebody now, somebody this week, or nobody in particular."""
    labels: dict[str, str] = {}
    """More labels, which routes and inhibitions may match."""
    action: Acts = "none"
    """What the ramp does while it fires: nothing, not advance, or roll back."""

    @field_validator("labels")
    @classmethod
    def _labels_are_its_own(cls, labels: dict[str, str]) -> dict[str, str]:
        for name in labels:
            if name in TAKEN or not name.isidentifier() or not name.isascii():
                said = "an alert has that label anyway" if name in TAKEN else "letters, digits and _ make a label"
                raise ValueError(f'"{name}" cannot be a label of yours: {said}; rename it')
        return labels

    def labelled(self, labels: Labels) -> Labels:
        """The labels of an alert: those of the element with the rule's own."""
        return tuple(sorted({
            **dict(labels), **self.labels, "severity": self.severity, "alertname": self.name
        }.items()))


def fresh(selection: Selection, scene: Scene) -> dict[Labels, tuple[float, float]]:
    """What was scraped of a metric at this very instant and on how much it rests; NaN left out.

    For detectors, which take every sample once.
    """
    found = {}
    vector = selection.vector
    for arm in (vector.arm,) if vector.arm else scene.arms:
        series = scene.series.get(Name(vector.metric, "value", arm))
        newest = None if series is None else series.newest(scene.at)
        if newest is not None and newest[0] == scene.at and not newest[2] and newest[1] == newest[1]:
            found[labelled(arm)] = newest[1], _events(scene, vector.metric, arm)
    return found


def _events(scene: Scene, metric: str, arm: str) -> float:
    """How many events the newest sample of a metric rests on."""
    counted = scene.series.get(Name(metric, "events", arm))
    if counted is None or len(counted) < 2:
        return 0.0
    _, totals = counted.between(len(counted) - 2, len(counted))
    return float(totals[-1] - totals[0])
