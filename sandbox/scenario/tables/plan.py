"""`[plan]`: the experiment as it was stated before it flew; recorded with the flight, never read by the engine."""

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import Share


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
    approvals: list[str] = []
    """The roles that must approve before it flies."""
    lineage: Lineage = Lineage()
    """Versions of model, data and code."""
    acceptable_harm: Share = Field(default=0.01, gt=0)
    """The net part of a candidate's requests that may be served worse in a window; beyond it harm has begun."""
    halt: list[str] = []
    """Conditions, in words, under which people stop the ramp."""
    costs: Costs = Costs()
    """What harm costs; a debrief tells it in money, too."""
    success: list[SuccessMetric] = []
    """What must improve, and by how much."""
    forecast: list[Forecast] = []
    """What offline evaluation promised."""
    communication: str = ""
    """Who is told what, when."""
