"""The operation that follows a runbook."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.names import nowhere
from sandbox.operate.operations.operation import Operation, Subject
from sandbox.operate.standing import Standing


class Perform(Operation):
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

    subject: ClassVar[Subject] = "people"
    kind: Literal["perform"] = "perform"
    runbook: str
    """The runbook."""
    step: int = Field(ge=1)
    """Which of its steps, from 1; those of its rollback recipe come after the others."""

    def refusal(self, standing: Standing) -> str:
        """The runbook and the step must be there."""
        if self.runbook not in standing.runbooks:
            return nowhere("runbook", self.runbook, tuple(standing.runbooks))
        count = len(standing.runbooks[self.runbook])
        return "" if self.step <= count else f"{self.runbook} has steps 1 to {count}"
