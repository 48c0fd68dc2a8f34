"""All metrics by name."""

from sandbox.observe.metrics import (
    cost,
    data,
    drift,
    failures,
    fairness,
    latency,
    over,
    quality,
    saturation,
    traffic,
    users,
    wrong,
)
from sandbox.observe.metrics.by_user import told_apart
from sandbox.observe.metrics.view import Metric

METRICS: tuple[Metric, ...] = (
    *traffic.METRICS,
    *failures.METRICS,
    *latency.METRICS,
    *saturation.METRICS,
    *cost.METRICS,
    *quality.METRICS,
    *fairness.METRICS,
    *drift.METRICS,
    *data.METRICS,
    *users.METRICS,
    *wrong.METRICS,
)
BY_NAME: dict[str, Metric] = {metric.name: metric for metric in METRICS}


def metric(name: str) -> Metric:
    """The metric called `name`; raises KeyError."""
    found = BY_NAME.get(name) or latency.named(name) or over.named(name) or drift.named(name)
    if found is None:
        raise KeyError(name)
    return told_apart(found)
