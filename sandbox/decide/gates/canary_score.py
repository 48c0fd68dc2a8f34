"""How many of the metrics look as they do on the incumbent?"""

import math
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from sandbox.base.arms import INCUMBENT
from sandbox.base.clock import clock
from sandbox.base.reading import Evidence, Reading
from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.dialects.kayenta import Ask, Classed, Grade, Label, Score, classed, concluded, scored
from sandbox.decide.gates.asking import Asking

VERDICTS = {Grade.PASS: Verdict.PASS, Grade.MARGINAL: Verdict.INCONCLUSIVE, Grade.FAIL: Verdict.FAIL}


class Scored(Spec):
    """One metric, its group, and what counts as worse."""

    metric: str = Field(min_length=1)
    """The metric, such as "latency.p95"."""
    group: str = "all"
    """The group it belongs to."""
    direction: Literal["increase", "decrease", "either"] = "either"
    """Which way is worse."""
    critical: bool = False
    """Whether it alone makes the score 0 when it fails, or when it has no data."""
    must_have_data: bool = False
    """Whether having no data fails it."""
    nan: Literal["remove", "replace"] = "remove"
    """Whether windows without a value are left out, or are 0."""
    outliers: Literal["keep", "remove"] = "keep"
    """Whether points far outside the quartiles are left out."""
    outlier_factor: float = Field(default=3.0, gt=0)
    """How far is far, in distances between the quartiles."""
    effect: Literal["mean-ratio", "cles"] = "mean-ratio"
    """How large a difference is: the ratio of means, or how often the candidate is above the incumbent."""
    allowed_increase: float | None = None
    """The effect from which an increase counts; any unless said."""
    allowed_decrease: float | None = None
    """The effect down to which a decrease counts; any unless said."""
    critical_increase: float | None = None
    """The effect from which an increase of a critical metric is critical; any unless said."""
    critical_decrease: float | None = None
    """The effect down to which a decrease of a critical metric is critical; any unless said."""

    @property
    def ask(self) -> Ask:
        """What is asked of its points."""
        return Ask(**self.model_dump(exclude={"metric", "group"}))


@dataclass(frozen=True, slots=True)
class Point:
    """What one window showed of some metrics: the candidate's value and the incumbent's."""

    end: int
    values: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The points of a step so far, and what was said last, and when."""

    points: tuple[Point, ...] = field(default=(), repr=False)
    judged_at: int = -1
    last: Judgement | None = None


class CanaryScore(Asking):
    """Scores metrics by how their windows compare with the incumbent's, as Kayenta's judge does, from 0 to 100.

    Every window is one point on each arm, however many requests it has. A metric fails when the 98% interval of the
    Mann-Whitney shift lies beyond a quarter of the shift itself and the effect is not allowed. The score is the part of
    metrics that pass, by group and weight; a critical metric that fails makes it 0. At `marginal_at` or below it fails
    at once; it is judged every interval, and the judgement at the end of the bake must reach `pass_at`. Kayenta advises
    50 points and more and does not insist on them; nor does this.

    ```toml
    [[gates]]
    kind = "canary-score"
    interval = "1m"
    groups = { errors = 60, latency = 40 }
    metrics = [
      { metric = "failures.rate", group = "errors", direction = "increase", critical = true },
      { metric = "latency.p95", group = "latency", direction = "increase", allowed_increase = 1.1 },
    ]
    ```

    Netflix and Google: Automated canary analysis at Netflix with Kayenta, 2018; spinnaker/kayenta, NetflixACAJudge.
    """

    compares: ClassVar[bool] = True
    looks: ClassVar[bool] = True

    kind: Literal["canary-score"] = "canary-score"
    metric: Literal[""] = ""
    """Not said here: `metrics` names them."""
    metrics: list[Scored] = Field(min_length=1)
    """The metrics, each with its group and what counts as worse."""
    groups: dict[str, float] = {}
    """The weights of groups, 100 in all; groups that are not named share what is left."""
    interval: Duration = 300 * NS_PER_SECOND
    """How long from one judgement to the next."""
    begin_after: Duration = 0
    """How long after the step begins windows are points."""
    pass_at: float = Field(default=95.0, ge=0, le=100)
    """The score that passes."""
    marginal_at: float = Field(default=75.0, ge=0, le=100)
    """The score that fails, and below which all do."""
    minimum: int = Field(default=1, ge=1)
    """The fewest observations that make a window a point; Kayenta takes any."""
    missing: Literal["hold", "score"] = "hold"
    """What no data is: "hold" waits where it would decide, "score" goes by Kayenta's rules."""

    @model_validator(mode="after")
    def _adds_up(self) -> "CanaryScore":
        if self.marginal_at > self.pass_at:
            raise ValueError("marginal_at is above pass_at; nothing could be marginal")
        known = list(dict.fromkeys(one.group for one in self.metrics))
        for name, weight in self.groups.items():
            if name not in known:
                raise ValueError(f'groups names "{name}", and no metric is in it; there is {", ".join(known)}')
            if weight < 0:
                raise ValueError(f'the weight of group "{name}" is negative; write 0 to 100')
        total, rest = sum(self.groups.values()), [name for name in known if name not in self.groups]
        if total > 100 or (not rest and self.groups and not math.isclose(total, 100)):
            raise ValueError(f"the weights of groups add up to {total:g}, not 100")
        names = [one.metric for one in self.metrics]
        if len(set(names)) < len(names):
            raise ValueError("a metric stands here twice; remove one")
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics it must be handed."""
        return tuple(one.metric for one in self.metrics)

    def begin(self) -> Gathered:
        """The state before the first look of a step."""
        return Gathered()

    def step(self, state: Gathered, evidence: Evidence) -> tuple[Gathered, Judgement]:
        """One look: the next state, and what it says; between two judgements what the last one said."""
        starts = evidence.step_started + self.begin_after
        points = (*state.points, *(
            Point(look.end, {
                name: (self._point(arms[evidence.arm]), self._point(arms[INCUMBENT]))
                for name, arms in look.readings.items()
            })
            for look in evidence.looks if look.start >= starts
        ))
        if isinstance(self.over, int) and points:
            since = max(point.end for point in points) - self.over
            points = tuple(point for point in points if point.end > since)
        last = state.judged_at if state.judged_at >= 0 else starts
        final = evidence.at >= max(evidence.bake_ends, starts)
        ends = final and state.judged_at < evidence.bake_ends
        if evidence.at < last + self.interval and not ends:
            said = state.last or self.judged(Verdict.NO_DATA, f"first judged at {clock(last + self.interval)}")
            return Gathered(points, state.judged_at, state.last), said
        judgement = self._judge(points, final=final)
        return Gathered(points, evidence.at, judgement), judgement

    def _point(self, reading: Reading) -> float:
        return math.nan if reading.empty or reading.n < self.minimum else reading.value

    def _judge(self, points: tuple[Point, ...], *, final: bool) -> Judgement:
        columns = {
            one.metric: np.array([point.values[one.metric] for point in points if one.metric in point.values])
            .reshape(-1, 2) for one in self.metrics
        }
        seen = [int(max(np.isfinite(pairs[:, side]).sum() for pairs in columns.values())) for side in (0, 1)]
        if self.missing == "hold" and not seen[0]:
            said = f"no points, starved: the incumbent has {seen[1]:,}" if seen[1] else "no points, the service is idle"
            return self.judged(Verdict.NO_DATA, said)
        found = [(one, classed(columns[one.metric][:, 0], columns[one.metric][:, 1], one.ask)) for one in self.metrics]
        score = scored([(one.group, result) for one, result in found], weights=self.groups)
        grade = concluded(score.value, passing=self.pass_at, marginal=self.marginal_at, final=final)
        verdict = VERDICTS[grade]
        if self.missing == "hold" and (lacks := self._lacks(score, verdict)):
            return self.judged(Verdict.NO_DATA, f"{lacks}{_faults(found)}", n=seen[0])
        sign, bound = (
            ("≥", self.pass_at) if grade is Grade.PASS else ("≤", self.marginal_at)
            if score.value <= self.marginal_at else ("<", self.pass_at)
        )
        because = f"score {score.value:g} {sign} {bound:g}{_faults(found)}, {seen[0]:,} points"
        return self.judged(verdict, because, value=score.value, bound=bound, n=seen[0])

    def _lacks(self, score: Score, verdict: Verdict) -> str:
        """What has no data, where that would decide; a failure that data show needs no more of them."""
        if score.decided_by == "critical no data":
            return "a critical metric has no data"
        if score.decided_by == "no data":
            return "half of the metrics or more have no data"
        if score.empty_groups and verdict is not Verdict.FAIL:
            return f"group {score.empty_groups[0]} has no data"
        return ""


def _faults(found: list[tuple[Scored, Classed]]) -> str:
    """The metrics that do not pass, critical ones first, and by how much they differ."""
    bad = [(one, result) for one, result in found if result.label is not Label.PASS]
    bad.sort(key=lambda pair: not pair[1].critical)
    return "".join(
        f", {one.metric} {'critically ' if result.critical else ''}{result.label.value}"
        + (f" (×{result.effect:.3g})" if one.effect == "mean-ratio" and math.isfinite(result.effect) else "")
        for one, result in bad
    )
