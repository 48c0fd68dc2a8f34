"""What a metric reads: the merged counts of some windows, and what was known beforehand."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandbox.base.reading import Measure, Reading, Unit
from sandbox.base.window import Counts, Layout


@dataclass(frozen=True, slots=True)
class Reference:
    """The features as the models were trained on them: edges (d, bins - 1), counts (d, bins + 1), the last missing."""

    edges: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class View:
    """counts in `layout` merged over some windows; share (arms,) as set; reference of the features, if there is one."""

    layout: Layout
    counts: Counts
    share: tuple[float, ...]
    reference: Reference | None

    def part(self, name: str) -> Counts:
        """One part of the counts, in its shape."""
        return self.layout.part(self.counts, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A name, a unit, a direction, and how to read it from counts, arm by arm.

    `matured` metrics read the labels of matured cohorts; the others read what windows saw.
    """

    name: str
    says: str
    unit: Unit
    lower_is_better: bool
    matured: bool
    read: Callable[[View], tuple[Reading, ...]]

    @property
    def measure(self) -> Measure:
        """What it is, whatever its value."""
        return Measure(
            name=self.name, unit=self.unit, lower_is_better=self.lower_is_better, matured=self.matured
        )


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
