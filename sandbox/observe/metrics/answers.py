"""Whether answers can be used."""

from sandbox.base.reading import Reading
from sandbox.base.status import STATUSES, Status
from sandbox.observe.metrics.view import Metric, View, proportions


def invalid(view: View) -> tuple[Reading, ...]:
    """Answers whose score is not a number, over all answers: HTTP said 200. Their decision is no, as NaN passes no
    threshold, and a label finds a score of 0; in no histogram of scores are they seen (IEEE 754, 2019).
    """
    answered = view.part("status")[..., STATUSES.index(Status.ANSWERED)].sum(axis=(1, 2, 3))
    scored = view.part("score").sum(axis=(1, 2, 3))
    return proportions(answered - scored, answered)


METRICS = (
    Metric(
        name="answers.invalid", says="share of answers whose score is not a number", unit="share", lower_is_better=True,
        matured=False, read=invalid,
    ),
)
