"""How much a group's odds have to weigh for its scores to promise what those of the largest group promise.

Multiplying the odds of a score by w is what training with the group's true cases weighted w would have done to the
intercept of a logistic model: prior correction (King, Zeng: Logistic regression in rare events data, Political Analysis
9, 2001), and reweighing (Kamiran, Calders: Data preprocessing techniques for classification without discrimination,
Knowledge and Information Systems 33, 2012) as far as it can be had without training.
"""

import math

import numpy as np

from sandbox.decide.ramp.rates import LEAST, Grades, above, gap

LEAST_WEIGHT = 1.05
"""Odds that would be multiplied by less, or divided by less, stay as they are."""

FARTHEST = 8.0
"""No weight is sought beyond e to this, or below e to minus this."""


def weights(
    grades: Grades, groups: tuple[str, ...], *, kinds: tuple[int, ...], threshold: float
) -> tuple[tuple[str, float], ...]:
    """The groups whose odds are multiplied, and by what; none where too little is known or the gap would not narrow.

    `kinds` are the rates that failed, none where it is what scores promise; `threshold` is the score from which the
    candidate decides yes.
    """
    if int(grades.sum(axis=2).min()) < LEAST:
        return ()
    largest = int(grades.sum(axis=(1, 2)).argmax())
    shifts = [_shift(grades[group]) for group in range(len(groups))]
    wanted = [math.exp(shift - shifts[largest]) for shift in shifts]
    moved = [place for place, weight in enumerate(wanted) if max(weight, 1.0 / weight) >= LEAST_WEIGHT]
    found = [float(f"{weight:.3g}") if place in moved else 1.0 for place, weight in enumerate(wanted)]
    # A weighted score reaches the threshold where the score itself reaches this one.
    reached = [threshold / (threshold + weight * (1.0 - threshold)) for weight in found]
    before, after = (gap(above(grades, at=at), kinds) for at in ([threshold] * len(groups), reached))
    if kinds and after >= before:
        return ()
    return tuple((groups[place], found[place]) for place in moved)


def _shift(table: Grades) -> float:
    """By how much a group's log odds have to rise for its mean score to be its share of true cases, by bisection."""
    cases = table.sum(axis=0)
    middles = (np.arange(len(cases)) + 0.5) / len(cases)
    odds = np.log(middles / (1.0 - middles))
    low, high = -FARTHEST, FARTHEST
    for _ in range(50):
        middle = 0.5 * (low + high)
        promised = float((cases / (1.0 + np.exp(-odds - middle))).sum())
        low, high = (middle, high) if promised < int(table[1].sum()) else (low, middle)
    return 0.5 * (low + high)
