"""What windows know of users, added to the metrics that are means of something each request brings."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sandbox.base.reading import ByUser, Reading
from sandbox.base.status import Status
from sandbox.base.window import (
    FAILED_SOMEHOW,
    FIRST_SLOW,
    FIXED_POINT,
    USER_BRIER,
    USER_COST,
    USER_LATENCY,
    USER_OFFSET,
    USER_SLOW,
    Counts,
    Layout,
)
from sandbox.observe.metrics.latency import limit_of
from sandbox.observe.metrics.view import Metric, View

ENDED = (Status.ANSWERED, Status.REJECTED, Status.TIMED_OUT, Status.ERRORED)
WAITED = (Status.ANSWERED, Status.TIMED_OUT)
FALSE, TRUE, ALL = (0, 1), (2, 3), (0, 1, 2, 3)
"""Cells of a confusion matrix as label * 2 + decision: the false cases, the true ones, both."""


@dataclass(frozen=True, slots=True)
class Split:
    """Which columns of the users' sums count the n, which add up to the total, in which unit, and whose firsts."""

    n: tuple[int, ...]
    total: tuple[int, ...]
    per: float = 1.0
    first: int = -1


SERVICE: dict[str, Split] = {
    "errors.rate": Split(ENDED, (Status.ERRORED,), first=Status.ERRORED),
    "timeouts.rate": Split(ENDED, (Status.TIMED_OUT,), first=Status.TIMED_OUT),
    "rejections.rate": Split(ENDED, (Status.REJECTED,), first=Status.REJECTED),
    "failures.rate": Split(ENDED, (Status.REJECTED, Status.TIMED_OUT, Status.ERRORED), first=FAILED_SOMEHOW),
    "latency.mean": Split(WAITED, (USER_LATENCY,), 1e9),
    "cost.mean": Split(ENDED, (USER_COST,), 1e6),
}
LABELS: dict[str, Split] = {
    "quality.accuracy": Split(ALL, (0, 3)),
    "quality.wrong": Split(ALL, (1, 2), first=0),
    "quality.fpr": Split(FALSE, (1,)),
    "quality.tpr": Split(TRUE, (3,)),
    "quality.brier": Split(ALL, (USER_BRIER,), FIXED_POINT),
    "quality.calibration.in_the_large": Split(ALL, (USER_OFFSET,), FIXED_POINT),
}


def told_apart(metric: Metric) -> Metric:
    """The metric, its readings with what is known of users where that is counted."""
    limit = limit_of(metric.name)
    if metric.name in LABELS:
        split = LABELS[metric.name]
        return replace(metric, read=_with_users(metric, lambda _: split, "user_labels", "first_wrong"))
    if metric.name in SERVICE or limit is not None:

        def split_of(layout: Layout) -> Split | None:
            if limit is None:
                return SERVICE[metric.name]
            if limit not in layout.limits:
                return None
            place = layout.limits.index(limit)
            return Split(WAITED, (USER_SLOW + place,), first=FIRST_SLOW + place)

        return replace(metric, read=_with_users(metric, split_of, "user_sums", "first_event"))
    return metric


def _with_users(
    metric: Metric, split_of: Callable[[Layout], Split | None], sums: str, firsts: str
) -> Callable[[View], tuple[Reading, ...]]:
    def read(view: View) -> tuple[Reading, ...]:
        readings, split = metric.read(view), split_of(view.layout)
        if split is None or view.only:
            return readings
        by_bucket = view.part(sums).sum(axis=1)
        n = by_bucket[..., list(split.n)].sum(axis=-1).astype(np.float64)
        total = by_bucket[..., list(split.total)].sum(axis=-1) / split.per
        strata = max(view.layout.strata, default=0) + 1
        first = _firsts(view.part(firsts), split.first)
        return tuple(
            replace(reading, by_user=ByUser(n[arm], total[arm], first[arm], strata))
            for arm, reading in enumerate(readings)
        )

    return read


def _firsts(part: Counts, event: int) -> list[int]:
    if event < 0:
        return [-1] * len(part)
    column: list[int] = (part if part.ndim == 1 else part[:, event]).tolist()
    return column
