"""How a metric of an Argo Rollouts AnalysisRun is measured, scheduled, counted and assessed.

argoproj/argo-rollouts: analysis/analysis.go (assessMetricStatus, generateMetricTasks, calculateNextReconcileTime),
utils/evaluate/evaluate.go (EvaluateResult), analysis_types.go (EffectiveCount) and utils/analysis/factory.go
(ValidateMetrics), 2026.
"""

import math
from dataclasses import dataclass, replace
from enum import Enum

from sandbox.base.units import NS_PER_SECOND

ERROR_RETRY = 10 * NS_PER_SECOND
"""How long after an error the next measurement is due, whatever the interval."""


class Phase(Enum):
    """What Argo says of one measurement, and of a metric."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"

    @property
    def over(self) -> bool:
        """Whether a metric in this phase is measured no more."""
        return self not in (Phase.PENDING, Phase.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The bounds of the success and of the failure condition; a condition without bounds is not given."""

    low: float | None = None
    high: float | None = None
    fail_below: float | None = None
    fail_above: float | None = None

    @property
    def success(self) -> bool:
        """Whether a success condition is given."""
        return self.low is not None or self.high is not None

    @property
    def failure(self) -> bool:
        """Whether a failure condition is given."""
        return self.fail_below is not None or self.fail_above is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often is measured, and how much is tolerated; a count of None has no end, a failure limit of -1 is none."""

    interval: int = 0
    initial_delay: int = 0
    count: int | None = None
    failure: int = 0
    inconclusive: int = 0
    consecutive_error: int = 4
    consecutive_success: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was measured so far, and what the metric is."""

    phase: Phase = Phase.PENDING
    successful: int = 0
    failed: int = 0
    inconclusive: int = 0
    consecutive_error: int = 0
    consecutive_success: int = 0
    last: Phase | None = None
    last_at: int = 0

    @property
    def count(self) -> int:
        """Measurements that count; an error does not."""
        return self.successful + self.failed + self.inconclusive


def measured(value: float | None, conditions: Conditions) -> Phase:
    """What one value says; None is a provider without an answer. A NaN satisfies no comparison."""
    if value is None:
        return Phase.ERROR
    success = (conditions.low is None or value >= conditions.low) and (
        conditions.high is None or value <= conditions.high
    ) and not (conditions.success and math.isnan(value))
    failure = (conditions.fail_below is not None and value < conditions.fail_below) or (
        conditions.fail_above is not None and value > conditions.fail_above
    )
    if failure:
        return Phase.FAILED
    if success or not conditions.success:
        return Phase.SUCCESSFUL
    return Phase.INCONCLUSIVE if conditions.failure else Phase.FAILED


def due_at(tally: Tally, limits: Limits, *, started: int) -> int | None:
    """When the next measurement is due; None where there is none."""
    if tally.phase.over:
        return None
    if tally.last is None:
        return started + limits.initial_delay
    return tally.last_at + (ERROR_RETRY if tally.last is Phase.ERROR else limits.interval)


def counted(tally: Tally, phase: Phase, limits: Limits, *, at: int) -> Tally:
    """The tally with one measurement more, and what the metric is now."""
    after = replace(
        tally, last=phase, last_at=at,
        successful=tally.successful + (phase is Phase.SUCCESSFUL),
        failed=tally.failed + (phase is Phase.FAILED),
        inconclusive=tally.inconclusive + (phase is Phase.INCONCLUSIVE),
        consecutive_error=tally.consecutive_error + 1 if phase is Phase.ERROR else 0,
        consecutive_success=tally.consecutive_success + 1 if phase is Phase.SUCCESSFUL else 0,
    )
    return replace(after, phase=assessed(after, limits))


def assessed(tally: Tally, limits: Limits, *, terminating: bool = False) -> Phase:
    """What a metric is by its tally; of several limits exceeded, error goes over inconclusive over failed."""
    if tally.phase.over:
        return tally.phase
    if tally.last is None:
        return Phase.SUCCESSFUL if terminating else Phase.PENDING
    if tally.consecutive_error > limits.consecutive_error:
        return Phase.ERROR
    if tally.inconclusive > limits.inconclusive:
        return Phase.INCONCLUSIVE
    if limits.failure >= 0 and tally.failed > limits.failure:
        return Phase.FAILED
    if 0 < limits.consecutive_success <= tally.consecutive_success:
        return Phase.SUCCESSFUL
    if limits.count is not None and tally.count >= limits.count:
        if not limits.consecutive_success:
            return Phase.SUCCESSFUL
        return Phase.INCONCLUSIVE if limits.failure >= 0 else Phase.FAILED
    return Phase.SUCCESSFUL if terminating else Phase.RUNNING


def mistakes(limits: Limits) -> str:
    """What Argo's validation would refuse, in one line; nothing where it accepts them."""
    success, failure, count = limits.consecutive_success, limits.failure, limits.count
    if failure == -1 and not success:
        return "failure_limit -1 tolerates every failure; say a consecutive_success_limit, or a limit of at least 0"
    if count is None:
        return ""
    if count > 1 and not limits.interval:
        return f"{count} measurements need an interval between them; add one"
    if failure >= 0 and count < failure + success:
        return f"count {count} is less than failure_limit {failure} + consecutive_success_limit {success}; raise it"
    if failure < 0 and count < success:
        return f"count {count} is less than consecutive_success_limit {success}; raise it"
    if count < limits.inconclusive:
        return f"count {count} is less than inconclusive_limit {limits.inconclusive}; raise it"
    return ""


def why(tally: Tally, limits: Limits) -> str:
    """The counter that decided, as "failed 4 > failure_limit 3"; nothing where the value says it all."""
    if tally.phase is Phase.ERROR:
        return f"errors in a row {tally.consecutive_error} > consecutive_error_limit {limits.consecutive_error}"
    if tally.phase is Phase.INCONCLUSIVE and tally.inconclusive > limits.inconclusive:
        return f"inconclusive {tally.inconclusive} > inconclusive_limit {limits.inconclusive}"
    if tally.phase is Phase.FAILED and 0 <= limits.failure < tally.failed:
        return f"failed {tally.failed} > failure_limit {limits.failure}" if limits.failure else ""
    if limits.consecutive_success:
        said = f"{tally.consecutive_success} of {limits.consecutive_success} successes in a row"
        return said if limits.count is None else f"{said}, {tally.count} of {limits.count} measured"
    of = "" if limits.count is None else f"{tally.count} of {limits.count} measured"
    tolerated = [
        f"{name} {number} ≤ {key} {limit}" for name, number, key, limit in (
            ("failed", tally.failed, "failure_limit", limits.failure),
            ("inconclusive", tally.inconclusive, "inconclusive_limit", limits.inconclusive),
            ("errors in a row", tally.consecutive_error, "consecutive_error_limit", limits.consecutive_error),
        ) if number
    ]
    return ", ".join(filter(None, (of, *tolerated)))
