"""Everything takes longer."""

from dataclasses import replace
from typing import Literal

from pydantic import Field

from sandbox.world.faults.bout import Bout
from sandbox.world.faults.condition import Condition


class SlowService(Bout):
    """Every request that arrives at the pool takes `factor` times as long to serve: a slow dependency, a bad release.

    Latency quantiles move at once; where the pool runs out of slots, queues, timeouts and rejections follow.

    ```toml
    [[faults]]
    kind = "latency"
    model = "candidate"
    factor = 3
    at = "40m"
    lasts = "20m"
    ```

    Dean, Barroso: The tail at scale, Communications of the ACM 56 (2013).
    """

    kind: Literal["latency"] = "latency"
    factor: float = Field(default=2.0, gt=0, le=1_000)
    """How many times as long."""

    def impose(self, condition: Condition) -> Condition:
        """The pool's condition while the fault lasts."""
        return replace(condition, slowdown=condition.slowdown * self.factor)
