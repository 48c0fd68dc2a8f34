"""How differently protected groups are served: decisions as they were made, errors on matured cohorts."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from sandbox.base.reading import NOTHING, Reading
from sandbox.base.status import STATUSES, Status
from sandbox.base.window import FIXED_POINT, Counts
from sandbox.observe.metrics.calibration import offset
from sandbox.observe.metrics.view import Metric, View

LEAST_PER_GROUP = 100
"""Below this many cases in a group there is no gap to speak of."""


def fpr_gap(view: View) -> tuple[Reading, ...]:
    """The highest minus the lowest share of false cases decided yes, of any group; nothing below a hundred false cases
    in each (Hardt, Price, Srebro: Equality of opportunity in supervised learning, NIPS 2016).
    """
    return tuple(_gap_of(table, 0) for table in _confusions(view))


def tpr_gap(view: View) -> tuple[Reading, ...]:
    """The highest minus the lowest share of true cases decided yes, of any group; nothing below a hundred true cases in
    each: equal opportunity (Hardt, Price, Srebro: Equality of opportunity in supervised learning, NIPS 2016).
    """
    return tuple(_gap_of(table, 1) for table in _confusions(view))


def equalized_odds(view: View) -> tuple[Reading, ...]:
    """The larger of the FPR gap and the TPR gap, with that one's error; nothing below a hundred true and a hundred
    false cases in each group (Hardt, Price, Srebro: Equality of opportunity in supervised learning, NIPS 2016).
    """
    readings = []
    for table in _confusions(view):
        gaps = [_gap_of(table, label) for label in (0, 1)]
        readings.append(NOTHING if any(gap.empty for gap in gaps) else max(gaps, key=lambda gap: gap.value))
    return tuple(readings)


def _confusions(view: View) -> Counts:
    """(arms, groups, label, decision) counts."""
    tables: Counts = view.part("confusion").sum(axis=(1, 2))
    return tables


def _gap_of(table: Counts, label: int) -> Reading:
    hit, n = table[:, label, 1], table[:, label].sum(axis=1)
    if len(n) < 2 or int(n.min()) < LEAST_PER_GROUP:
        return NOTHING
    rate = hit / n
    high, low = int(rate.argmax()), int(rate.argmin())
    variance = sum(float(rate[group] * (1 - rate[group]) / n[group]) for group in (high, low))
    return Reading(value=float(rate[high] - rate[low]), n=int(n.sum()), error=math.sqrt(variance))


def calibration_gap(view: View) -> tuple[Reading, ...]:
    """The highest minus the lowest of mean score - share true, of any group; nothing below a hundred true and a hundred
    false cases in each. It cannot be 0 together with both other gaps where base rates differ (Kleinberg, Mullainathan,
    Raghavan: Inherent trade-offs in the fair determination of risk scores, ITCS 2017).
    """
    said = view.part("score_sum").sum(axis=(1, 2)) / FIXED_POINT
    squares = view.part("brier")[..., 0].sum(axis=(1, 2)) / FIXED_POINT
    readings = []
    for table, sums, square in zip(_confusions(view), said, squares, strict=True):
        cases = table.sum(axis=2)
        if len(cases) < 2 or int(cases.min()) < LEAST_PER_GROUP:
            readings.append(NOTHING)
            continue
        offsets = [
            offset(int(n.sum()), int(n[1]), float(one), float(two))
            for n, one, two in zip(cases, sums, square, strict=True)
        ]
        readings.append(_between(offsets))
    return tuple(readings)


def _between(offsets: Sequence[Reading]) -> Reading:
    high, low = max(offsets, key=lambda one: one.value), min(offsets, key=lambda one: one.value)
    return Reading(
        value=high.value - low.value, n=sum(one.n for one in offsets), error=math.hypot(high.error, low.error)
    )


def selection_ratio(view: View) -> tuple[Reading, ...]:
    """The lowest share decided yes of any group over the highest; below 0.8 it points to adverse impact, the
    four-fifths rule. Read from decisions, without waiting for labels; nothing below a hundred answers in each
    group, or where nobody was decided yes (29 CFR 1607.4(D): Uniform guidelines on employee selection, 1978).
    """
    return tuple(_ratio_of(yes, n) for yes, n in zip(*_decided(view), strict=True))


def _ratio_of(yes: Counts, n: Counts) -> Reading:
    if len(n) < 2 or int(n.min()) < LEAST_PER_GROUP or not yes.any():
        return NOTHING
    rate = yes / n
    high, low = int(rate.argmax()), int(rate.argmin())
    ratio = float(rate[low] / rate[high])
    # One case added to the lower group: no yes at all there does not mean no doubt.
    soft = (float(yes[low]) + 1.0) / (float(n[low]) + 2.0)
    variance = soft * (1.0 - soft) / float(n[low]) + ratio**2 * float(rate[high] * (1.0 - rate[high]) / n[high])
    return Reading(value=ratio, n=int(n.sum()), error=math.sqrt(variance) / float(rate[high]))


def selection_gap(view: View) -> tuple[Reading, ...]:
    """The highest minus the lowest share decided yes, of any group: demographic parity. Read from decisions, without
    waiting for labels; nothing below a hundred answers in each group (Dwork, Hardt, Pitassi, Reingold, Zemel: Fairness
    through awareness, ITCS 2012).
    """
    return tuple(
        _gap_of(np.stack([n - yes, yes], axis=1)[:, None, :], 0) for yes, n in zip(*_decided(view), strict=True)
    )


def _decided(view: View) -> tuple[Counts, Counts]:
    """(arms, groups) each: how many answers were yes, and how many answers there were."""
    answered = view.part("status")[..., STATUSES.index(Status.ANSWERED)]
    return view.part("yes").sum(axis=(1, 2)), answered.sum(axis=(1, 2))


Read = Callable[[View], tuple[Reading, ...]]


def _gap(name: str, says: str, read: Read, *, matured: bool = True) -> Metric:
    return Metric(
        name=f"fairness.{name}", says=says, unit="share", lower_is_better=True, matured=matured, read=read,
        by=("segment",),
    )


METRICS = (
    _gap("fpr_gap", "largest difference between groups in false cases decided yes", fpr_gap),
    _gap("tpr_gap", "largest difference between groups in true cases decided yes", tpr_gap),
    _gap("equalized_odds", "the larger of the gaps in false and in true cases decided yes", equalized_odds),
    _gap("calibration_gap", "largest difference between groups in how much scores promise", calibration_gap),
    _gap("selection_gap", "largest difference between groups in the share decided yes", selection_gap, matured=False),
    Metric(
        name="fairness.selection_ratio", says="lowest share decided yes of any group over the highest; below 0.8 is "
        "adverse", unit="ratio", lower_is_better=False, matured=False, read=selection_ratio, by=("segment",),
    ),
)
