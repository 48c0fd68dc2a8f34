"""Nobody who acts by himself: whoever sits at the controls, or the policy alone."""

from typing import Literal

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.operate.oncall.person import Person


class Human(Spec):
    """Somebody at the cockpit, a drill or another program; a flight without any of them has nobody at the desk.

    Roles in `others` are people made up whom they may call: who is paged acknowledges, decides and follows the runbook
    of what fires; to whom it is escalated, takes over, with the rollback recipe. Nobody else answers.

    ```toml
    [oncall]
    kind = "human"

    [oncall.others.lead]
    acknowledge = { p50 = "3m", p99 = "15m" }
    asleep = "10%"
    ```
    """

    kind: Literal["human"] = "human"
    others: dict[str, Person] = Field(default={})
    """Roles that react when they are called."""

    def who(self, role: str) -> Person | None:
        """How whoever has a role reacts; None where nobody has it."""
        return self.others.get(role)


class Autopilot(Spec):
    """The policy alone: what gates and alerts conclude is done, and whoever would have to approve does so at once.

    ```toml
    [oncall]
    kind = "autopilot"
    ```
    """

    kind: Literal["autopilot"] = "autopilot"
