"""What a metric reads: the merged counts of some windows, and what was known beforehand."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sandbox.base.reading import NOTHING, Measure, Reading, Unit
from sandbox.base.window import AGAIN, Counts, Layout

Axis = Literal["segment", "group"]

AXES: dict[str, tuple[Axis, ...]] = {
    **dict.fromkeys(("offered", "status", "yes", "confusion", "score_sum", "brier", "log_loss", "routed", "voices"),
                    ("segment", "group")),
    "gone": ("segment", "group"),
    **dict.fromkeys(("latency", "latency_ns"), ("segment",)),
}
"""The parts of a window that keep who asked, on the axes after arm and shadow (after the arm for those below)."""

FIRST_AXIS = {"voices": 1, "gone": 1}


@dataclass(frozen=True, slots=True)
class Reference:
    """The features as the models were trained on them: edges (d, bins - 1), counts (d, bins + 1), the last missing.

    scores (arms, SCORE_BINS) how many of those requests each model gave which score, chance (arms, 2, SCORE_BINS) how
    often such a score and decision was right to say yes, labelled (arms,) how many labels that rests on; None where
    nobody asked. nulls (d,) the part of values that a contract lets be missing, NaN where it says nothing. worth
    (label, decision) what an answer is worth.
    """

    edges: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    scores: npt.NDArray[np.int64] | None = None
    chance: npt.NDArray[np.float64] | None = None
    labelled: npt.NDArray[np.int64] | None = None
    nulls: npt.NDArray[np.float64] | None = None
    worth: npt.NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class View:
    """counts in `layout` merged over some windows; share (arms,) as set; reference of the features, if there is one.

    `only` names the one place on an axis to look at, where not all are.
    """

    layout: Layout
    counts: Counts
    share: tuple[float, ...]
    reference: Reference | None
    only: tuple[tuple[Axis, int], ...] = ()

    def part(self, name: str) -> Counts:
        """One part of the counts, in its shape, one long on an axis of which only one place is looked at."""
        if name in AGAIN and not self.layout.again:
            return np.zeros(len(self.layout.arms), dtype=np.int64)
        part = self.layout.part(self.counts, name)
        for axis, place in self.only:
            if axis in AXES.get(name, ()):
                part = part.take([place], axis=FIRST_AXIS.get(name, 2) + AXES[name].index(axis))
        return part


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A name, a unit, a direction, and how to read it from counts, arm by arm.

    `matured` metrics read the labels of matured cohorts; the others read what windows saw. `by` are the axes on which
    it can be read for one place alone. What `read` says of itself explains the metric.
    """

    name: str
    says: str
    unit: Unit
    lower_is_better: bool
    matured: bool
    read: Callable[[View], tuple[Reading, ...]]
    by: tuple[Axis, ...] = ()
    estimated: bool = False
    about: str = ""

    @property
    def explained(self) -> str:
        """Its definition, and where that is from."""
        return self.about or inspect.getdoc(self.read) or ""

    @property
    def measure(self) -> Measure:
        """What it is, whatever its value."""
        return Measure(
            name=self.name, unit=self.unit, lower_is_better=self.lower_is_better, matured=self.matured,
            estimated=self.estimated,
        )


def nothing(view: View) -> tuple[Reading, ...]:
    """No reading for any arm."""
    return (NOTHING,) * len(view.layout.arms)


def proportions(hits: Counts, trials: Counts) -> tuple[Reading, ...]:
    """hits, trials (arms,): the share of hits in each arm, with its binomial standard error.

    The error is Agresti and Coull's (one success and one failure added), so that no hits do not mean no doubt.
    """
    readings = []
    for hit, n in zip(hits.tolist(), trials.tolist(), strict=True):
        softened = (hit + 1.0) / (n + 2.0)
        error = (softened * (1.0 - softened) / (n + 2.0)) ** 0.5
        readings.append(Reading(value=hit / n if n else float("nan"), n=n, error=error, hits=hit))
    return tuple(readings)
