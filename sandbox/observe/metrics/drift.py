"""How far the features are from those the models were trained on."""

import math

import numpy as np

from sandbox.base.reading import Reading
from sandbox.base.window import Counts
from sandbox.observe.metrics.view import Metric, View


def psi(now: Counts, reference: Counts) -> float:
    """Population stability index of now against reference (bins,): sum (q - p) ln(q / p), half a count in each bin.

    A bin that is empty in both says nothing; half a count in each would make it say how unlike the sizes are.
    """
    used = (now + reference) > 0
    now, reference, bins = now[used], reference[used], int(used.sum())
    p = (reference + 0.5) / (reference.sum() + 0.5 * bins)
    q = (now + 0.5) / (now.sum() + 0.5 * bins)
    return float(((q - p) * np.log(q / p)).sum())


def _reading(now: Counts, reference: Counts) -> Reading:
    n, m, bins = int(now.sum()), int(reference.sum()), int((reference > 0).sum())
    if not n or not m:
        return Reading(value=math.nan, n=0)
    # Yurdakul 2018: without drift PSI is (1/n + 1/m) times a chi-squared of bins - 1, whose sd is sqrt(2 (bins - 1)).
    null_error = (1.0 / n + 1.0 / m) * math.sqrt(2.0 * max(1, bins - 1))
    return Reading(value=psi(now, reference), n=n, error=null_error)


def _by_feature(view: View, feature: int) -> tuple[Reading, ...]:
    assert view.reference is not None
    reference = view.reference.counts[feature]
    return tuple(_reading(arm[feature], reference) for arm in view.part("feature"))


def largest(view: View) -> tuple[Reading, ...]:
    """The largest PSI of any feature, arm by arm."""
    if view.reference is None:
        return tuple(Reading(value=math.nan, n=0) for _ in view.layout.arms)
    by_feature = [_by_feature(view, feature) for feature in range(len(view.layout.features))]
    return tuple(
        max(readings, key=lambda reading: -1.0 if math.isnan(reading.value) else reading.value)
        for readings in zip(*by_feature, strict=True)
    )


def named(name: str) -> Metric | None:
    """The metric "drift.psi.FEATURE"."""
    if not name.startswith("drift.psi."):
        return None
    feature = name.removeprefix("drift.psi.")

    def read(view: View) -> tuple[Reading, ...]:
        if view.reference is None or feature not in view.layout.features:
            return tuple(Reading(value=math.nan, n=0) for _ in view.layout.arms)
        return _by_feature(view, view.layout.features.index(feature))

    return Metric(
        name=name, says=f"population stability index of {feature}", unit="index", lower_is_better=True, matured=False,
        read=read,
    )


METRICS = (
    Metric(
        name="drift.psi", says="largest population stability index of any feature", unit="index", lower_is_better=True,
        matured=False, read=largest,
    ),
)
