"""What a gate may see: the windows it reads, merged and one by one, through its metrics."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from sandbox.base.reading import Look, Reading
from sandbox.base.window import Counts, Layout, Window
from sandbox.observe.metrics.view import Metric, Reference, View


@dataclass(slots=True)
class Sight:
    """Counts since the step (or flight) began, or of the last stretch, kept merged as windows come in."""

    layout: Layout
    metric: Metric
    reference: Reference | None
    stretch: int | None
    counts: Counts = field(init=False)
    recent: deque[Window] = field(init=False)

    def __post_init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Nothing was seen yet."""
        size = self.layout.label_size if self.metric.matured else self.layout.size
        self.counts = np.zeros(size, dtype=np.int64)
        self.recent = deque()

    def see(self, window: Window) -> None:
        """Merge a window, if it is of the kind the metric reads."""
        if window.matured != self.metric.matured:
            return
        window.counts.add_to(self.counts)
        if self.stretch is None:
            return
        self.recent.append(window)
        self.forget(window.visible_at)

    def forget(self, now: int) -> None:
        """Leave out what is no longer of the last stretch: where windows stop to come, old ones must not stand for new.

        Windows become readable some time after their end; the last one tells how long.
        """
        if self.stretch is None or not self.recent:
            return
        newest = self.recent[-1]
        over = now - (newest.visible_at - newest.end) - self.stretch
        while self.recent and self.recent[0].end <= over:
            old = self.recent.popleft().counts
            self.counts[old.at] -= old.count

    def read(self, share: tuple[float, ...]) -> tuple[Reading, ...]:
        """The metric over all that is merged, arm by arm."""
        return self.metric.read(View(self.layout, self.counts, share, self.reference))

    def alone(self, window: Window) -> tuple[Reading, ...]:
        """The metric over one window, arm by arm."""
        return self.metric.read(View(self.layout, window.counts.dense(), window.share, self.reference))


def look(window: Window, sights: tuple[Sight, ...]) -> Look | None:
    """One window by itself through the metrics that read its kind; None where none does."""
    readings = {
        sight.metric.name: sight.alone(window) for sight in sights if sight.metric.matured == window.matured
    }
    if not readings:
        return None
    return Look(start=window.start, end=window.end, step=window.step, share=window.share, readings=readings)
