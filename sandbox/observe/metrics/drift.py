"""How far features and scores are from those the models were trained on."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sandbox.base.reading import NOTHING, Null, Reading
from sandbox.base.window import Counts
from sandbox.observe.metrics.view import Metric, View, nothing

SCORE_QUANTILES = 10
"""The score's bins are merged to about so many, equally full in the reference, before its PSI is read."""

SCORE = "score"
"""In place of a feature: the model's own score."""


def psi(now: Counts, reference: Counts) -> float:
    """Population stability index of now against reference (bins,): sum (q - p) ln(q / p), half a count in each bin.

    A bin that is empty in both says nothing; half a count in each would make it say how unlike the sizes are.
    """
    used = (now + reference) > 0
    now, reference, bins = now[used], reference[used], int(used.sum())
    p = (reference + 0.5) / (reference.sum() + 0.5 * bins)
    q = (now + 0.5) / (now.sum() + 0.5 * bins)
    return float(((q - p) * np.log(q / p)).sum())


def ks(now: Counts, reference: Counts) -> tuple[float, float]:
    """Kolmogorov and Smirnov's statistic at the edges of bins, with the standard error of the difference there."""
    n, m = int(now.sum()), int(reference.sum())
    here, there = np.cumsum(now) / n, np.cumsum(reference) / m
    at = int(np.abs(here - there).argmax())
    p, q = float(here[at]), float(there[at])
    return abs(p - q), math.sqrt(p * (1.0 - p) / n + q * (1.0 - q) / m)


def _psi_reading(now: Counts, reference: Counts) -> Reading:
    n, m, bins = int(now.sum()), int(reference.sum()), int((reference > 0).sum())
    if not n or not m:
        return NOTHING
    null = Null(scale=1.0 / n + 1.0 / m, freedom=max(1, bins - 1))
    # A chi-squared of k degrees has the variance 2k.
    return Reading(value=psi(now, reference), n=n, error=null.scale * math.sqrt(2.0 * null.freedom), null=null)


def _ks_reading(now: Counts, reference: Counts) -> Reading:
    n, m = int(now.sum()), int(reference.sum())
    if not n or not m:
        return NOTHING
    value, error = ks(now, reference)
    return Reading(value=value, n=n, error=error, null=Null(scale=math.sqrt(1.0 / n + 1.0 / m), freedom=0))


class _Distance(NamedTuple):
    """One way to say how far two histograms are apart, and what it makes of those of features and scores."""

    name: str
    says: str
    about: str
    read: Callable[[Counts, Counts], Reading]
    ordered: bool
    """Whether a missing value has no place among the others."""

    def of_feature(self, view: View, feature: int) -> tuple[Reading, ...]:
        assert view.reference is not None
        last = -1 if self.ordered else None
        reference = view.reference.counts[feature][:last]
        return tuple(self.read(arm[feature][:last], reference) for arm in view.part("feature"))

    def of_score(self, view: View) -> tuple[Reading, ...]:
        assert view.reference is not None
        assert view.reference.scores is not None
        scores = view.part("score").sum(axis=(1, 2))
        pairs = zip(scores, view.reference.scores, strict=True)
        if self.ordered:
            return tuple(self.read(now, before) for now, before in pairs)
        return tuple(self.read(*(_coarse(counts, before) for counts in (now, before))) for now, before in pairs)


def _coarse(counts: Counts, reference: Counts) -> Counts:
    """Fine bins merged to about SCORE_QUANTILES, each with an equal part of the reference."""
    below = np.cumsum(reference) - 0.5 * reference
    place = np.minimum((below * SCORE_QUANTILES / max(1, int(reference.sum()))).astype(np.int64), SCORE_QUANTILES - 1)
    return np.bincount(place, weights=counts, minlength=SCORE_QUANTILES).astype(np.int64)


PSI = _Distance(
    name="drift.psi", says="population stability index", read=_psi_reading, ordered=False,
    about="""Sum of (q - p) ln(q / p) over ten bins that the reference fills equally and one for what is missing, half a
    count added to each. The reference of features is what the models were trained on; in a replay, its first tenth.
    Bands of 0.1 and 0.25 ignore n: without drift it is (1/n + 1/m) times a chi-squared of bins - 1 degrees, whose
    quantiles come with the reading (Yurdakul: Statistical properties of population stability index, 2018). Features are
    read from the collector's sample. `drift.psi.FEATURE` is one feature, `drift.psi.score` the model's scores, whose
    hundred bins are merged to about ten.""",
)
KS = _Distance(
    name="drift.ks", says="Kolmogorov and Smirnov's distance", read=_ks_reading, ordered=True,
    about="""The largest distance of two cumulative distributions, read at the nine edges between the reference's tenths
    (for scores at every hundredth), missing values left out: at most the exact statistic, so its null, Kolmogorov's
    distribution times sqrt(1/n + 1/m), errs on the quiet side (Smirnov: Table for estimating the goodness of fit of
    empirical distributions, 1948). `drift.ks.FEATURE` is one feature, `drift.ks.score` the model's scores.""",
)


def _largest(distance: _Distance) -> Callable[[View], tuple[Reading, ...]]:
    def read(view: View) -> tuple[Reading, ...]:
        if view.reference is None:
            return nothing(view)
        by_feature = [distance.of_feature(view, feature) for feature in range(len(view.layout.features))]
        return tuple(_worst(readings) for readings in zip(*by_feature, strict=True))

    return read


def _worst(readings: tuple[Reading, ...]) -> Reading:
    worst = max(readings, key=lambda reading: -1.0 if math.isnan(reading.value) else reading.value)
    return worst if worst.null is None else replace(worst, null=replace(worst.null, among=len(readings)))


def _only(distance: _Distance, feature: str) -> Callable[[View], tuple[Reading, ...]]:
    def read(view: View) -> tuple[Reading, ...]:
        if view.reference is None or feature not in view.layout.features:
            return nothing(view)
        return distance.of_feature(view, view.layout.features.index(feature))

    return read


def _scores(distance: _Distance) -> Callable[[View], tuple[Reading, ...]]:
    def read(view: View) -> tuple[Reading, ...]:
        if view.reference is None or view.reference.scores is None:
            return nothing(view)
        return distance.of_score(view)

    return read


def _metric(distance: _Distance, suffix: str, of: str, read: Callable[[View], tuple[Reading, ...]]) -> Metric:
    return Metric(
        name=distance.name + suffix, says=f"{distance.says} of {of}", unit="index", lower_is_better=True,
        matured=False, read=read, about=distance.about,
    )


def feature_of(name: str) -> str | None:
    """The feature that a metric of drift names; None where it names none."""
    for distance in (PSI, KS):
        feature = name.removeprefix(f"{distance.name}.")
        if feature not in (name, SCORE):
            return feature
    return None


def named(name: str) -> Metric | None:
    """The metric "drift.psi.FEATURE" or "drift.ks.FEATURE"."""
    feature = feature_of(name)
    if feature is None:
        return None
    distance = PSI if name.startswith(f"{PSI.name}.") else KS
    return _metric(distance, f".{feature}", feature, _only(distance, feature))


METRICS = (
    _metric(PSI, "", "the feature that moved most", _largest(PSI)),
    _metric(PSI, f".{SCORE}", "the model's scores", _scores(PSI)),
    _metric(KS, "", "the feature that moved most", _largest(KS)),
    _metric(KS, f".{SCORE}", "the model's scores", _scores(KS)),
)
