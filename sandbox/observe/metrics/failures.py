"""Requests that got no answer, by how they failed."""

from collections.abc import Callable

from sandbox.base.reading import Reading
from sandbox.base.status import STATUSES, Status
from sandbox.observe.metrics.view import Metric, View, proportions


def _rate(*fates: Status) -> Callable[[View], tuple[Reading, ...]]:
    columns = [STATUSES.index(fate) for fate in fates]

    def read(view: View) -> tuple[Reading, ...]:
        ended = view.part("status").sum(axis=(1, 2, 3))
        return proportions(ended[:, columns].sum(axis=1), ended.sum(axis=1))

    return read


def _metric(name: str, says: str, *fates: Status) -> Metric:
    return Metric(name=name, says=says, unit="share", lower_is_better=True, matured=False, read=_rate(*fates))


METRICS = (
    _metric("errors.rate", "share of ended requests that errored", Status.ERRORED),
    _metric("timeouts.rate", "share of ended requests whose client gave up", Status.TIMED_OUT),
    _metric("rejections.rate", "share of ended requests that found the queue full", Status.REJECTED),
    _metric(
        "failures.rate", "share of ended requests without an answer in time",
        Status.ERRORED, Status.TIMED_OUT, Status.REJECTED,
    ),
)
