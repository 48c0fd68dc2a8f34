"""How much of what a pool is asked has been asked before."""

from sandbox.base.reading import Reading
from sandbox.observe.metrics.view import Metric, View, proportions


def rate(view: View) -> tuple[Reading, ...]:
    """Retries over all attempts that reached the pool, shadows among them: half of them, and every request is asked
    twice. It rises before failures do, for a retry that succeeds is no failure (Beyer et al.: Site reliability
    engineering, chapter 22, 2016).
    """
    again = view.part("retries")
    return proportions(again, again + view.part("offered").sum(axis=(1, 2, 3)))


METRICS = (
    Metric(
        name="retries.rate", says="share of attempts that are retries", unit="share", lower_is_better=True,
        matured=False, read=rate,
    ),
)
