"""What gates on fairness compare, from the scores and labels of matured cohorts: rates of yes above a score."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Grades = npt.NDArray[np.int64]
"""(groups, label, bins): how many matured cases of each group had which score, false ones and true ones."""

Rates = npt.NDArray[np.float64]
"""(groups, 3): the parts of the false, of the true and of all cases that are decided yes."""

LEAST = 100
"""With fewer true or false cases in a group nothing is known of its rates, as for the gaps themselves."""

FALSE, TRUE, ALL = 0, 1, 2

KINDS: dict[str, tuple[int, ...]] = {
    "fairness.fpr_gap": (FALSE,), "fairness.tpr_gap": (TRUE,), "fairness.equalized_odds": (FALSE, TRUE),
    "fairness.selection_gap": (ALL,), "fairness.selection_ratio": (ALL,), "fairness.calibration_gap": (),
}
"""Which rates a metric of fairness compares; what scores promise is no rate of decisions."""


def curves(grades: Grades) -> npt.NDArray[np.float64]:
    """(groups, 3, bins): the parts of false, true and all cases that have a score of at least k / bins."""
    tables = np.concatenate([grades, grades.sum(axis=1, keepdims=True)], axis=1)
    return np.asarray(np.cumsum(tables[:, :, ::-1], axis=2)[:, :, ::-1] / tables.sum(axis=2, keepdims=True))


def above(grades: Grades, *, at: Sequence[float]) -> Rates:
    """The rates where each group is decided yes from a score of its own, even between two bins."""
    bins = grades.shape[2]
    edges = np.arange(bins + 1) / bins
    rows = [
        [np.interp(score, edges, np.append(curve, 0.0)) for curve in group]
        for score, group in zip(at, curves(grades), strict=True)
    ]
    return np.array(rows)


def gap(rates: Rates, kinds: tuple[int, ...]) -> float:
    """The largest difference between groups in any of these rates."""
    return max((float(np.ptp(rates[:, kind])) for kind in kinds), default=0.0)
