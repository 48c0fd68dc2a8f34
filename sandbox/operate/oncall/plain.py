"""Nobody who acts by himself: whoever sits at the controls, or the policy alone."""

from typing import Literal

from sandbox.base.spec import Spec


class Human(Spec):
    """Somebody at the cockpit, a drill or another program; a flight without any of them has nobody at the desk.

    ```toml
    [oncall]
    kind = "human"
    ```
    """

    kind: Literal["human"] = "human"


class Autopilot(Spec):
    """The policy alone: what gates and alerts conclude is done, and whoever would have to approve does so at once.

    ```toml
    [oncall]
    kind = "autopilot"
    ```
    """

    kind: Literal["autopilot"] = "autopilot"
