"""Is the candidate's metric inside a limit?"""

from typing import Literal

from pydantic import Field, model_validator

from sandbox.base.reading import Evidence
from sandbox.base.units import Duration, Limit
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.dialects.argo import Conditions, Limits, Phase, Tally, counted, due_at, measured, mistakes, why
from sandbox.decide.gates.asking import Asking
from sandbox.decide.gates.starving import silence
from sandbox.decide.gates.wording import against


class Threshold(Asking):
    """Measures the candidate's value now and then, as an Argo Rollouts AnalysisRun does, and fails beyond its limits.

    `max` and `min` bound what is a success, `fail_above` and `fail_below` what is a failure; between the two a
    measurement is inconclusive. Limits are strict and count over the whole step, not in a row: `failure_limit = 3`
    fails at the fourth failure. Without `count` it measures in the background, and lets the ramp go on once something
    has succeeded; with `count` the step waits for the last one. What is decided stays decided until the next step. It
    knows neither noise nor the incumbent.

    ```toml
    [[gates]]
    kind = "threshold"
    metric = "errors.rate"
    max = "2%"
    interval = "30s"
    failure_limit = 1
    ```

    Argo Rollouts, docs/features/analysis.md and analysis/analysis.go, argoproj/argo-rollouts, 2026.
    """

    kind: Literal["threshold"] = "threshold"
    max: Limit | None = None
    """The highest value that is a success."""
    min: Limit | None = None
    """The lowest value that is a success."""
    fail_above: Limit | None = None
    """A value above this is a failure."""
    fail_below: Limit | None = None
    """A value below this is a failure."""
    interval: Duration | None = None
    """How long from one measurement to the next; one at every look unless said. After an error it is 10s."""
    initial_delay: Duration = 0
    """How long after the step begins the first measurement is due."""
    count: int | None = Field(default=None, ge=1)
    """How many measurements are made; without end unless said."""
    failure_limit: int = Field(default=0, ge=-1)
    """How many failures of a step are tolerated; -1 tolerates all, and then consecutive_success_limit must decide."""
    inconclusive_limit: int = Field(default=0, ge=0)
    """How many inconclusive measurements of a step are tolerated."""
    consecutive_error_limit: int = Field(default=4, ge=0)
    """How many errors in a row are tolerated; one more ends the rollout as a failure does."""
    consecutive_success_limit: int = Field(default=0, ge=0)
    """How many successes in a row settle it at once; none do at 0."""
    empty: Literal["hold", "error"] = "hold"
    """What a measurement without a value is: "hold" does not count it and waits, "error" is Argo's `result[0]`."""

    @model_validator(mode="after")
    def _can_decide(self) -> "Threshold":
        bounds = self.conditions
        if not bounds.success and not bounds.failure:
            raise ValueError('a threshold needs "max" or "min"; add one')
        if self.max is not None and self.min is not None and self.min > self.max:
            raise ValueError("min is above max; nothing could pass")
        if wrong := mistakes(self.limits):
            raise ValueError(wrong)
        return self

    @property
    def conditions(self) -> Conditions:
        """What is a success and what a failure."""
        return Conditions(low=self.min, high=self.max, fail_below=self.fail_below, fail_above=self.fail_above)

    @property
    def failing(self) -> tuple[float | None, float | None]:
        """Below and above what a measurement fails: the failure condition where there is one, else the success's."""
        if self.conditions.failure:
            return self.fail_below, self.fail_above
        return self.min, self.max

    @property
    def limits(self) -> Limits:
        """How often is measured, and how much is tolerated."""
        return Limits(
            interval=self.interval or 0, initial_delay=self.initial_delay, count=self.count,
            failure=self.failure_limit, inconclusive=self.inconclusive_limit,
            consecutive_error=self.consecutive_error_limit, consecutive_success=self.consecutive_success_limit,
        )

    def begin(self) -> tuple[Tally, Judgement | None]:
        """The state before the first look of a step: nothing counted, nothing said."""
        return Tally(), None

    def step(
        self, state: tuple[Tally, Judgement | None], evidence: Evidence
    ) -> tuple[tuple[Tally, Judgement | None], Judgement]:
        """One look: the next state, and what it says; between two measurements what the last one said."""
        tally, said = state
        due = due_at(tally, self.limits, started=evidence.step_started)
        if said is not None and (due is None or evidence.at < due):
            return state, said
        if due is not None and evidence.at < due:
            return state, self.judged(Verdict.NO_DATA, f"first measured {(due - evidence.at) / 1e9:g}s from now")
        reading = evidence.merged[self.metric][evidence.arm]
        missing = silence(evidence.merged[self.metric], evidence.arm, minimum=self.minimum)
        if missing and self.empty == "hold":
            return (tally, None), self.judged(Verdict.NO_DATA, missing, n=reading.n)
        tally = counted(
            tally, measured(None if missing else reading.value, self.conditions), self.limits, at=evidence.at
        )
        bound, inequality = self._inequality(reading.value, evidence.measures[self.metric].unit)
        because = ", ".join(filter(None, (missing or inequality, why(tally, self.limits))))
        judgement = self.judged(
            self._verdict(tally), because, value=None if missing else reading.value, bound=bound, n=reading.n
        )
        return (tally, judgement), judgement

    def _verdict(self, tally: Tally) -> Verdict:
        if tally.phase in (Phase.FAILED, Phase.ERROR):
            return Verdict.FAIL
        if tally.phase is Phase.SUCCESSFUL:
            return Verdict.PASS
        if not tally.count:
            return Verdict.NO_DATA
        in_background = self.count is None and not self.consecutive_success_limit
        running = tally.phase is Phase.RUNNING
        return Verdict.PASS if running and in_background and tally.successful else Verdict.INCONCLUSIVE

    def _inequality(self, value: float, unit: str) -> tuple[float, str]:
        """The bound that decides, and how the value stands to it: one that is crossed, else the nearest it keeps."""
        over = [(self.fail_above, ">"), (self.fail_below, "<"), (self.max, ">"), (self.min, "<")]
        for bound, sign in over:
            if bound is not None and (value > bound if sign == ">" else value < bound):
                return bound, against(value, sign, bound, unit=unit)
        kept = [(self.max, "≤"), (self.min, "≥"), (self.fail_above, "≤"), (self.fail_below, "≥")]
        bound, sign = next((bound, sign) for bound, sign in kept if bound is not None)
        return bound, against(value, sign, bound, unit=unit)
