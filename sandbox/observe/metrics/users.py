"""Which users each arm has seen."""

from sandbox.base.reading import Reading
from sandbox.observe.metrics.view import Metric, View, proportions


def share(view: View) -> tuple[Reading, ...]:
    """The share of users, counted at their first request of the step, that each arm was given."""
    users = view.part("users")
    return proportions(users, users * 0 + users.sum())


METRICS = (
    Metric(
        name="traffic.users", says="share of users the arm was given", unit="share", lower_is_better=False,
        matured=False, read=share,
    ),
)
