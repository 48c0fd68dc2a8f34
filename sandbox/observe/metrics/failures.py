"""Requests that got no answer, by how they failed."""

from collections.abc import Callable

from sandbox.base.reading import Reading
from sandbox.base.status import STATUSES, Status
from sandbox.observe.metrics.view import Metric, View, proportions


def errors(view: View) -> tuple[Reading, ...]:
    """Requests that ended in an error, over all that ended: answered, errored, given up, rejected (Beyer, Jones,
    Petoff, Murphy: Site Reliability Engineering, chapter 6, 2016).
    """
    return _rate(view, Status.ERRORED)


def timeouts(view: View) -> tuple[Reading, ...]:
    """Requests whose client gave up waiting, or whose answer came too late to count, over all that ended."""
    return _rate(view, Status.TIMED_OUT)


def rejections(view: View) -> tuple[Reading, ...]:
    """Requests that found the queue full, over all that ended: load shed."""
    return _rate(view, Status.REJECTED)


def failures(view: View) -> tuple[Reading, ...]:
    """Requests that ended in an error, a timeout or a rejection, over all that ended: one minus availability (Beyer,
    Jones, Petoff, Murphy: Site Reliability Engineering, chapter 4, 2016).
    """
    return _rate(view, Status.ERRORED, Status.TIMED_OUT, Status.REJECTED)


def _rate(view: View, *fates: Status) -> tuple[Reading, ...]:
    ended = view.part("status").sum(axis=(1, 2, 3))
    columns = [STATUSES.index(fate) for fate in fates]
    return proportions(ended[:, columns].sum(axis=1), ended.sum(axis=1))


def _metric(name: str, says: str, read: Callable[[View], tuple[Reading, ...]]) -> Metric:
    return Metric(
        name=name, says=says, unit="share", lower_is_better=True, matured=False, read=read, by=("segment", "group")
    )


METRICS = (
    _metric("errors.rate", "share of ended requests that errored", errors),
    _metric("timeouts.rate", "share of ended requests whose client gave up waiting", timeouts),
    _metric("rejections.rate", "share of ended requests that found the queue full", rejections),
    _metric("failures.rate", "share of ended requests without an answer in time", failures),
)
