"""Operations among people: incident, diagnosis, messages, approvals. They move nothing but those they reach."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.names import nowhere
from sandbox.base.units import Duration, Share
from sandbox.operate.operations.operation import Operation, Subject
from sandbox.operate.standing import Standing


class AmongPeople(Operation):
    """Something said."""

    subject: ClassVar[Subject] = "people"


class ToRole(AmongPeople):
    """Something that calls a role."""

    role: str = Field(min_length=1)
    """The role."""
    reason: str = ""
    """Why."""

    def refusal(self, standing: Standing) -> str:
        """The role must be known, where any is."""
        unknown = standing.roles and self.role not in standing.roles
        return nowhere("role", self.role, standing.roles) if unknown else ""


class Escalate(ToRole):
    """Hand the matter up to a role.

    ```toml
    [[commands]]
    at = "12m"
    kind = "escalate"
    role = "lead"
    reason = "nothing helps"
    ```
    """

    kind: Literal["escalate"] = "escalate"


class Page(ToRole):
    """Call a role to help.

    ```toml
    [[commands]]
    at = "12m"
    kind = "page"
    role = "database"
    reason = "is the store slow?"
    ```
    """

    kind: Literal["page"] = "page"


class Declare(AmongPeople):
    """Declare an incident.

    ```toml
    [[commands]]
    at = "12m"
    kind = "declare"
    severity = 2
    title = "checkout declines too much"
    ```
    """

    kind: Literal["declare"] = "declare"
    severity: int = Field(default=2, ge=1, le=5)
    """How grave, 1 is the gravest."""
    title: str = ""
    """What it is called."""

    def already(self, standing: Standing) -> bool:
        """One is open."""
        return bool(standing.incident)

    def refusal(self, standing: Standing) -> str:
        """There is one at a time."""
        return f"an incident of severity {standing.incident} is open already" if standing.incident else ""


class Close(AmongPeople):
    """Close the incident.

    ```toml
    [[commands]]
    at = "12m"
    kind = "close"
    reason = "errors are where they were for an hour"
    ```
    """

    kind: Literal["close"] = "close"
    reason: str = ""
    """Why it is over."""

    def refusal(self, standing: Standing) -> str:
        """One must be open."""
        return "" if standing.incident else "no incident is open"


class Diagnose(AmongPeople):
    """Name what you think is wrong: a kind of fault or drift, "worse-model" or "none"; the last one said counts.

    ```toml
    [[commands]]
    at = "12m"
    kind = "diagnose"
    cause = "latency"
    model = "candidate"
    onset = "40m"
    confidence = "70%"
    ```
    """

    kind: Literal["diagnose"] = "diagnose"
    cause: str
    """The kind, as `greenroom kinds fault` and `greenroom kinds drift` name them."""
    confidence: Share = 1.0
    """How sure you are."""
    model: str | None = None
    """The model it strikes."""
    segment: str | None = None
    """The segment it strikes."""
    onset: Duration | None = None
    """When it began, on the flight's clock."""

    def refusal(self, standing: Standing) -> str:
        """The kind, the model and the segment must be there."""
        if self.cause not in standing.classes:
            return nowhere("cause", self.cause, standing.classes)
        if self.model is not None and self.model not in standing.models:
            return nowhere("model", self.model, standing.models)
        if self.segment is not None and self.segment not in standing.segments:
            return nowhere("segment", self.segment, standing.segments)
        return "it would have begun in the future" if (self.onset or 0) > standing.at else ""


class Update(AmongPeople):
    """Tell an audience how things stand, in words of your own.

    ```toml
    [[commands]]
    at = "12m"
    kind = "update"
    audience = "support"
    text = "some answers are slow; we are sending users back"
    ```
    """

    kind: Literal["update"] = "update"
    audience: str = Field(min_length=1)
    """Who is told."""
    text: str = Field(min_length=1)
    """What."""

    def refusal(self, standing: Standing) -> str:
        """The audience must be known, where any is."""
        unknown = standing.audiences and self.audience not in standing.audiences
        return nowhere("audience", self.audience, standing.audiences) if unknown else ""


class Note(AmongPeople):
    """Write something down.

    ```toml
    [[commands]]
    at = "12m"
    kind = "note"
    text = "latency rose with the step, not before"
    ```
    """

    kind: Literal["note"] = "note"
    text: str = Field(min_length=1)
    """What."""


class OnApproval(AmongPeople):
    """A role's word on the step that comes next."""

    role: str = ""
    """In which role."""

    def refusal(self, standing: Standing) -> str:
        """The next step must wait for that role."""
        if standing.over:
            return f"the rollout is over: {standing.phase.replace('_', ' ')}"
        what = "the ramp" if standing.begins else "the step that comes next"
        if not standing.wanted:
            return f"{what} waits for nobody's approval"
        if self.role not in standing.wanted:
            return f'{what} waits for {", ".join(standing.wanted)}, not for "{self.role}"'
        return ""


class Approve(OnApproval):
    """Agree to the step that comes next, in a role.

    ```toml
    [[commands]]
    at = "12m"
    kind = "approve"
    role = "risk"
    ```
    """

    kind: Literal["approve"] = "approve"


class Refuse(OnApproval):
    """Say no to the step that comes next, in a role: it is held until that role approves.

    ```toml
    [[commands]]
    at = "12m"
    kind = "refuse"
    role = "risk"
    reason = "no answer yet from the eu"
    ```
    """

    kind: Literal["refuse"] = "refuse"
    reason: str = Field(min_length=1)
    """Why."""

    def refusal(self, standing: Standing) -> str:
        """What was refused is refused."""
        if said := super().refusal(standing):
            return said
        return f"{self.role} refused it already" if self.role in standing.withheld else ""
