"""How often answers took longer than a stated limit."""

from sandbox.base.reading import Reading
from sandbox.base.status import Status
from sandbox.base.units import format_duration, parse_duration
from sandbox.observe.metrics.view import Metric, View, proportions

PREFIX = "latency.over."


def limit_of(name: str) -> int | None:
    """The limit in ns that "latency.over.250ms" names; None for any other name."""
    if not name.startswith(PREFIX):
        return None
    try:
        return parse_duration(name.removeprefix(PREFIX)) or None
    except ValueError:
        return None


def named(name: str) -> Metric | None:
    """The metric "latency.over.LIMIT": who gave up waiting counts as beyond any limit."""
    limit = limit_of(name)
    if limit is None:
        return None

    def read(view: View) -> tuple[Reading, ...]:
        if limit not in view.layout.limits:
            return tuple(Reading(value=float("nan"), n=0) for _ in view.layout.arms)
        waited = view.part("status").sum(axis=(1, 2, 3))[:, [Status.ANSWERED, Status.TIMED_OUT]].sum(axis=1)
        return proportions(view.part("slower")[:, :, view.layout.limits.index(limit)].sum(axis=1), waited)

    return Metric(
        name=name, says=f"share of answers that took longer than {format_duration(limit)}", unit="share",
        lower_is_better=True, matured=False, read=read,
    )
