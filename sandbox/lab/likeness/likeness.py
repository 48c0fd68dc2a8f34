"""Estimates every part of a world from a recording."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandbox.base.recording import Recording
from sandbox.base.units import format_duration
from sandbox.lab.likeness.activity import Activity, activity_of
from sandbox.lab.likeness.rhythm import Rhythm, rhythm_of
from sandbox.lab.likeness.truth import LEAST_BEST, Skill, quantiles_of, shift_of, skill_of
from sandbox.world.models.synthetic import truth_for

MOST_FEATURES, FEWEST_FEATURES = 64, 3
SCORED = "incumbent"
"""The model that answered while the traffic was recorded."""


@dataclass(frozen=True, slots=True)
class Member:
    """A segment or group: its part of the users, and its shift along the truth."""

    name: str
    share: float
    shift: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What a world must have to look like the recording."""

    rhythm: Rhythm
    activity: Activity | None
    segments: tuple[Member, ...]
    groups: tuple[Member, ...]
    features: int
    missing: float
    base_rate: float | None
    best_auc: float
    skill: Skill | None
    latency: tuple[int, int] | None
    label_delay: tuple[int, int] | None
    coverage: float
    span: int


def likeness_of(recording: Recording) -> Likeness:
    """The likeness of a recording."""
    known = recording.label >= 0
    label = recording.label[known] == 1
    base_rate = float(np.clip(label.mean(), 0.001, 0.999)) if label.size else None
    score = recording.scores.get(SCORED)
    skill = None if score is None or base_rate is None else skill_of(score[known], label)
    best = min(0.998, max(0.9, (skill.auc if skill else 0.0) + LEAST_BEST))
    latency, waited = recording.latencies.get(SCORED), (recording.label_at - recording.at)[known]
    by_user = None if recording.user_names is None else np.bincount(recording.user, minlength=recording.users)
    return Likeness(
        rhythm=rhythm_of(recording.at),
        activity=None if by_user is None else activity_of(by_user[by_user > 0]),
        segments=tuple(_members(recording, recording.segment, recording.segments, base_rate, best)),
        groups=tuple(_members(recording, recording.group, recording.groups, base_rate, best)),
        features=min(MOST_FEATURES, max(FEWEST_FEATURES, len(recording.feature_names))),
        missing=round(min(0.9, float(np.isnan(recording.features).mean())), 4),
        base_rate=base_rate, best_auc=round(best, 3), skill=skill,
        latency=None if latency is None else quantiles_of(latency),
        label_delay=quantiles_of(waited) if waited.size and bool(waited.any()) else None,
        coverage=float(known.mean()), span=int(recording.at[-1] - recording.at[0]),
    )


def _members(
    recording: Recording, code: npt.NDArray[np.uint8], names: tuple[str, ...], base_rate: float | None, best: float
) -> Iterator[Member]:
    """Each slice with its part of the users, a user where its first request was, and its rate of true labels."""
    if len(names) < 2:
        return
    _, first = np.unique(recording.user, return_index=True)
    counts = np.bincount(code[first], minlength=len(names)).astype(np.float64)
    shares = _rounded(counts / counts.sum())
    for place, name in enumerate(names):
        mine = (code == place) & (recording.label >= 0)
        shift = 0.0
        if base_rate is not None and mine.sum() >= 100:
            intercept, signal = truth_for(base_rate=base_rate, best_auc=best)
            shift = shift_of(float((recording.label[mine] == 1).mean()), intercept=intercept, signal=signal)
        if shares[place]:
            yield Member(name, float(shares[place]), round(shift, 2))


def _rounded(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Shares in hundredths of a per cent that still add up to one: the largest takes the rest."""
    rounded = np.round(shares, 4)
    rounded[int(shares.argmax())] += 1.0 - rounded.sum()
    return np.round(rounded, 4)


def span_said(likeness: Likeness) -> str:
    """How long the recording is."""
    return format_duration(likeness.span // 1_000_000_000 * 1_000_000_000)
