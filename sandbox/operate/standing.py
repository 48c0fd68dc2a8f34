"""How things stand as an operator can know it: what every operation's precondition is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the rollout stands, what there is to act upon, and what was done to it so far.

    `title` is the story's; `phase` is waiting, climbing, promoted, rolled_back or aborted; `step` counts from 0 and
    `steps` how many there are; `models` incumbent first; `diverted` the segments that were sent back whole, `cut` those
    that were in part; `features` the inputs that may be switched off, `off` those that are, as (model, feature);
    `halts` the alerts that are conditions on which the plan halts; `silences` those that are silenced now, and until
    when in ns; `roles` and `audiences` who may be called and told, anybody where there is none; `wanted` the roles
    whose approval the next step waits for, which `begins` says is the first one; `unapproved` what is still out of all
    steps to come, as (step from 1, role); `granted` and `withheld` those that agreed or said no; `incident` the
    severity of the one that is open, 0 for none; `classes` what a diagnosis may say; `runbooks` the titles of the steps
    of each, `messages` how many messages each has; `under_way` what was accepted and has not come to its end, as (kind,
    arguments).
    """

    at: int
    title: str = ""
    phase: str
    step: int
    steps: int
    share: float
    held: bool
    candidate: str
    models: tuple[str, ...]
    segments: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    diverted: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    off: tuple[tuple[str, str], ...] = ()
    replicas: Mapping[str, int] = field(default_factory=dict)
    alerts: tuple[str, ...] = ()
    halts: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    notifies: bool = False
    silences: tuple[tuple[str, int], ...] = ()
    roles: tuple[str, ...] = ()
    begins: bool = False
    wanted: tuple[str, ...] = ()
    unapproved: tuple[tuple[int, str], ...] = ()
    granted: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    incident: int = 0
    classes: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    runbooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    messages: Mapping[str, int] = field(default_factory=dict)
    under_way: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """What there is, by the argument that names it; anybody may be called or told where nobody is named."""
        people = {"role": self.roles, "audience": self.audiences}
        return {
            "segment": self.segments, "group": self.groups, "model": self.models, "feature": self.features,
            "alert": self.alerts, "cause": self.classes, "runbook": tuple(self.runbooks),
            **{argument: known for argument, known in people.items() if known},
        }

    @property
    def over(self) -> bool:
        """Whether the rollout has come to an end."""
        return self.phase in ("promoted", "rolled_back", "aborted")

    @property
    def candidates(self) -> tuple[str, ...]:
        """The models that are being tried."""
        return self.models[1:]

