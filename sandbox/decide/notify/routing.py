"""Which route an alert takes: depth first, the first child that matches, and on where one says `continue`.

Prometheus Alertmanager, dispatch/route.go, Route.Match, of 0.25.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sandbox.decide.alerts.machine import Labels
from sandbox.decide.notify.table import NotifyTable, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A route with all it inherits; `place` is where it stands, as (1, 0) for the first route within the second."""

    place: tuple[int, ...]
    to: str
    group_by: tuple[str, ...]
    group_wait: int
    group_interval: int
    repeat_interval: int
    escalate_after: int | None = None
    escalate_to: str = ""

    def group_of(self, labels: Labels) -> Labels:
        """The labels that make an alert's group."""
        return tuple((name, value) for name, value in labels if name in self.group_by)


def matches(wanted: Mapping[str, str], labels: Labels) -> bool:
    """Whether labels have all these values; a label that is not there is empty."""
    have = dict(labels)
    return all(have.get(name, "") == value for name, value in wanted.items())


def paths(table: NotifyTable, labels: Labels) -> tuple[Path, ...]:
    """The routes that an alert takes; the table's own where none matches."""
    root = Path(
        place=(), to=table.to, group_by=tuple(table.group_by), group_wait=table.group_wait,
        group_interval=table.group_interval, repeat_interval=table.repeat_interval,
    )
    return tuple(_within(root, table.routes, labels)) or (root,)


def _within(around: Path, routes: Sequence[Route], labels: Labels) -> Iterator[Path]:
    for number, route in enumerate(routes):
        if not matches(route.match, labels):
            continue
        here = _inherits(around, route, number)
        yield from tuple(_within(here, route.routes, labels)) or (here,)
        if not route.continue_:
            return


def _inherits(around: Path, route: Route, number: int) -> Path:
    path = replace(around, place=(*around.place, number), to=route.to or around.to)
    if route.group_by is not None:
        path = replace(path, group_by=tuple(route.group_by))
    if route.group_wait is not None:
        path = replace(path, group_wait=route.group_wait)
    if route.group_interval is not None:
        path = replace(path, group_interval=route.group_interval)
    if route.repeat_interval is not None:
        path = replace(path, repeat_interval=route.repeat_interval)
    if route.escalate_after is not None:
        path = replace(path, escalate_after=route.escalate_after, escalate_to=route.escalate_to)
    return path
