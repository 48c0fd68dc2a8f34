"""One arm's numbers under the other's name."""

from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.window import Layout, Sparse, Window
from sandbox.world.faults.bout import Bout, Rollback, Taxonomy


class WrongLabel(Bout):
    """Windows that end meanwhile have two arms' numbers under each other's name: a relabelling rule, a typo in a join.

    The better arm is called the worse one. Shares of traffic are swapped, too, which at any step but 50% gives it away.

    ```toml
    [[faults]]
    kind = "wrong-label"
    arms = ["incumbent", "candidate"]
    at = "40m"
    lasts = "10m"
    ```

    Turnbull: Monitoring with Prometheus, 2018, on relabelling.
    """

    taxonomy: ClassVar[Taxonomy] = "observability"
    rollback: ClassVar[Rollback] = "does not help"
    signals: ClassVar[tuple[str, ...]] = ("traffic.share",)
    apart: ClassVar[str] = (
        "Both arms jump at one instant, each to where the other was, traffic included; a `wrong-artifact` moves one arm"
        " and leaves its traffic, `sample-ratio` moves traffic alone."
    )

    kind: Literal["wrong-label"] = "wrong-label"
    arms: list[str] = Field(default=["incumbent", "candidate"], min_length=2, max_length=2)
    """The two whose names are swapped."""

    def tell(self, window: Window, last: Window | None, layout: Layout) -> tuple[int, Window | None]:
        """With the two arms swapped."""
        counts = window.counts.dense()
        first, second = (layout.arms.index(name) for name in self.arms)
        for name in layout.label_parts if window.matured else layout.parts:
            if name != "span_ns":
                part = layout.part(counts, name)
                part[[first, second]] = part[[second, first]]
        return 0, replace(window, counts=Sparse.of(counts))
