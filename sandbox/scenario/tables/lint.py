"""`[lint]`: warnings of `greenroom check` that somebody has weighed."""

from typing import Literal

from pydantic import Field

from sandbox.base.spec import Spec

RuleId = Literal[
    "plan-outlasts-flight", "gate-never-fails", "gate-without-data", "bake-before-labels", "gate-without-power",
    "threshold-in-the-noise", "requests-for-users", "step-unguarded", "silence-passes", "only-estimates",
    "nobody-rolls-back", "alert-never-fires", "alert-always-fires", "objective-beyond-the-flight",
    "alert-reaches-nobody", "page-without-runbook", "answers-too-late",
]
"""The rules there are."""


class Allowance(Spec):
    """One warning that may be, and why."""

    rule: RuleId
    """The rule's id, as the warning says it."""
    at: str = ""
    """Where, as the warning says it, such as "gates[0]"; anywhere unless said."""
    reason: str = Field(min_length=1)
    """Why it may be."""


class LintTable(Spec):
    """What is allowed."""

    allow: list[Allowance] = []
    """Warnings that somebody has weighed, each as `{ rule = "…", reason = "…" }`."""
