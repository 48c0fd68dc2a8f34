"""`[plan]`: the experiment as it was stated before it flew: what is believed, who must agree, when it is halted."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from sandbox.base.spec import Spec
from sandbox.base.units import Duration, Share, format_duration
from sandbox.decide.alerts.parse import ExpressionText
from sandbox.decide.alerts.rule import Rule


class SuccessMetric(Spec):
    """What the candidate should improve, and by how much it must to matter."""

    metric: str
    """The metric, as gates name it."""
    smallest_effect: str
    """The smallest improvement worth having, as "2%" or "0.5pp"."""


class Forecast(Spec):
    """What offline evaluation promised for one metric."""

    metric: str
    """The metric, as gates name it."""
    value: float
    """The promised value."""
    low: float | None = None
    """Lower end of its interval."""
    high: float | None = None
    """Upper end of its interval."""


class Lineage(Spec):
    """Where the candidate comes from."""

    model: str = ""
    """Model name and version."""
    data: str = ""
    """Training data and its version."""
    code: str = ""
    """Revision of the training code."""
    trained: str = ""
    """When it was trained."""


class Champions(Spec):
    """Who speaks for what could be forgotten."""

    risk: str = ""
    """Who speaks for risk."""
    data_quality: str = ""
    """Who speaks for the data."""
    user_impact: str = ""
    """Who speaks for the users."""


class Costs(Spec):
    """What one answer that is worse than the incumbent's costs, by how it is worse, in money of your choice."""

    wrong: float = Field(default=0.0, ge=0)
    """An answer whose decision is wrong."""
    late: float = Field(default=0.0, ge=0)
    """An answer that came too late."""
    failed: float = Field(default=0.0, ge=0)
    """No answer at all."""
    currency: str = ""
    """What the money is called."""


class Halt(Spec):
    """A condition under which the ramp is stopped; written short as its expression."""

    model_config = ConfigDict(serialize_by_alias=True)

    when: ExpressionText | None = None
    """The condition on telemetry, as alerts write it; without one, people watch for it."""
    for_: Duration = Field(default=0, alias="for")
    """How long it must hold."""
    then: Literal["roll back", "hold"] = "roll back"
    """What is done: everybody is sent back, or the ramp does not go on while it holds."""


def _condition(said: Any) -> Any:
    return {"when": said} if isinstance(said, str) else said


def _by_name(said: Any) -> Any:
    """Conditions by their names; a list of words names some that only people can watch."""
    if isinstance(said, list) and all(isinstance(one, str) and one for one in said):
        return {one: {} for one in said}
    return said


_HALTS: dict[str, Any] = {
    "anyOf": [
        {"type": "array", "items": {"type": "string", "minLength": 1}},
        {"type": "object", "additionalProperties": {
            "anyOf": [{"type": "string"}, Halt.model_json_schema()],
        }},
    ],
    "examples": [{"too many errors": "errors.rate{arm=candidate}[5m] > 5%"}],
}

Halts = Annotated[
    dict[Annotated[str, Field(min_length=1)], Annotated[Halt, BeforeValidator(_condition)]],
    BeforeValidator(_by_name), WithJsonSchema(_HALTS),
]


class PlanTable(Spec):
    """The experiment, stated beforehand."""

    hypothesis: str = ""
    """What is believed to become better, and why."""
    failure_mode: str = ""
    """The failure this plan guards against."""
    goal: str = ""
    """The business goal behind it."""
    milestones: list[str] = []
    """How one will know the goal comes nearer."""
    owner: str = ""
    """Who decides."""
    champions: Champions = Champions()
    """Who speaks for risk, data quality and user impact."""
    risk: str = ""
    """How much is at stake, in the organisation's own words; its `policy.toml` may ask for approvals by it."""
    approvals: list[Annotated[str, Field(min_length=1)]] = []
    """The roles that must approve before the ramp may begin; `greenroom plan approve` keeps what they say."""
    lineage: Lineage = Lineage()
    """Versions of model, data and code."""
    acceptable_harm: Share = Field(default=0.01, gt=0)
    """The net part of a candidate's requests that may be served worse in a window; beyond it harm has begun."""
    halt: Halts = {}
    """Conditions that stop the ramp, each under its name: evaluated on telemetry as alerts are. A list of texts instead
    names conditions that people watch for."""
    costs: Costs = Costs()
    """What harm costs; a debrief tells it in money, too."""
    success: list[SuccessMetric] = []
    """What must improve, and by how much."""
    forecast: list[Forecast] = []
    """What offline evaluation promised."""
    communication: str = ""
    """Who is told what, when."""

    @property
    def halts(self) -> tuple[Rule, ...]:
        """The conditions on telemetry, as the alerts they are."""
        return tuple(
            Rule.model_validate({
                "name": name, "expr": one.when, "for": format_duration(one.for_), "action": one.then
            })
            for name, one in self.halt.items() if one.when is not None
        )
