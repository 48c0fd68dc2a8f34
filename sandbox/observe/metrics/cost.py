"""What an answer costs."""

import math

from sandbox.base.reading import Reading
from sandbox.observe.metrics.view import Metric, View


def mean(view: View) -> tuple[Reading, ...]:
    """Mean cost of a request that ended, in the scenario's money."""
    ended = view.part("status").sum(axis=(1, 2, 3, 4)).tolist()
    cost = view.part("cost").sum(axis=1).tolist()
    return tuple(
        Reading(value=total / 1e6 / n if n else math.nan, n=n, error=0.0) for total, n in zip(cost, ended, strict=True)
    )


METRICS = (
    Metric(
        name="cost.mean", says="mean cost of a request", unit="money", lower_is_better=True, matured=False, read=mean
    ),
)
