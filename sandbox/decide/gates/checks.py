"""Do the candidate's metrics stay in their ranges, check after check?"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from sandbox.base.clock import clock
from sandbox.base.reading import Evidence
from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, Limit
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.dialects.flagger import SHORTEST, Answer, Loop, Move, answered, due, in_whole_ms, ticked
from sandbox.decide.gates.asking import Asking
from sandbox.decide.gates.starving import silence
from sandbox.decide.gates.wording import against

VERDICTS = {
    Move.ADVANCE: Verdict.PASS, Move.HALT: Verdict.INCONCLUSIVE, Move.WAIT: Verdict.NO_DATA,
    Move.ROLL_BACK: Verdict.FAIL,
}


class Ranged(Spec):
    """One metric and the range it must stay in, the ends included."""

    metric: str = Field(min_length=1)
    """The metric, such as "failures.rate"."""
    max: Limit | None = None
    """The highest value that passes."""
    min: Limit | None = None
    """The lowest value that passes."""

    @model_validator(mode="after")
    def _has_a_range(self) -> "Ranged":
        if self.max is None and self.min is None:
            raise ValueError('a check needs "max" or "min"; add one')
        if self.max is not None and self.min is not None and self.min > self.max:
            raise ValueError("min is above max; nothing could pass")
        return self

    def counted(self, value: float) -> float:
        """A value as it is held against the range: a p99 in whole milliseconds, as Flagger's request-duration is."""
        return in_whole_ms(value) if self.metric.split("{")[0] == "latency.p99" else value

    def answer(self, value: float) -> Answer:
        """Whether a value is inside."""
        low, high = (bound if bound is None else self.counted(bound) for bound in (self.min, self.max))
        return answered(self.counted(value), low=low, high=high)

    def nearest(self, value: float) -> tuple[str, float]:
        """How a value stands to the end of the range that it has crossed, else to the one it keeps; and that end."""
        value = self.counted(value)
        if self.max is not None and value > self.counted(self.max):
            return ">", self.max
        if self.min is not None and value < self.counted(self.min):
            return "<", self.min
        bound = self.min if self.max is None else self.max
        assert bound is not None
        return ("≥" if self.max is None else "≤"), bound


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found in the metric that decided it: in words, and in numbers."""

    said: str
    value: float | None
    bound: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Checked:
    """Where the loop stands; the last judgement, and what the last check found that failed."""

    loop: Loop = field(default_factory=Loop)
    last: Judgement | None = None
    failure: Found | None = None


class Checks(Asking):
    """Checks every metric against its range once an interval, as Flagger does, and rolls back after enough failures.

    A failed check halts the step; a later success lets it go on, but takes nothing back: failed checks count over the
    whole rollout. When `threshold` of them have failed, the next tick rolls back before it checks anything. The first
    metric that fails ends the check, which counts once.

    ```toml
    [[gates]]
    kind = "checks"
    interval = "20s"
    threshold = 5
    metrics = [
      { metric = "failures.rate", max = "1%" },
      { metric = "latency.p99", max = "500ms" },
    ]
    ```

    Flagger, docs/gitbook/usage/how-it-works.md and pkg/controller/scheduler.go, fluxcd/flagger, 2026.
    """

    lasts: ClassVar[Literal["step", "flight"]] = "flight"

    kind: Literal["checks"] = "checks"
    metric: Literal[""] = ""
    """Not said here: `metrics` names them."""
    metrics: list[Ranged] = Field(min_length=1)
    """The metrics and their ranges, in the order they are checked."""
    interval: Duration = 60 * NS_PER_SECOND
    """How long from one check to the next, and from the beginning of a step to its first."""
    threshold: int = Field(default=1, ge=1)
    """After how many failed checks it rolls back."""
    over: Duration | Literal["step"] = 60 * NS_PER_SECOND
    """What a check reads: the last stretch of this length, or everything since the step began."""
    minimum: int = Field(default=1, ge=1)
    """The fewest observations that make a value; Flagger takes any."""
    missing: Literal["hold", "fail"] = "hold"
    """What a check without a value is: "hold" counts nothing and waits, "fail" is a failed check, as in Flagger."""

    @field_validator("interval")
    @classmethod
    def _is_not_clamped(cls, interval: int) -> int:
        if interval < SHORTEST:
            raise ValueError('Flagger takes anything below 10s for 10s; write "10s"')
        return interval

    @field_validator("metrics")
    @classmethod
    def _are_named_once(cls, metrics: list[Ranged]) -> list[Ranged]:
        if len({one.metric for one in metrics}) < len(metrics):
            raise ValueError("a metric stands here twice; join the two")
        return metrics

    @property
    def reads(self) -> tuple[str, ...]:
        """The metrics it must be handed."""
        return tuple(one.metric for one in self.metrics)

    def begin(self) -> Checked:
        """The state before the first look of a flight."""
        return Checked()

    def step(self, state: Checked, evidence: Evidence) -> tuple[Checked, Judgement]:
        """One look: the next state, and what it says; between two checks what the last one of the step said."""
        since = evidence.step_started
        if not due(state.loop, at=evidence.at, since=since, interval=self.interval):
            if state.last is not None and state.loop.since == since:
                return state, state.last
            return state, self.judged(Verdict.NO_DATA, f"first check at {clock(since + self.interval)}")
        missing = {
            name: silence(evidence.merged[name], evidence.arm, minimum=self.minimum) for name in self.reads
        }
        answers = [
            Answer.MISSING if missing[one.metric] else one.answer(evidence.merged[one.metric][evidence.arm].value)
            for one in self.metrics
        ]
        loop = ticked(
            state.loop, answers, at=evidence.at, since=since, threshold=self.threshold,
            missing_fails=self.missing == "fail",
        )
        failed = f"{loop.failed} of {self.threshold} failed checks"
        if loop.move is Move.ROLL_BACK and state.failure is not None:
            # Nothing is checked at this tick; what the metrics are by now has no say.
            found, because = state.failure, f"{failed}, last {state.failure.said}"
        else:
            found = self._found(self.metrics[max(loop.first, 0)], evidence, missing)
            because = f"{found.said}, {failed}"
        assert loop.move is not None
        judgement = self.judged(VERDICTS[loop.move], because, value=found.value, bound=found.bound, n=found.n)
        failure = found if loop.move is Move.HALT else state.failure
        return Checked(loop, judgement, failure), judgement

    def _found(self, shown: Ranged, evidence: Evidence, missing: dict[str, str]) -> Found:
        reading, unit = evidence.merged[shown.metric][evidence.arm], evidence.measures[shown.metric].unit
        if missing[shown.metric]:
            bound = shown.min if shown.max is None else shown.max
            return Found(f"{shown.metric}: {missing[shown.metric]}", None, bound, reading.n)
        sign, bound = shown.nearest(reading.value)
        said = against(shown.counted(reading.value), sign, shown.counted(bound), unit=unit)
        return Found(f"{shown.metric} {said}", reading.value, bound, reading.n)
