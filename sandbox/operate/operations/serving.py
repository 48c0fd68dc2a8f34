"""Operations on what serves: pools, model inputs, thresholds."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.names import nowhere
from sandbox.base.units import Share
from sandbox.operate.operations.operation import Operation, Subject
from sandbox.operate.standing import Standing


class OnServing(Operation):
    """Something done to a model or its pool."""

    subject: ClassVar[Subject] = "serving"


class Scale(OnServing):
    """Give a model's pool another number of replicas; new ones serve after their cold start.

    A pool that follows its share keeps this number until its share moves again.

    ```toml
    [[commands]]
    at = "12m"
    kind = "scale"
    model = "candidate"
    replicas = 8
    ```
    """

    kind: Literal["scale"] = "scale"
    model: str = "candidate"
    """Whose pool."""
    replicas: int = Field(ge=1, le=4_096)
    """How many replicas it shall have."""

    def already(self, standing: Standing) -> bool:
        """It has as many."""
        return standing.replicas.get(self.model) == self.replicas

    def refusal(self, standing: Standing) -> str:
        """The model must be there, and the number another one."""
        if self.model not in standing.models:
            return nowhere("model", self.model, standing.models)
        if standing.replicas.get(self.model) == self.replicas:
            return f"{self.model} has {self.replicas} replica{'s'[: self.replicas > 1]} already"
        return ""


class Restart(OnServing):
    """Restart replicas of a model at once: what they serve fails, and they serve again after their cold start.

    What a replica had filled up with is gone: a leak begins anew.

    ```toml
    [[commands]]
    at = "12m"
    kind = "restart"
    model = "candidate"
    part = "50%"
    ```
    """

    kind: Literal["restart"] = "restart"
    model: str = "candidate"
    """Whose replicas."""
    part: Share = Field(default=1.0, gt=0)
    """The part of them that is restarted."""

    def refusal(self, standing: Standing) -> str:
        """The model must be there."""
        return "" if self.model in standing.models else nowhere("model", self.model, standing.models)


class Toggle(OnServing):
    """Switch an input of a candidate off, so that it reads it as missing, or on again.

    ```toml
    [[commands]]
    at = "12m"
    kind = "toggle"
    feature = "f3"
    on = false
    ```
    """

    kind: Literal["toggle"] = "toggle"
    feature: str
    """The feature."""
    on: bool = False
    """Whether the model shall read it."""
    model: str = "candidate"
    """The candidate that reads it."""

    def already(self, standing: Standing) -> bool:
        """It is as it should be."""
        known = self.model in standing.candidates and self.feature in standing.features
        return known and ((self.model, self.feature) in standing.off) is not self.on

    def refusal(self, standing: Standing) -> str:
        """The feature must be there and be the other way round."""
        if said := of_a_candidate(self.model, standing):
            return said
        if self.feature not in standing.features:
            return nowhere("feature", self.feature, standing.features)
        if ((self.model, self.feature) in standing.off) is not self.on:
            return f"{self.feature} is {'on' if self.on else 'off'} already"
        return ""


class Adjust(OnServing):
    """Have a candidate decide yes from another score, for one group or for everybody.

    ```toml
    [[commands]]
    at = "12m"
    kind = "adjust"
    group = "b"
    threshold = 0.4
    ```
    """

    kind: Literal["adjust"] = "adjust"
    threshold: float = Field(ge=0, le=1)
    """The score from which it decides yes."""
    group: str | None = None
    """The group it is for; everybody unless said."""
    model: str = "candidate"
    """The candidate."""

    def refusal(self, standing: Standing) -> str:
        """The candidate and the group must be there."""
        if said := of_a_candidate(self.model, standing):
            return said
        if self.group is not None and self.group not in standing.groups:
            return nowhere("group", self.group, standing.groups)
        return ""


def of_a_candidate(model: str, standing: Standing) -> str:
    """Why a model's answers cannot be changed: the incumbent's are what harm is counted against."""
    if model in standing.candidates:
        return ""
    if model in standing.models:
        return "the incumbent's answers stay as they are: harm is counted against them"
    return nowhere("candidate", model, standing.candidates)
