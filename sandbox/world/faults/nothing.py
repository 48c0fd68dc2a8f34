"""No fault at all."""

from typing import ClassVar, Literal

from sandbox.world.faults.bout import Bout, Rollback, Taxonomy


class NoFault(Bout):
    """Nothing happens: the control. A set of drills in which something always breaks rewards rolling back always.

    Every bit of the flight is what it would be without the table; only the journal and the debrief name it.

    ```toml
    [[faults]]
    kind = "none"
    at = "40m"
    ```

    Jha et al.: ITBench, 2025, and Chen et al.: AIOpsLab, 2025, both with scenarios in which nothing is wrong.
    """

    taxonomy: ClassVar[Taxonomy] = "none"
    rollback: ClassVar[Rollback] = "is not needed"
    apart: ClassVar[str] = (
        "Nothing moves but by chance. Telemetry is as healthy where only the telling is broken (`misrouted-alert`,"
        " `silence`, `alert-typo`, `broad-inhibition`), where the controller hangs (`ramp-stuck`) or where users flip"
        " between arms (`unsticky`): ask who was told, what was decided, and whose requests they are."
    )

    kind: Literal["none"] = "none"
