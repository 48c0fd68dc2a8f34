"""Replicas start slowly."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.world.faults.bout import Needs, Rollback, Taxonomy
from sandbox.world.faults.on_model import OnModel


class SlowStart(OnModel):
    """Every replica that a pool adds takes `takes` longer before it serves: a large image, a model to load.

    It shows where a pool grows, and only there: at a step of the ramp, or on the incumbent after a rollback. Slots are
    counted from the instant at which they were asked for, and are at work starting.

    ```toml
    [[faults]]
    kind = "slow-start"
    model = "candidate"
    takes = "25s"
    at = "40m"

    [services.candidate]
    replicas = 6
    follow_share = true
    queue = 20
    ```

    Beyer, Jones, Petoff, Murphy (eds.): Site Reliability Engineering, O'Reilly 2016, chapter 22, on slow startup.
    """

    taxonomy: ClassVar[Taxonomy] = "platform"
    rollback: ClassVar[Rollback] = "makes it worse"
    signals: ClassVar[tuple[str, ...]] = ("latency.p50", "latency.p99")
    apart: ClassVar[str] = (
        "The slots are there and all of them are busy while requests wait; under `autoscaler-lag` the slots are"
        " missing."
    )
    needs: ClassVar[Needs] = "follow_share"

    kind: Literal["slow-start"] = "slow-start"
    takes: Duration = Field(default=60 * NS_PER_SECOND, gt=0)
    """How much longer a new replica takes."""

    @property
    def start_takes(self) -> int:
        """How much longer, in ns."""
        return self.takes
