"""How busy the pools are."""

import math

from sandbox.base.reading import Reading
from sandbox.observe.metrics.view import Metric, View


def busy(view: View) -> tuple[Reading, ...]:
    """Share of the pool's slots that were at work; n counts the requests that ended."""
    ended = view.part("status").sum(axis=(1, 2, 3, 4)).tolist()
    return tuple(
        Reading(value=work / room if room else math.nan, n=n, error=0.0)
        for work, room, n in zip(view.part("busy_ns").tolist(), view.part("slot_ns").tolist(), ended, strict=True)
    )


METRICS = (
    Metric(
        name="saturation.busy", says="share of the pool's slots at work", unit="share", lower_is_better=True,
        matured=False, read=busy,
    ),
)
