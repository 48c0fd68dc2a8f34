"""How much of the traffic each arm really gets."""

import math

from sandbox.base.reading import NOTHING, Reading
from sandbox.base.units import NS_PER_SECOND
from sandbox.base.window import SERVED
from sandbox.observe.metrics.view import Metric, View, proportions


def rate(view: View) -> tuple[Reading, ...]:
    """Requests a second that users sent to the arm, shadows not counted; the error is that of a Poisson count."""
    seconds = int(view.part("span_ns")[0]) / NS_PER_SECOND
    offered = view.part("offered")[:, SERVED].sum(axis=(1, 2)).tolist()
    return tuple(
        Reading(value=n / seconds, n=n, error=math.sqrt(n) / seconds) if n and seconds else NOTHING for n in offered
    )


def share(view: View) -> tuple[Reading, ...]:
    """The share of requests that each arm was asked to answer."""
    offered = view.part("offered")[:, SERVED].sum(axis=(1, 2))
    return proportions(offered, offered * 0 + offered.sum())


def sample_ratio(view: View) -> tuple[Reading, ...]:
    """Share of users seen over share set: 1 where the split is what was asked for.

    Counts users at their first request in the step, since users are what routing splits.
    """
    users = view.part("users")
    total = int(users.sum())
    readings = []
    for seen, wanted in zip(users.tolist(), view.share, strict=True):
        if not total or wanted == 0.0:
            readings.append(Reading(value=math.nan, n=0))
            continue
        error = math.sqrt(wanted * (1.0 - wanted) / total) / wanted
        readings.append(Reading(value=seen / total / wanted, n=total, error=error))
    return tuple(readings)


METRICS = (
    Metric(
        name="traffic.rate", says="requests a second that users sent to the arm", unit="per_second",
        lower_is_better=False, matured=False, read=rate, by=("segment", "group"),
    ),
    Metric(
        name="traffic.share", says="share of requests the arm was asked to answer", unit="share",
        lower_is_better=False, matured=False, read=share, by=("segment", "group"),
    ),
    Metric(
        name="traffic.ratio", says="share of users seen over share set; 1 is right", unit="ratio",
        lower_is_better=False, matured=False, read=sample_ratio,
    ),
)
