"""What is tried before a rollback when gates on fairness fail, once, from scores and labels of matured cohorts alone.

Thresholds: the largest group keeps its threshold; each other one gets the score at which the rates that failed are
nearest those of the largest, as Hardt, Price, Srebro (Equality of opportunity in supervised learning, NIPS 2016) do for
a score that is already there. For one rate that is equal opportunity; for both the larger gap is made as small as one
threshold can, which equalised odds in full would need a coin for. Weights: see `reweighting`.
"""

from dataclasses import replace

import numpy as np

from sandbox.base.action import Action, Adjust, Reweight, RollBack
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.ramp.climb import Climb
from sandbox.decide.ramp.pacing import Pacing
from sandbox.decide.ramp.rates import FALSE, KINDS, LEAST, TRUE, Grades, curves
from sandbox.decide.ramp.reweighting import weights


def heed(
    ramp: Pacing, before: Climb, after: Climb, action: Action, *, failed: dict[str, tuple[str, ...]],
    judgements: tuple[Judgement, ...], grades: Grades, groups: tuple[str, ...], threshold: float, at: int,
) -> tuple[Climb, Action]:
    """What mends in place of a rollback, once, where fairness alone failed and something is known that narrows it.

    `failed` says what each gate that failed reads.
    """
    reads = {name for names in failed.values() for name in names}
    unfair = bool(failed) and all(name.startswith("fairness.") for name in reads)
    if ramp.mitigation == "none" or not isinstance(action, RollBack) or before.mitigated or not unfair:
        return after, action
    kinds = kinds_of(reads)
    first = next(one for one in judgements if one.gate in failed and one.verdict is Verdict.FAIL)
    because = f"{first.gate} failed: {first.because}"
    if ramp.mitigation == "reweighting":
        if not (weighed := weights(grades, groups, kinds=kinds, threshold=threshold)):
            return after, _in_vain(action, "no weight")
        said = ", ".join(f"{group} ×{weight:g}" for group, weight in weighed)
        return replace(before, weights=weighed, since=at, held_by=""), Reweight(weighed, f"{because}; odds of {said}")
    if not (moved := thresholds(grades, groups, kinds=kinds, threshold=threshold)):
        return after, _in_vain(action, "no threshold")
    said = ", ".join(f"{group} from {score:g}" for group, score in moved)
    because = f"{because}; the others decide yes from {threshold:g}, {said}"
    return replace(before, thresholds=moved, since=at, held_by=""), Adjust(moved, because)


def _in_vain(action: RollBack, what: str) -> RollBack:
    """The rollback, with why nothing was tried before it."""
    head, colon, rest = action.because.partition(": ")
    return RollBack(f"{head}, and {what} of a group is known to narrow it{colon}{rest}")


def kinds_of(reads: set[str]) -> tuple[int, ...]:
    """The rates that these metrics of fairness compare."""
    return tuple(sorted({kind for name in reads for kind in KINDS.get(name.split("{")[0], (FALSE, TRUE))}))


def thresholds(
    grades: Grades, groups: tuple[str, ...], *, kinds: tuple[int, ...], threshold: float
) -> tuple[tuple[str, float], ...]:
    """The groups whose threshold moves, and where to; none where too little is known or nothing is gained."""
    if not kinds or int(grades.sum(axis=2).min()) < LEAST:
        return ()
    bins = grades.shape[2]
    shares = curves(grades)
    here = min(bins - 1, round(threshold * bins))
    largest = int(grades.sum(axis=(1, 2)).argmax())
    wanted = shares[largest, :, here]
    moved = []
    for group in range(len(groups)):
        gaps = np.abs(shares[group] - wanted[:, None])[list(kinds)].max(axis=0)
        best = int(gaps.argmin())
        if group != largest and gaps[best] < gaps[here]:
            moved.append((groups[group], best / bins))
    return tuple(moved)
