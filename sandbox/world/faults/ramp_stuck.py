"""A step that never ends."""

from typing import ClassVar, Literal

from sandbox.world.faults.bout import Bout, Rollback, Taxonomy


class RampStuck(Bout):
    """The controller hangs: no gate is asked, nothing is decided, and the step that stands goes on.

    It looks like patience. Alerts go on firing and telling people, but what they would make the ramp do is not done;
    only a person's command is. Silence is not success: who watches the controller?

    ```toml
    [[faults]]
    kind = "ramp-stuck"
    at = "40m"
    lasts = "20m"
    ```

    Argo Rollouts, Progress deadline: a rollout that makes no progress is degraded, where a deadline is set (2023).
    """

    taxonomy: ClassVar[Taxonomy] = "rollout"
    rollback: ClassVar[Rollback] = "is not needed"
    signals: ClassVar[tuple[str, ...]] = ()
    apart: ClassVar[str] = (
        "Telemetry is healthy and the journal has no gate: under `none` gates go on being asked, under `unapplied`"
        " steps are set, and under `monitoring-down` telemetry is gone, too."
    )

    kind: Literal["ramp-stuck"] = "ramp-stuck"

    @property
    def stuck(self) -> bool:
        """Nobody decides anything."""
        return True
