"""Do the candidate's metrics stay in their ranges, check after check?"""

from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from sandbox.base.clock import clock
from sandbox.base.reading import Evidence
from sandbox.base.spec import Spec
from sandbox.base.units import NS_PER_SECOND, Duration, Limit
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.dialects.flagger import SHORTEST, Answer, Loop, Move, answered, due, ticked
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

    def answer(self, value: float) -> Answer:
        """Whether a value is inside; a p99 counts in whole milliseconds, as Flagger's request-duration does."""
        return answered(value, low=self.min, high=self.max, whole_ms=self.metric == "latency.p99")

    def says(self, value: float, unit: str) -> str:
        """How a value stands to the range."""
        high = self.max is not None and value > self.max
        low = self.min is not None and value < self.min
        bound = self.min if low or self.max is None else self.max
        assert bound is not None
        sign = (">" if high else "<") if high or low else ("≤" if bound == self.max else "≥")
        return f"{self.metric} {against(value, sign, bound, unit=unit)}"


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

    def begin(self) -> tuple[Loop, Judgement | None]:
        """The state before the first look of a flight."""
        return Loop(), None

    def step(
        self, state: tuple[Loop, Judgement | None], evidence: Evidence
    ) -> tuple[tuple[Loop, Judgement | None], Judgement]:
        """One look: the next state, and what it says; between two checks what the last one of the step said."""
        loop, said = state
        since = evidence.step_started
        if not due(loop, at=evidence.at, since=since, interval=self.interval):
            if said is not None and loop.since == since:
                return state, said
            return state, self.judged(Verdict.NO_DATA, f"first check at {clock(since + self.interval)}")
        missing = {
            name: silence(evidence.merged[name], evidence.arm, minimum=self.minimum) for name in self.reads
        }
        answers = [
            Answer.MISSING if missing[one.metric] else one.answer(evidence.merged[one.metric][evidence.arm].value)
            for one in self.metrics
        ]
        loop = ticked(
            loop, answers, at=evidence.at, since=since, threshold=self.threshold,
            missing_fails=self.missing == "fail",
        )
        judgement = self._said(loop, evidence, missing)
        return (loop, judgement), judgement

    def _said(self, loop: Loop, evidence: Evidence, missing: dict[str, str]) -> Judgement:
        assert loop.move is not None
        shown = self.metrics[max(loop.first, 0)]
        reading, unit = evidence.merged[shown.metric][evidence.arm], evidence.measures[shown.metric].unit
        failed = f"{loop.failed} of {self.threshold} failed checks"
        if missing[shown.metric]:
            said, value = f"{shown.metric}: {missing[shown.metric]}", None
        else:
            said, value = shown.says(reading.value, unit), reading.value
        because = f"{failed}, last {said}" if loop.move is Move.ROLL_BACK else f"{said}, {failed}"
        return self.judged(
            VERDICTS[loop.move], because, value=value, bound=shown.max if shown.max is not None else shown.min,
            n=reading.n,
        )
