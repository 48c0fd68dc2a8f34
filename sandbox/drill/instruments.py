"""What an operator reads off the instruments: metrics over the last stretch of windows that became readable."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sandbox.base.window import Window
from sandbox.observe.metrics.kinds import BY_NAME, metric
from sandbox.observe.metrics.slices import taken_apart, unknown
from sandbox.observe.metrics.view import View
from sandbox.run.session import Session

PANEL = (
    "traffic.share", "failures.rate", "errors.rate", "timeouts.rate", "latency.p50", "latency.p99", "saturation.busy",
    "saturation.memory", "answers.invalid", "drift.psi.score", "quality.brier", "labels.coverage",
)
"""What is shown where nobody says what to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One metric of one arm: its value (None where there is none), on how many observations, in which unit."""

    metric: str
    arm: str
    value: float | None
    n: int
    unit: str


def panel() -> tuple[str, ...]:
    """The metrics of the panel that there are."""
    return tuple(name for name in PANEL if name in BY_NAME)


def shown(session: Session, names: Iterable[str], *, over: int) -> tuple[Shown, ...]:
    """Metrics by arm over the windows that began in the last `over` ns; raises ValueError for a metric there is not."""
    windows = session.snapshot().windows
    return tuple(one for name in names for one in _read(session, name, windows, since=session.now - over))


def _read(session: Session, name: str, windows: tuple[Window, ...], *, since: int) -> tuple[Shown, ...]:
    one, layout = metric(name), session.collector.layout
    if said := unknown(taken_apart(name), segments=layout.segments, groups=layout.groups):
        raise ValueError(said)
    counts = np.zeros(layout.label_size if one.matured else layout.size, dtype=np.int64)
    share = session.snapshot().share
    for window in windows:
        if window.matured == one.matured and window.visible_at >= since:
            window.counts.add_to(counts)
            share = window.share
    readings = one.read(View(layout, counts, share, session.collector.reference))
    return tuple(
        Shown(
            metric=name, arm=arm, value=reading.value if math.isfinite(reading.value) and not reading.empty else None,
            n=int(reading.n), unit=one.unit,
        )
        for arm, reading in zip(layout.arms, readings, strict=True)
    )
