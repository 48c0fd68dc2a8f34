"""Scaling comes late."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.world.faults.bout import Needs, Rollback, Taxonomy
from sandbox.world.faults.on_model import OnModel


class AutoscalerLag(OnModel):
    """A pool that follows its share does so `by` later than the share was set, up and down.

    At a step up the candidate meets its new share with the replicas of the last one. After a rollback it is the
    incumbent, scaled down while the candidate climbed, that meets all of the traffic cold: a second incident, caused by
    the cure.

    ```toml
    [[faults]]
    kind = "autoscaler-lag"
    model = "all"
    by = "25s"
    at = "40m"

    [services.candidate]
    replicas = 6
    follow_share = true
    queue = 20
    ```

    Gandhi, Harchol-Balter, Raghunathan, Kozuch: AutoScale, ACM Transactions on Computer Systems 30 (2012).
    """

    taxonomy: ClassVar[Taxonomy] = "platform"
    rollback: ClassVar[Rollback] = "makes it worse"
    signals: ClassVar[tuple[str, ...]] = ("saturation.slots", "latency.p99")
    apart: ClassVar[str] = (
        "The share has changed and the number of slots has not; under `slow-start` it has, and under `capacity` it"
        " falls without any change of share."
    )
    needs: ClassVar[Needs] = "follow_share"

    kind: Literal["autoscaler-lag"] = "autoscaler-lag"
    by: Duration = Field(default=120 * NS_PER_SECOND, gt=0)
    """How much later."""

    @property
    def scaling_takes(self) -> int:
        """How much later, in ns."""
        return self.by
