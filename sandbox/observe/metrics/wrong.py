"""How often decisions were wrong, on matured cohorts: accuracy seen from the other side."""

from sandbox.base.reading import Reading
from sandbox.observe.metrics.view import Metric, View, proportions


def wrong(view: View) -> tuple[Reading, ...]:
    """Share of wrong decisions."""
    table = view.part("confusion").sum(axis=(1, 2, 3))
    return proportions(table[:, 0, 1] + table[:, 1, 0], table.sum(axis=(1, 2)))


METRICS = (
    Metric(
        name="quality.wrong", says="share of wrong decisions", unit="share", lower_is_better=True, matured=True,
        read=wrong,
    ),
)
