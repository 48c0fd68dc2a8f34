"""Whether the truth becomes known, and how late."""

import math

from sandbox.base.reading import NOTHING, Reading
from sandbox.observe.metrics.view import Metric, View, proportions


def coverage(view: View) -> tuple[Reading, ...]:
    """Requests of a matured cohort whose label had come, over all that were routed in it, answered or not. What never
    comes is counted here and not dropped: a metric read from the rest speaks only about those that were labelled
    (Ktena et al.: Addressing delayed feedback for continuous training with neural networks in CTR prediction, 2019).
    """
    labelled = view.part("confusion").sum(axis=(1, 2, 3, 4, 5))
    return proportions(labelled, view.part("routed").sum(axis=(1, 2, 3)))


def delay(view: View) -> tuple[Reading, ...]:
    """Mean time from request to label of the labels that came in a window, whatever cohort they are of: it moves before
    the cohorts that wait for them mature (Chapelle: Modeling delayed feedback in display advertising, KDD 2014).
    """
    totals, squares = (view.part(name).sum(axis=1).tolist() for name in ("label_delay_ms", "label_delay_square"))
    return tuple(
        mean_of(total / 1_000.0, float(square), n)
        for total, square, n in zip(totals, squares, view.part("labels_seen").sum(axis=1).tolist(), strict=True)
    )


def mean_of(total: float, squares: float, n: int) -> Reading:
    """The mean of n numbers of which the sum and the sum of squares are known."""
    if not n:
        return NOTHING
    value = total / n
    return Reading(value=value, n=n, error=math.sqrt(max(0.0, squares / n - value * value) / n))


METRICS = (
    Metric(
        name="labels.coverage", says="share of requests whose label came before their cohort matured", unit="share",
        lower_is_better=False, matured=True, read=coverage, by=("segment", "group"),
    ),
    Metric(
        name="labels.delay", says="mean time from request to label, of labels as they come", unit="seconds",
        lower_is_better=True, matured=False, read=delay,
    ),
)
