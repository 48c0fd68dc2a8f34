"""One alert in flight: its detector, and the state machine that every kind shares."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from sandbox.decide.alerts.acting import Demand
from sandbox.decide.alerts.kinds import AnyAlert
from sandbox.decide.alerts.machine import Alert, Labels, State, Turn, evaluate
from sandbox.decide.alerts.scene import Scene


@dataclass(frozen=True, slots=True)
class Watch:
    """An alert as it stands: what its detector remembers, its pending and firing alerts, and why each is."""

    alert: AnyAlert
    memory: Any
    alerts: Mapping[Labels, Alert] = field(default_factory=dict)
    because: Mapping[Labels, str] = field(default_factory=dict)

    @property
    def demands(self) -> Iterator[Demand]:
        """What its firing alerts want of the ramp."""
        if self.alert.action == "none":
            return
        for labels, one in self.alerts.items():
            if one.state is State.FIRING:
                yield Demand(self.alert.name, self.alert.action, self.because[labels])


def watch(alert: AnyAlert) -> Watch:
    """An alert before its first evaluation."""
    return Watch(alert, cast(Any, alert).begin())


def look(before: Watch, scene: Scene) -> tuple[Watch, list[Turn]]:
    """One evaluation: the alert after it, and what changed."""
    alert = cast(Any, before.alert)
    fired = frozenset(labels for labels, one in before.alerts.items() if one.state is State.FIRING)
    scene = replace(scene, fired=fired)
    memory, result = alert.look(before.memory, scene)
    after, turns = evaluate(before.alerts, result, at=scene.at, wait=alert.for_, keep=alert.keep_firing_for)
    because = {
        labels: alert.explain(memory, scene, labels) if labels in result else before.because[labels]
        for labels in after
    }
    return Watch(before.alert, memory, after, because), turns
