"""The tables of a `policy.toml`: each key is a rule, and what is not said is not asked."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import Duration, Limit, MarginText, Share
from sandbox.observe.metrics.kinds import BY_NAME, metric
from sandbox.scenario.complaint import Complaint, no_metric
from sandbox.scenario.locate import Path

Stated = Literal[
    "hypothesis", "failure_mode", "goal", "milestones", "owner", "champions", "lineage", "success", "forecast",
    "communication", "risk",
]
"""What of `[plan]` can be asked for."""

Name = Annotated[str, Field(min_length=1)]


class RampRules(Spec):
    """How exposure may grow."""

    largest_first_step: Share | None = None
    """The largest share of the first step that answers users."""
    largest_leap: float | None = Field(default=None, ge=1)
    """How many times the share before it a step may be at most."""
    shortest_bake: Duration | None = None
    """How long each step that answers users must hold at least."""
    fewest_answers: int | None = Field(default=None, ge=1)
    """How many answers of the candidate each step that answers users must wait for at least."""
    shadow_first: bool = False
    """Whether the ramp must begin in shadow."""
    smallest_hold_out: Share | None = None
    """The part of users that must stay on the incumbent to the last."""
    quiet_hours: bool = False
    """Whether steps may begin in quiet hours alone."""


class PlanRules(Spec):
    """What a plan must state before it flies."""

    stated: list[Stated] = []
    """Keys of `[plan]` that must be filled in."""
    largest_acceptable_harm: Share | None = None
    """The largest `plan.acceptable_harm`."""
    halts: bool = False
    """Whether a condition on telemetry must stand in `[plan.halt]`."""


class Watched(Spec):
    """A metric that a gate, not in a dry run, must watch."""

    metric: Name
    """The metric, as gates name it; "latency.*" means any that begins so."""
    max: Limit | None = None
    """The laxest `max` of a threshold on it; any gate will do unless this or `margin` is said."""
    margin: MarginText | None = None
    """The laxest `margin` of a comparison on it."""
    every_step: bool = False
    """Whether it must be asked at every step that answers users."""


class GroupRules(Spec):
    """Whose lot must be looked at by itself."""

    named: list[Name] = []
    """Groups that must stand in `[[groups]]`; a replay brings its own."""
    watched: list[Name] = []
    """Metrics that a gate must watch for each named group, as "quality.brier" is in "quality.brier{group=elderly}"."""


class Bias(Spec):
    """How unequal groups may be treated, as a gate that decides must hold it."""

    metric: Name
    """The metric, such as "fairness.tpr_gap"."""
    max: Share
    """The largest gap that such a gate may let pass."""


class Approvers(Spec):
    """Who must approve plans of one risk."""

    risk: Name
    """The risk, as `plan.risk` says it."""
    roles: list[Name]
    """The roles whose approval such a plan must wait for."""


class ApprovalRules(Spec):
    """What an approval on file must be like."""

    longest: Duration | None = None
    """How long after its day an approval may count at most."""
    distinct: bool = False
    """Whether nobody may approve one plan in two roles."""


class RollbackRules(Spec):
    """How it must end when it goes wrong."""

    automatic: bool = False
    """Whether a failed gate must roll back, and a gate that decides must be there to fail."""
    recipe: bool = False
    """Whether a runbook must have a rollback recipe: what must hold before, and steps with what is to be seen then."""
    runbooks: bool = False
    """Whether each alert that pages must have a runbook."""


class PolicyFile(Spec):
    """A policy file, format 1."""

    format: Literal[1] = 1
    """Version of the file format."""
    organisation: str = ""
    """Whose rules these are."""
    ramp: RampRules = RampRules()
    """How exposure may grow."""
    plan: PlanRules = PlanRules()
    """What a plan must state before it flies."""
    gates: list[Watched] = []
    """Metrics that a gate must watch."""
    groups: GroupRules = GroupRules()
    """Whose lot must be looked at by itself."""
    bias: list[Bias] = []
    """How unequal groups may be treated at most."""
    approvers: list[Approvers] = []
    """Who must approve, by the risk that the plan states."""
    approvals: ApprovalRules = ApprovalRules()
    """What approvals on file must be like."""
    rollback: RollbackRules = RollbackRules()
    """How it must end when it goes wrong."""

    def problems(self) -> Iterator[Complaint]:
        """Metrics that there are not, and risks that stand here twice."""
        named: list[tuple[Path, str]] = [
            (("gates", index, "metric"), one.metric) for index, one in enumerate(self.gates)
        ]
        named += [(("groups", "watched", index), name) for index, name in enumerate(self.groups.watched)]
        named += [(("bias", index, "metric"), one.metric) for index, one in enumerate(self.bias)]
        for path, name in named:
            if not (path[0] == "gates" and _begins_some(name)):
                yield from _unknown(path, name)
        risks = [one.risk for one in self.approvers]
        for index, risk in enumerate(risks):
            if risk in risks[:index]:
                yield Complaint(("approvers", index, "risk"), f'"{risk}" stands here twice; join the two')


def _begins_some(name: str) -> bool:
    return name.endswith("*") and any(known.startswith(name[:-1]) for known in BY_NAME)


def _unknown(path: Path, name: str) -> Iterator[Complaint]:
    try:
        metric(name)
    except KeyError as missing:
        yield Complaint(path, no_metric(missing.args[0], BY_NAME))
    except ValueError as unclear:
        yield Complaint(path, str(unclear))
