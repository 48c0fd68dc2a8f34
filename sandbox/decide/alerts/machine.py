"""The state machine of an alerting rule: inactive, pending, firing.

Prometheus, rules/alerting.go, AlertingRule.Eval: an element of the result is active whatever its value; an alert that
is pending for at least `for` fires, in the same evaluation where `for` is 0; a pending alert that misses one evaluation
is forgotten; a firing one that misses is kept while less than `keep_firing_for` has passed since the first miss, with
the value it last had, and is resolved otherwise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

Labels = tuple[tuple[str, str], ...]
"""Names and values in order of the names."""
Result = Mapping[Labels, float]
"""What an expression comes to at one instant: the elements that are there, and their values."""


class State(Enum):
    """Where an alert stands."""

    PENDING = "pending"
    FIRING = "firing"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert that is pending or firing: since when, its last value, and since when it is kept without being true."""

    state: State
    active_at: int
    fired_at: int = -1
    missed_at: int | None = None
    value: float


Alerts = Mapping[Labels, Alert]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One change of one alert: what it is now, and since when it was active."""

    at: int
    labels: Labels
    state: State
    was: State
    active_at: int
    value: float


def due(waited: int, wait: int) -> bool:
    """Whether a pending alert has waited long enough."""
    return waited >= wait


def kept(missed: int, keep: int) -> bool:
    """Whether a firing alert that is true no more is still kept."""
    return missed < keep


def evaluate(
    alerts: Alerts, result: Result, *, at: int, wait: int, keep: int
) -> tuple[dict[Labels, Alert], list[Turn]]:
    """One evaluation of a rule with `for` = wait and `keep_firing_for` = keep: its alerts then, and what changed."""
    after: dict[Labels, Alert] = {}
    turns: list[Turn] = []
    for labels in _in_order(alerts, result):
        before = alerts.get(labels)
        now = _seen(before, result[labels], at=at, wait=wait) if labels in result else _missed(before, at=at, keep=keep)
        was = State.INACTIVE if before is None else before.state
        if now is not None:
            after[labels] = now
        state = State.INACTIVE if now is None else now.state
        if state is not was:
            latest = now or before
            assert latest is not None
            turns.append(
                Turn(at=at, labels=labels, state=state, was=was, active_at=latest.active_at, value=latest.value)
            )
    return after, turns


def _in_order(alerts: Alerts, result: Result) -> Iterator[Labels]:
    yield from alerts
    yield from (labels for labels in result if labels not in alerts)


def _seen(before: Alert | None, value: float, *, at: int, wait: int) -> Alert:
    now = Alert(state=State.PENDING, active_at=at, value=value) if before is None else replace(
        before, value=value, missed_at=None
    )
    if now.state is State.PENDING and due(at - now.active_at, wait):
        return replace(now, state=State.FIRING, fired_at=at)
    return now


def _missed(before: Alert | None, *, at: int, keep: int) -> Alert | None:
    if before is None or before.state is State.PENDING or keep == 0:
        return None
    since = at if before.missed_at is None else before.missed_at
    return replace(before, missed_at=since) if kept(at - since, keep) else None


