"""How good the decisions probably are, before any label has come: estimated from scores alone."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sandbox.base.reading import NOTHING, Reading, Unit
from sandbox.observe.metrics.quality import auc_error
from sandbox.observe.metrics.view import Metric, View, nothing

Floats = npt.NDArray[np.float64]

_ABOUT = """Confidence-based performance estimation: the model's scores are calibrated by isotonic regression on a
labelled reference (in a replay its first tenth); each answer then counts in part as true and in part as false.
It follows covariate shift, and is silently wrong under concept drift and where the reference had no such requests:
therefore a gate on it may hold or roll back, but its PASS alone lets nothing advance. Judge it on a thousand answers or
more; its error is that of the answers and of the reference, not of what has changed (Białek, Kuberski, Perrakis, Bifet:
Estimating model performance under covariate shift without labels, 2024; NannyML: CBPE, 2022)."""


def _expected(view: View) -> npt.NDArray[np.float64] | None:
    """(arms, label, decision, bin) expected counts; None without a labelled reference."""
    if view.reference is None or view.reference.chance is None:
        return None
    answers = view.part("score").sum(axis=1)
    true = answers * view.reference.chance
    return np.stack([answers - true, true], axis=1)


def _share(hits: Callable[[Floats], float], of: Callable[[Floats], float]) -> Callable[[View], tuple[Reading, ...]]:
    """A share of the expected confusion table (label, decision)."""

    def read(view: View) -> tuple[Reading, ...]:
        expected = _expected(view)
        if expected is None:
            return nothing(view)
        tables = expected.sum(axis=3)
        return tuple(
            _share_of(hits(table), of(table), float(table.sum()), labelled)
            for table, labelled in zip(tables, _labelled(view), strict=True)
        )

    return read


def _share_of(hits: float, cases: float, answers: float, labelled: int) -> Reading:
    if not cases > 0.0 or not labelled:
        return NOTHING
    value = hits / cases
    known = labelled * cases / answers
    error = math.sqrt(max(0.0, value * (1.0 - value)) * (1.0 / cases + 1.0 / known))
    return Reading(value=value, n=round(answers), error=error)


def auc(view: View) -> tuple[Reading, ...]:
    """How often an expected true case outranks an expected false one."""
    expected = _expected(view)
    if expected is None:
        return nothing(view)
    readings = []
    for (false, true), labelled in zip(expected.sum(axis=2), _labelled(view), strict=True):
        positives, negatives = float(true.sum()), float(false.sum())
        if not positives > 0.0 or not negatives > 0.0 or not labelled:
            readings.append(NOTHING)
            continue
        below = np.cumsum(false) - false
        area = float((true * (below + 0.5 * false)).sum()) / positives / negatives
        part = labelled / (positives + negatives)
        error = math.hypot(auc_error(area, positives, negatives), auc_error(area, part * positives, part * negatives))
        readings.append(Reading(value=area, n=round(positives + negatives), error=error))
    return tuple(readings)


def _labelled(view: View) -> list[int]:
    assert view.reference is not None
    assert view.reference.labelled is not None
    labelled: list[int] = view.reference.labelled.tolist()
    return labelled


def _metric(
    name: str, says: str, read: Callable[[View], tuple[Reading, ...]], unit: Unit = "share", *,
    lower_is_better: bool = False,
) -> Metric:
    return Metric(
        name=f"estimate.{name}", says=f"{says}, estimated without labels", unit=unit, lower_is_better=lower_is_better,
        matured=False, read=read, estimated=True, about=_ABOUT,
    )


METRICS = (
    _metric("accuracy", "share of right decisions", _share(
        lambda t: float(t[0, 0] + t[1, 1]), lambda t: float(t.sum())
    )),
    _metric("precision", "share of those decided yes that are true", _share(
        lambda t: float(t[1, 1]), lambda t: float(t[:, 1].sum())
    )),
    _metric("recall", "share of true cases decided yes", _share(
        lambda t: float(t[1, 1]), lambda t: float(t[1].sum())
    )),
    _metric("fpr", "share of false cases decided yes", _share(
        lambda t: float(t[0, 1]), lambda t: float(t[0].sum())
    ), lower_is_better=True),
    _metric("auc", "how often a true case outranks a false one", auc, "index"),
)
