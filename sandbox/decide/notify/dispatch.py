"""Alertmanager in simulated time: alerts gather in groups, groups go their rounds, and a round may tell somebody.

Prometheus Alertmanager 0.25 (and 0.34, which decides the same): dispatch/dispatch.go for groups and their rounds at
creation + group_wait + k · group_interval; notify/notify.go, DedupStage.needsUpdate, for whether a round tells: of
something new that fires, that all is over, of something more that is over, or again after repeat_interval has strictly
passed. Sending takes no time here. A round that falls on the instant at which an alert changes comes before the change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sandbox.decide.alerts.machine import Labels
from sandbox.decide.notify.escalation import Page, Pages, followed, missed, next_miss
from sandbox.decide.notify.muting import inhibited, silenced
from sandbox.decide.notify.notification import Key, Notification
from sandbox.decide.notify.routing import Path, paths
from sandbox.decide.notify.table import NotifyTable

RETENTION = 120 * 3_600 * 1_000_000_000
"""How long Alertmanager remembers at most what it told, in ns (its --data.retention)."""


@dataclass(frozen=True, slots=True)
class Group:
    """Alerts that are told of together: when its next round is, and which of them fire."""

    path: Path
    next_round: int
    alerts: Mapping[Labels, bool]


@dataclass(frozen=True, slots=True)
class Told:
    """What a group was last told of."""

    at: int
    firing: frozenset[Labels]
    resolved: frozenset[Labels]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that is known: groups in order of creation, what was told, what fires, pages nobody acknowledged."""

    groups: Mapping[Key, Group] = field(default_factory=dict)
    told: Mapping[Key, Told] = field(default_factory=dict)
    firing: Mapping[Labels, int] = field(default_factory=dict)
    pages: Pages = field(default_factory=dict)


def receive(table: NotifyTable, desk: Desk, labels: Labels, *, fires: bool, at: int) -> Desk:
    """An alert began to fire, or is over."""
    known = {one: since for one, since in desk.firing.items() if one != labels}
    groups = dict(desk.groups)
    for path in paths(table, labels):
        key: Key = (path.place, path.group_of(labels))
        group = groups.get(key)
        if group is None and not fires:
            continue
        group = group or Group(path, at + path.group_wait, {})
        groups[key] = replace(group, alerts={**group.alerts, labels: fires})
    return replace(desk, groups=groups, firing={**known, labels: at} if fires else known)


def advance(table: NotifyTable, desk: Desk, *, upto: int) -> tuple[Desk, list[Notification]]:
    """All rounds and escalations that are due by an instant, in their order."""
    sent: list[Notification] = []
    while True:
        rounds = min(((group.next_round, key) for key, group in desk.groups.items()), default=None, key=lambda r: r[0])
        miss = next_miss(desk.pages)
        if rounds is not None and rounds[0] <= upto and (miss is None or rounds[0] <= miss):
            desk, told = _round(table, desk, rounds[1])
            sent += told
        elif miss is not None and miss <= upto:
            pages, told = missed(desk.pages, at=miss)
            desk, sent = replace(desk, pages=pages), [*sent, *told]
        else:
            return desk, sent


def acknowledge(desk: Desk) -> Desk:
    """Somebody has seen all that was sent so far."""
    return replace(desk, pages={key: replace(page, acknowledged=True) for key, page in desk.pages.items()})


def _round(table: NotifyTable, desk: Desk, key: Key) -> tuple[Desk, list[Notification]]:
    group = desk.groups[key]
    at, path = group.next_round, group.path
    heard = {
        labels: fires for labels, fires in group.alerts.items()
        if not silenced(labels, table.silences, at=at) and not inhibited(labels, table.inhibit, firing=desk.firing)
    }
    firing = frozenset(labels for labels, fires in heard.items() if fires)
    resolved = frozenset(heard) - firing
    why = _why(desk.told.get(key), firing, resolved, at=at, path=path, send_resolved=table.send_resolved)
    left = {labels: fires for labels, fires in group.alerts.items() if fires}
    groups = dict(desk.groups)
    if left:
        groups[key] = Group(path, at + path.group_interval, left)
    else:
        del groups[key]
    desk = replace(desk, groups=groups)
    if not heard or not why:
        return desk, []
    desk = replace(desk, told={**desk.told, key: Told(at, firing, resolved)})
    shown = [labels for labels in heard if labels in firing or table.send_resolved]
    if not firing and not table.send_resolved:
        return replace(desk, pages=followed(desk.pages, key, None)), []
    note = Notification(
        at=at, to=path.to, group=key, firing=tuple(one for one in shown if one in firing),
        resolved=tuple(one for one in shown if one in resolved), why=why,
    )
    page = Page(note, path.escalate_after, path.escalate_to) if firing and path.escalate_after else None
    return replace(desk, pages=followed(desk.pages, key, page)), [note]


def _why(
    last: Told | None, firing: frozenset[Labels], resolved: frozenset[Labels], *, at: int, path: Path,
    send_resolved: bool,
) -> str:
    """Why a round tells; empty where it does not."""
    if last is not None and at > last.at + min(2 * path.repeat_interval, RETENTION):
        last = None
    if last is None:
        return "new" if firing else ""
    if firing - last.firing:
        return "more fires" if last.firing else "new"
    if not firing:
        return "all over" if last.firing else ""
    if send_resolved and resolved - last.resolved:
        return "some over"
    return "repeated" if last.at < at - path.repeat_interval else ""


