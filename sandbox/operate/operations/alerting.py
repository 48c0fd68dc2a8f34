"""Operations on alerts: seen, silenced, disabled."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.names import nowhere
from sandbox.base.units import Duration
from sandbox.operate.operations.operation import Operation, Subject
from sandbox.operate.standing import Standing


class OnAlerting(Operation):
    """Something done to alerts, or to how people are told of them."""

    subject: ClassVar[Subject] = "alerting"


class Acknowledge(OnAlerting):
    """Say that you have seen every notification so far: nothing of it is escalated.

    ```toml
    [[commands]]
    at = "12m"
    kind = "acknowledge"
    ```
    """

    kind: Literal["acknowledge"] = "acknowledge"


class OfAlert(OnAlerting):
    """Something done to one alert."""

    alert: str
    """The alert's name."""

    def refusal(self, standing: Standing) -> str:
        """The alert must be there."""
        return "" if self.alert in standing.alerts else nowhere("alert", self.alert, standing.alerts)


class Silence(OfAlert):
    """Tell nobody of an alert for a while; it goes on firing, and what it makes the ramp do it still does.

    ```toml
    [[commands]]
    at = "12m"
    kind = "silence"
    alert = "candidate errors"
    lasts = "30m"
    reason = "known, being mended"
    ```
    """

    kind: Literal["silence"] = "silence"
    lasts: Duration = Field(gt=0)
    """For how long."""
    reason: str = Field(min_length=1)
    """Why."""

    def refusal(self, standing: Standing) -> str:
        """Somebody must be told of it in the first place, and it must not be silenced yet."""
        if said := super().refusal(standing):
            return said
        if not standing.notifies:
            return "nobody is told of alerts here"
        return f"{self.alert} is silenced already" if self.alert in dict(standing.silences) else ""


class Unsilence(OfAlert):
    """End the silence of an alert before its time.

    ```toml
    [[commands]]
    at = "12m"
    kind = "unsilence"
    alert = "candidate errors"
    ```
    """

    kind: Literal["unsilence"] = "unsilence"

    def refusal(self, standing: Standing) -> str:
        """It must be silenced."""
        if said := super().refusal(standing):
            return said
        return "" if self.alert in dict(standing.silences) else f"{self.alert} is not silenced"


class Disable(OfAlert):
    """Evaluate an alert no more: what fires of it is over, and it neither tells anybody nor moves the ramp.

    ```toml
    [[commands]]
    at = "12m"
    kind = "disable"
    alert = "candidate errors"
    reason = "reads the wrong series"
    ```
    """

    kind: Literal["disable"] = "disable"
    reason: str = Field(min_length=1)
    """Why."""

    def already(self, standing: Standing) -> bool:
        """Nobody evaluates it."""
        return self.alert in standing.disabled

    def refusal(self, standing: Standing) -> str:
        """It must be enabled, and not what the plan promised to stop at."""
        if said := super().refusal(standing):
            return said
        if self.alert in standing.halts:
            return f"{self.alert} is a condition on which the plan halts; it was promised to whoever approved"
        return f"{self.alert} is disabled already" if self.alert in standing.disabled else ""


class Enable(OfAlert):
    """Evaluate an alert again that was disabled.

    ```toml
    [[commands]]
    at = "12m"
    kind = "enable"
    alert = "candidate errors"
    ```
    """

    kind: Literal["enable"] = "enable"

    def refusal(self, standing: Standing) -> str:
        """It must be disabled."""
        if said := super().refusal(standing):
            return said
        return "" if self.alert in standing.disabled else f"{self.alert} is not disabled"
