"""What people did in a flight, read back from the journal: every command that was not the policy's."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.base.flight import Flight

POLICY = "policy"
"""The actor whose commands nobody gave."""

MITIGATING = ("roll back", "abort", "divert", "hold", "promote", "advance", "scale", "restart", "adjust", "toggle")
"""Commands that change what users get, or keep it from changing."""

ENDING = ("roll back", "abort")
"""Commands that take a candidate away from everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One command of a person, and whether it was granted."""

    at: int
    actor: str
    kind: str
    arguments: dict[str, Any] = field(default_factory=dict)
    accepted: bool
    reason: str = ""
    origin: str = ""
    """"plan" where the plan itself had it given, "runbook" where a step of one did, "called" where a called
    role gave it."""


def acts(flight: Flight) -> tuple[Act, ...]:
    """Every command that a person gave, in order."""
    return tuple(
        Act(
            at=entry.at, actor=str(entry.facts["actor"]), kind=str(entry.facts["kind"]),
            arguments=dict(entry.facts["arguments"]), accepted=entry.facts["answer"] == "accepted",
            reason=str(entry.facts.get("reason", "")), origin=str(entry.facts.get("origin", "")),
        )
        for entry in flight.journal
        if entry.kind == "command" and entry.facts["actor"] != POLICY
    )


def granted(flight: Flight, *kinds: str) -> tuple[Act, ...]:
    """The commands of these kinds that were granted."""
    return tuple(one for one in acts(flight) if one.accepted and one.kind in kinds)


def hands(flight: Flight) -> tuple[str, ...]:
    """Who gave commands, in the order in which they first did: who sat at it, and whom its plan has on call."""
    return tuple(dict.fromkeys(one.actor for one in acts(flight)))
