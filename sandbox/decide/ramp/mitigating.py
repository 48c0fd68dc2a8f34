"""Where a group's threshold goes when gates on fairness fail, from the scores and labels of matured cohorts alone.

The largest group keeps its threshold; each other one gets the score at which the rates that failed are nearest those of
the largest, as Hardt, Price, Srebro (Equality of opportunity in supervised learning, NIPS 2016) do for a score that is
already there. For one rate that is equal opportunity; for both the larger gap is made as small as one threshold can,
which equalised odds in full would need a coin for.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sandbox.base.action import Action, Adjust, RollBack
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.ramp.climb import Climb
from sandbox.decide.ramp.pacing import Pacing

Grades = npt.NDArray[np.int64]
"""(groups, label, bins): how many matured cases of each group had which score, false ones and true ones."""

LEAST = 100
"""With fewer true or false cases in a group nothing is known of its rates, as for the gaps themselves."""

_LABEL = {"fairness.fpr_gap": (0,), "fairness.tpr_gap": (1,)}


def heed(
    ramp: Pacing, before: Climb, after: Climb, action: Action, *, failed: dict[str, tuple[str, ...]],
    judgements: tuple[Judgement, ...], grades: Grades, groups: tuple[str, ...], threshold: float, at: int,
) -> tuple[Climb, Action]:
    """A move of thresholds in place of a rollback, once, where fairness alone failed and a better threshold is known.

    `failed` says what each gate that failed reads.
    """
    reads = {name for names in failed.values() for name in names}
    unfair = bool(failed) and all(name.startswith("fairness.") for name in reads)
    if ramp.mitigation == "none" or not isinstance(action, RollBack) or before.thresholds or not unfair:
        return after, action
    labels = tuple(sorted({label for name in reads for label in _LABEL.get(name, (0, 1))}))
    moved = thresholds(grades, groups, labels=labels, threshold=threshold)
    if not moved:
        return after, action
    first = next(one for one in judgements if one.gate in failed and one.verdict is Verdict.FAIL)
    said = ", ".join(f"{group} from {score:g}" for group, score in moved)
    because = f"{first.gate} failed: {first.because}; the others decide yes from {threshold:g}, {said}"
    return replace(before, thresholds=moved, since=at, held_by=""), Adjust(moved, because)


def thresholds(
    grades: Grades, groups: tuple[str, ...], *, labels: tuple[int, ...], threshold: float
) -> tuple[tuple[str, float], ...]:
    """The groups whose threshold moves, and where to; none where too little is known or nothing is gained."""
    if int(grades.sum(axis=2).min()) < LEAST:
        return ()
    bins = grades.shape[2]
    # above[g, label, k]: the share of the cases that have a score of at least k / bins.
    above = np.cumsum(grades[:, :, ::-1], axis=2)[:, :, ::-1] / grades.sum(axis=2, keepdims=True)
    here = min(bins - 1, round(threshold * bins))
    largest = int(grades.sum(axis=(1, 2)).argmax())
    wanted = above[largest, :, here]
    moved = []
    for group in range(len(groups)):
        gaps = np.abs(above[group] - wanted[:, None])[list(labels)].max(axis=0)
        best = int(gaps.argmin())
        if group != largest and gaps[best] < gaps[here]:
            moved.append((groups[group], best / bins))
    return tuple(moved)
