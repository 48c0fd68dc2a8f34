"""How much of what a pool is asked has been asked before, and what stands between it and its clients."""

import numpy as np

from sandbox.base.reading import Reading
from sandbox.base.window import SERVED, Counts
from sandbox.observe.metrics.view import Metric, View, proportions


def _attempts(view: View) -> Counts:
    """(arms,) requests, shadows among them, retries and second tries."""
    return np.asarray(view.part("offered").sum(axis=(1, 2, 3)) + view.part("retries") + view.part("seconds"))


def rate(view: View) -> tuple[Reading, ...]:
    """Retries over all attempts that reached the pool, shadows among them: half of them, and every request is asked
    twice. It rises before failures do, for a retry that succeeds is no failure (Beyer et al.: Site reliability
    engineering, chapter 22, 2016).
    """
    return proportions(view.part("retries"), _attempts(view))


def seconds(view: View) -> tuple[Reading, ...]:
    """Second tries over all attempts: what hedging costs. A little more than the part of requests that are late."""
    return proportions(view.part("seconds"), _attempts(view))


def fallbacks(view: View) -> tuple[Reading, ...]:
    """Requests that this model failed and another answered, or tried to, over those that it was asked. Users see none
    of it, and failures do not count it: where models fall back this is where a failing one shows."""
    return _over(view.part("fallbacks"), view.part("offered")[:, SERVED].sum(axis=(1, 2)))


def refused(view: View) -> tuple[Reading, ...]:
    """Attempts that the pool's breaker turned away, over all: near 1 it is open, and then the pool is idle."""
    return _over(view.part("refused"), _attempts(view))


def shed(view: View) -> tuple[Reading, ...]:
    """Attempts that the pool shed though there was room, over all."""
    return _over(view.part("shed"), _attempts(view))


def _over(hits: Counts, trials: Counts) -> tuple[Reading, ...]:
    # A request may fall back after the window in which it came, and to a pool that nobody asked otherwise.
    return proportions(hits, np.maximum(trials, hits))


METRICS = (
    Metric(
        name="retries.rate", says="share of attempts that are retries", unit="share", lower_is_better=True,
        matured=False, read=rate,
    ),
    Metric(
        name="hedges.rate", says="share of attempts that are second tries", unit="share", lower_is_better=True,
        matured=False, read=seconds,
    ),
    Metric(
        name="fallbacks.rate", says="share of requests that fell back to another model or a default answer",
        unit="share", lower_is_better=True, matured=False, read=fallbacks,
    ),
    Metric(
        name="breaker.refused", says="share of attempts that the breaker refused", unit="share", lower_is_better=True,
        matured=False, read=refused,
    ),
    Metric(
        name="shed.rate", says="share of attempts that the pool shed", unit="share", lower_is_better=True,
        matured=False, read=shed,
    ),
)
