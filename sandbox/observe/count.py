"""Telemetry columns to window counts: nothing is kept of a request but what it adds."""

import numpy as np
import numpy.typing as npt

from sandbox.base.telemetry import Answers, Arrivals, Labels
from sandbox.base.window import (
    FEATURE_BINS,
    FIXED_POINT,
    LATENCY_BASE,
    LATENCY_BUCKETS,
    LATENCY_FLOOR_NS,
    SCORE_BINS,
    Counts,
    Layout,
)

_SCALE = np.float32(1.0 / np.log(LATENCY_BASE))
_TOOK_TIME = np.array([True, False, True, False])
"""By status: answers, and waits that ended in giving up, have a latency; rejections and errors do not."""


def latency_bucket(latency: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """latency (n,) ns: (n,) buckets, ceil(log(latency / floor) / log(base)) within the histogram."""
    ratio = np.maximum(latency, LATENCY_FLOOR_NS).astype(np.float32) / np.float32(LATENCY_FLOOR_NS)
    bucket = np.ceil(np.log(ratio) * _SCALE)
    return np.minimum(bucket, LATENCY_BUCKETS - 1).astype(np.int64)


def add_arrivals(layout: Layout, counts: Counts, cohort: Counts, arrivals: Arrivals) -> None:
    """Add requests as they were routed to the counts of their window and of their cohort."""
    offered, routed = layout.part(counts, "offered"), layout.part(cohort, "routed")
    cells = [_cell(layout, arrivals.arm, 0, arrivals.segment, arrivals.group)]
    for arm in range(len(layout.arms)):
        rows = np.flatnonzero(arrivals.shadow[:, arm])
        if rows.size:
            cells.append(_cell(layout, arm, 1, arrivals.segment[rows], arrivals.group[rows]))
    for cell in cells:
        _add(offered, cell)
        _add(routed, cell)
    if arrivals.age is not None:
        layout.part(counts, "age_ns")[:] += _summed(arrivals.arm, arrivals.age, len(layout.arms))
        layout.part(counts, "age_rows")[:] += np.bincount(arrivals.arm, minlength=len(layout.arms))


def add_features(
    layout: Layout, counts: Counts, *, arm: npt.NDArray[np.uint8], features: npt.NDArray[np.float32],
    edges: npt.NDArray[np.float64],
) -> None:
    """Add features (n, d) of the requests looked at to their bins; edges (d, bins - 1)."""
    table = layout.part(counts, "feature")
    width = FEATURE_BINS + 1
    for column in range(features.shape[1]):
        values = features[:, column]
        bins = np.searchsorted(edges[column], values, side="right")
        bins[np.isnan(values)] = FEATURE_BINS
        code = arm.astype(np.int64) * width + bins
        table[:, column] += np.bincount(code, minlength=len(layout.arms) * width).reshape(-1, width)
    layout.part(counts, "feature_rows")[:] += np.bincount(arm, minlength=len(layout.arms))


def add_answers(layout: Layout, counts: Counts, answers: Answers) -> None:
    """Add requests that ended to the counts of the window in which they did."""
    cell = _cell(layout, answers.arm, answers.shadow, answers.segment, answers.group)
    _add(layout.part(counts, "status"), cell * 4 + answers.status)
    view = answers.arm.astype(np.int64) * 2 + answers.shadow
    layout.part(counts, "cost").reshape(-1)[:] += _summed(view, answers.cost, 2 * len(layout.arms))
    timed = np.flatnonzero(_TOOK_TIME[answers.status])
    slot = view[timed] * len(layout.segments) + answers.segment[timed]
    latency = answers.latency[timed]
    _add(layout.part(counts, "latency"), slot * LATENCY_BUCKETS + latency_bucket(latency))
    sums = layout.part(counts, "latency_ns").reshape(-1)
    sums += _summed(slot, latency, len(sums))
    answered = np.flatnonzero(answers.status == 0)
    _add(layout.part(counts, "score"), view[answered] * SCORE_BINS + _score_bin(answers.score[answered]))


def add_labels(layout: Layout, counts: Counts, labels: Labels) -> None:
    """Add labels to the counts of the cohort in which their request was routed."""
    cell = _cell(layout, labels.arm, labels.shadow, labels.segment, labels.group)
    _add(layout.part(counts, "confusion"), cell * 4 + labels.label * 2 + labels.decision)
    view = labels.arm.astype(np.int64) * 2 + labels.shadow
    code = view * SCORE_BINS + _score_bin(labels.score)
    _add(layout.part(counts, "calibration_n"), code)
    _add(layout.part(counts, "calibration_positive"), code[labels.label])
    score = labels.score.astype(np.float64)
    sums = layout.part(counts, "calibration_score").reshape(-1)
    sums += _summed(code, _fixed(score), len(sums))
    distance = (score - labels.label) ** 2
    brier = layout.part(counts, "brier").reshape(-1, 2)
    brier[:, 0] += _summed(view, _fixed(distance), len(brier))
    brier[:, 1] += _summed(view, _fixed(distance**2), len(brier))


def _fixed(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.rint(values * FIXED_POINT).astype(np.int64)


def _score_bin(score: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    return np.minimum((score * np.float32(SCORE_BINS)).astype(np.int64), SCORE_BINS - 1)


def _cell(layout: Layout, arm: object, shadow: object, segment: object, group: object) -> npt.NDArray[np.int64]:
    code = np.asarray(arm, dtype=np.int64) * 2 + shadow  # type: ignore[operator]
    if len(layout.segments) == 1 and len(layout.groups) == 1:
        return code + np.zeros(np.shape(segment), dtype=np.int64)
    return (code * len(layout.segments) + segment) * len(layout.groups) + group  # type: ignore[operator,no-any-return]


def _add(part: Counts, code: npt.NDArray[np.int64]) -> None:
    if code.size:
        flat = part.reshape(-1)
        flat += np.bincount(code, minlength=len(flat))


def _summed(code: npt.NDArray[np.integer], values: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    """Exact sums of integers by code: float64 weights are exact below 2**53, so large values go in two halves."""
    if not len(values):
        return np.zeros(size, dtype=np.int64)
    high, low = values >> 24, values & 0xFF_FFFF
    upper = np.bincount(code, weights=high, minlength=size).astype(np.int64)
    return (upper << 24) + np.bincount(code, weights=low, minlength=size).astype(np.int64)
