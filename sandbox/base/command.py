"""The one form in which anybody acts on a flight: policy, runbook step, key or line of a protocol."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A wish with a time and an author, before anybody looked at whether it may be granted."""

    id: int
    at: int
    actor: str
    kind: str
    arguments: dict[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The command's precondition holds; it takes effect at `effective_at`."""

    command: Command
    effective_at: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The command's precondition does not hold, and why."""

    command: Command
    reason: str


Answer = Accepted | Refused
