"""All metrics by name."""

from dataclasses import replace

from sandbox.observe.metrics import (
    answers,
    business,
    calibration,
    contract,
    cost,
    data,
    drift,
    estimate,
    failures,
    fairness,
    labels,
    latency,
    quality,
    retries,
    saturation,
    traffic,
    users,
)
from sandbox.observe.metrics.by_user import told_apart
from sandbox.observe.metrics.slices import sliced, taken_apart
from sandbox.observe.metrics.view import Metric

METRICS: tuple[Metric, ...] = (
    *traffic.METRICS,
    *failures.METRICS,
    *answers.METRICS,
    *retries.METRICS,
    *latency.METRICS,
    *saturation.METRICS,
    *cost.METRICS,
    *quality.METRICS,
    *calibration.METRICS,
    *estimate.METRICS,
    *fairness.METRICS,
    *drift.METRICS,
    *data.METRICS,
    *contract.METRICS,
    *labels.METRICS,
    *business.METRICS,
    *users.METRICS,
)
BY_NAME: dict[str, Metric] = {metric.name: metric for metric in METRICS}


def metric(name: str) -> Metric:
    """The metric called `name`, for one segment or group where it says so; raises KeyError, ValueError where the name
    does not read or the metric is not kept that way.
    """
    named = taken_apart(name)
    if "arm" in named.labels:
        raise ValueError(f'a gate names its arm with "model"; remove "arm={named.labels["arm"]}"')
    found = BY_NAME.get(named.base)
    for family in (latency, drift, contract):
        found = found or family.named(named.base)
    if found is None:
        raise KeyError(named.base)
    return replace(sliced(told_apart(found), named), name=name)


def reads_leaving(name: str) -> bool:
    """Whether a metric needs to know who came again."""
    return taken_apart(name).base == "experience.abandonment"


def reads_scores(name: str) -> bool:
    """Whether a metric needs the models' scores on the reference."""
    return taken_apart(name).base.startswith(("drift.psi.score", "drift.ks.score", "estimate."))
