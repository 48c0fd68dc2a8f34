"""Some requests fail."""

from dataclasses import replace
from typing import Literal

from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.faults.bout import Bout
from sandbox.world.faults.condition import Condition


class Errors(Bout):
    """A part of the requests that arrive fails after having been served: a bad node, a broken dependency.

    The error rate of the arm moves within one window; latency stays.

    ```toml
    [[faults]]
    kind = "errors"
    model = "candidate"
    rate = "4%"
    at = "40m"
    ```

    Beyer, Jones, Petoff, Murphy (eds.): Site Reliability Engineering, O'Reilly 2016, on the golden signals.
    """

    kind: Literal["errors"] = "errors"
    rate: Share = Field(default=0.05, gt=0)
    """The part that fails, on top of the model's own errors."""

    def impose(self, condition: Condition) -> Condition:
        """The pool's condition while the fault lasts."""
        return replace(condition, extra_errors=min(1.0, condition.extra_errors + self.rate))
