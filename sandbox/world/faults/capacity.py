"""Fewer slots than were bought."""

import math
from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.units import Share
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.on_model import OnModel


class Capacity(OnModel):
    """The pool loses a part of its slots: a zone drained, a quota cut, a reservation that was not honoured.

    Service takes no longer, but requests wait for it; once the queue is full they are rejected. Up to the point where
    the rest of the pool is full nothing moves but how busy it is.

    ```toml
    [[faults]]
    kind = "capacity"
    model = "candidate"
    lost = "75%"
    at = "40m"
    ```

    Erlang: Solution of some problems in the theory of probabilities of significance in automatic telephone exchanges,
    1917.
    """

    taxonomy: ClassVar[Taxonomy] = "platform"
    rollback: ClassVar[Rollback] = "helps"
    signals: ClassVar[tuple[str, ...]] = ("saturation.slots", "saturation.busy", "latency.p99")
    apart: ClassVar[str] = (
        "The pool has fewer slots, at no change of share; under `autoscaler-lag` the share changed, under `latency` the"
        " slots are all there."
    )

    kind: Literal["capacity"] = "capacity"
    lost: Share = Field(default=0.5, gt=0, lt=1)
    """The part of the slots that is gone."""

    def slots(self, wanted: int) -> int:
        """What is left, at least one."""
        return max(1, math.ceil(wanted * (1.0 - self.lost)))
