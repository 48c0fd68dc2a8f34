"""Replicas die."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.units import NS_PER_SECOND, Duration, Share
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.dying import Dying
from sandbox.world.faults.on_model import OnModel


class Crash(OnModel):
    """A part of the pool's slots dies at once, and again every `every` where that is said: a crash loop.

    What is in service there fails at that instant; slots serve again after `restart`, and those who wait meanwhile wait
    for the rest of the pool. A crash that has happened is not undone by lifting the fault: no further one comes.

    ```toml
    [[faults]]
    kind = "crash"
    model = "candidate"
    part = "90%"
    restart = "10s"
    at = "40m"
    ```

    Kubernetes, Pod lifecycle: a container that exits is restarted after 10s, 20s, 40s ... capped at 300s (2023).
    """

    taxonomy: ClassVar[Taxonomy] = "platform"
    rollback: ClassVar[Rollback] = "helps"
    signals: ClassVar[tuple[str, ...]] = ("latency.p99", "timeouts.rate")
    apart: ClassVar[str] = (
        "A handful of errors at one instant, then a queue that drains: `errors` go on, `capacity` has no errors, a"
        " `memory-leak` is announced by memory."
    )

    kind: Literal["crash"] = "crash"
    part: Share = Field(default=0.5, gt=0)
    """The part of the slots that dies."""
    restart: Duration = Field(default=30 * NS_PER_SECOND, gt=0)
    """How long until they serve again."""
    every: Duration | None = Field(default=None, gt=0)
    """How long until they die again; once unless said."""

    @property
    def dying(self) -> Dying | None:
        """At once."""
        return Dying(after=0, every=self.every, part=self.part, restart=self.restart)
