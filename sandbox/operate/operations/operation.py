"""What every operation says about itself."""

from typing import ClassVar, Literal

from sandbox.base.spec import Spec
from sandbox.operate.standing import Standing

Subject = Literal["ramp", "serving", "alerting", "people"]


class Operation(Spec):
    """Something that can be asked for; its keys are the arguments of the command."""

    subject: ClassVar[Subject]
    """What it acts upon."""

    kind: str

    def already(self, standing: Standing) -> bool:
        """Whether things stand as it would have them, so that a runbook may go on."""
        return False

    def refusal(self, standing: Standing) -> str:
        """Why it may not be granted as things stand; empty where it may."""
        return ""
