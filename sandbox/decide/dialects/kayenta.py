"""How Kayenta's NetflixACAJudge prepares, classifies and scores metrics, and how a score is judged.

spinnaker/kayenta: NetflixACAJudge, MannWhitneyClassifier, Transforms, IQRDetector, EffectSizes, WeightedSumScorer and
ThresholdScoreClassifier (kayenta-judge), GenerateCanaryAnalysisResultTask, MonitorCanaryTask, 2025.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

import numpy as np

from sandbox.decide.dialects.mann_whitney import Floats, Shift, common_language, shift

CONFIDENCE = 0.98
TOLERANCE = 0.25
"""Both stand in Kayenta's judge; its settings for them are read and not used."""

NOISE = 1e-5

Direction = Literal["increase", "decrease", "either"]
Effect = Literal["mean-ratio", "cles"]


class Label(Enum):
    """What the candidate's points of one metric are beside the incumbent's."""

    PASS = "pass"
    HIGH = "high"
    LOW = "low"
    NODATA = "no data"
    NODATA_FAIL = "no data, which it must have"
    ERROR = "error"


class Grade(Enum):
    """What a score is."""

    PASS = "pass"
    MARGINAL = "marginal"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What counts as worse in one metric, and what happens to points that are not there or far out.

    Allowances and critical effects are of the effect size: 1 (or a common language effect of 0.5) is none.
    """

    direction: Direction = "either"
    critical: bool = False
    must_have_data: bool = False
    nan: Literal["remove", "replace"] = "remove"
    outliers: Literal["keep", "remove"] = "keep"
    outlier_factor: float = 3.0
    effect: Effect = "mean-ratio"
    allowed_increase: float | None = None
    allowed_decrease: float | None = None
    critical_increase: float | None = None
    critical_decrease: float | None = None

    def bound(self, said: float | None) -> float:
        """A bound on the effect, or what stands for no effect."""
        return said if said is not None else 0.5 if self.effect == "cles" else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Classed:
    """One metric: its label, whether it alone decides, and by how much the candidate differs."""

    label: Label
    critical: bool = False
    shift: Shift | None = None
    effect: float = math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """0 to 100, and what made it so: a critical metric, too little data, or the sum; and groups without data."""

    value: float
    decided_by: Literal["critical", "critical no data", "no data", "sum"]
    empty_groups: tuple[str, ...] = ()


def prepared(points: Floats, ask: Ask) -> Floats:
    """The points as they are compared: first those that are missing, then those that are far out."""
    points = np.where(np.isnan(points), 0.0, points) if ask.nan == "replace" else points[~np.isnan(points)]
    if ask.outliers == "keep" or not len(points):
        return points
    first, low, high, last = np.percentile(points, [1, 25, 75, 99])
    reach = ask.outlier_factor * (high - low)
    kept: Floats = points[(points >= min(first, low - reach)) & (points <= max(last, high + reach))]
    return kept


def classed(
    candidate: Floats, incumbent: Floats, ask: Ask, *, tolerance: float = TOLERANCE, confidence: float = CONFIDENCE
) -> Classed:
    """One metric classified from its points on both arms."""
    x, y = prepared(candidate, ask), prepared(incumbent, ask)
    if not len(x) or not len(y):
        if ask.nan == "replace":
            return Classed(label=Label.PASS)
        fails = ask.must_have_data and not ask.critical
        return Classed(label=Label.NODATA_FAIL if fails else Label.NODATA, critical=ask.critical)
    if np.array_equal(np.sort(x), np.sort(y)):
        return Classed(label=Label.PASS, effect=effect_of(x, y, ask.effect))
    effect = effect_of(x, y, ask.effect)
    if len(np.unique(x)) == 1 and len(np.unique(y)) == 1:
        if x[0] == y[0]:
            return Classed(label=Label.PASS, effect=effect)
        x, y = spread(x), spread(y)
    try:
        found = shift(x, y, confidence=confidence)
    except ValueError:
        return Classed(label=Label.ERROR)
    label = _side(found, effect, ask, tolerance)
    return Classed(label=label, critical=ask.critical and _is_critical(label, effect, ask), shift=found, effect=effect)


def effect_of(x: Floats, y: Floats, effect: Effect) -> float:
    """How large the difference is; NaN of a ratio where either mean is 0."""
    if effect == "cles":
        return common_language(x, y)
    means = float(x.mean()), float(y.mean())
    return means[0] / means[1] if all(means) else math.nan


def spread(points: Floats) -> Floats:
    """Equal points with a little spread: normal quantiles instead of Kayenta's unseeded draws."""
    from scipy.special import ndtri

    quantiles: Floats = ndtri((np.arange(len(points)) + 0.5) / len(points))
    return points + NOISE * np.abs(points) * quantiles


def _side(found: Shift, effect: float, ask: Ask, tolerance: float) -> Label:
    margin, unknown = tolerance * abs(found.estimate), math.isnan(effect)
    if ask.direction != "decrease" and found.low > margin and (unknown or effect >= ask.bound(ask.allowed_increase)):
        return Label.HIGH
    if ask.direction != "increase" and found.high < -margin and (unknown or effect <= ask.bound(ask.allowed_decrease)):
        return Label.LOW
    return Label.PASS


def _is_critical(label: Label, effect: float, ask: Ask) -> bool:
    if label is Label.HIGH:
        return math.isnan(effect) or effect >= ask.bound(ask.critical_increase)
    return label is Label.LOW and (math.isnan(effect) or effect <= ask.bound(ask.critical_decrease))


def scored(metrics: Sequence[tuple[str, Classed]], *, weights: Mapping[str, float]) -> Score:
    """The score of metrics, each with its group: critical ones first, then missing ones, then the weighted sum."""
    groups: dict[str, list[Classed]] = {}
    for group, one in metrics:
        groups.setdefault(group, []).append(one)
    scores = {group: _group_score(members) for group, members in groups.items()}
    empty = tuple(group for group, score in scores.items() if score is None)
    critical = [one for _, one in metrics if one.critical and one.label is not Label.PASS]
    if critical:
        has_data = any(one.label is not Label.NODATA for one in critical)
        return Score(value=0.0, decided_by="critical" if has_data else "critical no data", empty_groups=empty)
    missing = sum(one.label is Label.NODATA for _, one in metrics)
    if 2 * missing >= len(metrics):
        return Score(value=0.0, decided_by="no data", empty_groups=empty)
    unlisted = [group for group in scores if group not in weights]
    rest = (100.0 - sum(weights.values())) / len(unlisted) if unlisted else 0.0
    total = sum(
        (100.0 if score is None else score) * weights.get(group, rest) / 100.0 for group, score in scores.items()
    )
    return Score(value=round(total, 2), decided_by="sum", empty_groups=empty)


def _group_score(members: Sequence[Classed]) -> float | None:
    """The part of a group's metrics that pass, of those that say something; None where none does."""
    saying = [one.label for one in members if one.label not in (Label.NODATA, Label.ERROR)]
    return 100.0 * sum(label is Label.PASS for label in saying) / len(saying) if saying else None


def concluded(score: float, *, passing: float, marginal: float, final: bool) -> Grade:
    """What the workflow makes of a score: one at the margin, which the judge calls marginal, ends it, and the last one
    must pass.
    """
    if score <= marginal:
        return Grade.FAIL
    return Grade.PASS if score >= passing else Grade.FAIL if final else Grade.MARGINAL
