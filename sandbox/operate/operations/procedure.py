"""The operations that follow a runbook."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.names import nowhere
from sandbox.operate.operations.operation import Operation, Subject
from sandbox.operate.standing import Standing


class OfRunbook(Operation):
    """Something that a runbook says."""

    subject: ClassVar[Subject] = "people"
    runbook: str
    """The runbook."""

    def refusal(self, standing: Standing) -> str:
        """The runbook must be there."""
        known = tuple(standing.runbooks)
        return "" if self.runbook in known else nowhere("runbook", self.runbook, known)


class Perform(OfRunbook):
    """Do a step of a runbook: its action is carried out, and what it should lead to is watched for as long as it says.

    What is verified is read from telemetry; whether it is true nobody knows.

    ```toml
    [[commands]]
    at = "12m"
    kind = "perform"
    runbook = "candidate is slow"
    step = 1
    ```
    """

    kind: Literal["perform"] = "perform"
    step: int = Field(ge=1)
    """Which of its steps, from 1; those of its rollback recipe come after the others."""

    def refusal(self, standing: Standing) -> str:
        """The step must be there."""
        if said := super().refusal(standing):
            return said
        count = len(standing.runbooks[self.runbook])
        return "" if self.step <= count else f"{self.runbook} has steps 1 to {count}"


class Send(OfRunbook):
    """Send a message of a runbook, with the facts filled in.

    ```toml
    [[commands]]
    at = "12m"
    kind = "send"
    runbook = "candidate is slow"
    message = 1
    ```
    """

    kind: Literal["send"] = "send"
    message: int = Field(ge=1)
    """Which of its messages, from 1."""

    def refusal(self, standing: Standing) -> str:
        """The message must be there."""
        if said := super().refusal(standing):
            return said
        count = standing.messages.get(self.runbook, 0)
        if count == 0:
            return f"{self.runbook} has no messages"
        return "" if self.message <= count else f"{self.runbook} has messages 1 to {count}"
