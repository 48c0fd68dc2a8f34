"""How differently protected groups are served, on matured cohorts."""

import math
from collections.abc import Callable

from sandbox.base.reading import Reading
from sandbox.observe.metrics.view import Metric, View

LEAST_PER_GROUP = 100
"""Below this many cases in a group there is no gap to speak of."""


def _gap(label: int) -> Callable[[View], tuple[Reading, ...]]:
    def read(view: View) -> tuple[Reading, ...]:
        tables = view.part("confusion").sum(axis=(1, 2))
        return tuple(_gap_of(table[:, label, 1], table[:, label].sum(axis=1)) for table in tables)

    return read


def _gap_of(hits: object, cases: object) -> Reading:
    import numpy as np

    hit, n = np.asarray(hits), np.asarray(cases)
    if len(n) < 2 or int(n.min()) < LEAST_PER_GROUP:
        return Reading(value=math.nan, n=0)
    rate = hit / n
    high, low = int(rate.argmax()), int(rate.argmin())
    variance = sum(float(rate[group] * (1 - rate[group]) / n[group]) for group in (high, low))
    return Reading(value=float(rate[high] - rate[low]), n=int(n.sum()), error=math.sqrt(variance))


METRICS = (
    Metric(
        name="fairness.fpr_gap", says="largest difference between groups in false cases decided yes", unit="share",
        lower_is_better=True, matured=True, read=_gap(0),
    ),
    Metric(
        name="fairness.tpr_gap", says="largest difference between groups in true cases decided yes", unit="share",
        lower_is_better=True, matured=True, read=_gap(1),
    ),
)
