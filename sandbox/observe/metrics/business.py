"""What the answers were worth, and what users said about them, on matured cohorts."""

import math

from sandbox.base.reading import NOTHING, Reading
from sandbox.base.window import SERVED, Counts
from sandbox.observe.metrics.view import Metric, View, nothing, proportions


def value(view: View) -> tuple[Reading, ...]:
    """Mean worth of a labelled answer, as `[business]` values right and wrong yes and no: expected utility, which
    weighs errors as they cost instead of counting them alike (Elkan: The foundations of cost-sensitive learning, 2001).
    """
    if view.reference is None or view.reference.worth is None:
        return nothing(view)
    worth = view.reference.worth
    readings = []
    for table in view.part("confusion").sum(axis=(1, 2, 3)):
        n = int(table.sum())
        if not n:
            readings.append(NOTHING)
            continue
        mean = float((table * worth).sum()) / n
        variance = float((table * (worth - mean) ** 2).sum()) / n
        readings.append(Reading(value=mean, n=n, error=math.sqrt(variance / n)))
    return tuple(readings)


def complaints(view: View) -> tuple[Reading, ...]:
    """Complaints about requests that a cohort was routed, over those requests; what comes after the cohort matured is
    lost. Few users say anything, and late, so that it takes many requests to see a difference (Hirschman: Exit, voice,
    and loyalty, 1970).
    """
    return proportions(view.part("voices")[..., 0].sum(axis=(1, 2)), _routed(view))


def satisfaction(view: View) -> tuple[Reading, ...]:
    """Praise over praise and complaints together: of those who said anything, how many were content. Who speaks is not
    a sample of who asked (Hirschman: Exit, voice, and loyalty, 1970).
    """
    voices = view.part("voices").sum(axis=(1, 2))
    return proportions(voices[:, 1], voices.sum(axis=1))


def abandonment(view: View) -> tuple[Reading, ...]:
    """Requests after which their user did not come again before the cohort matured, over all that were routed in it.

    Who comes seldom counts as gone as well, whoever answers: only the difference between arms, or a change, says
    something. Make `labels.maturity` longer than users stay away, and there is little of that (Gupta, Hanssens, Hardie
    et al.: Modeling customer lifetime value, Journal of Service Research 9(2), 2006, on churn where nobody says so).
    """
    if not view.layout.leaving:
        return nothing(view)
    return proportions(view.part("gone").sum(axis=(1, 2)), _routed(view))


def _routed(view: View) -> Counts:
    routed: Counts = view.part("routed")[:, SERVED].sum(axis=(1, 2))
    return routed


METRICS = (
    Metric(
        name="business.value", says="mean worth of an answer", unit="money", lower_is_better=False, matured=True,
        read=value, by=("segment", "group"),
    ),
    Metric(
        name="experience.complaints", says="share of requests that users complained about", unit="share",
        lower_is_better=True, matured=True, read=complaints, by=("segment", "group"),
    ),
    Metric(
        name="experience.abandonment", says="share of requests after which the user stayed away", unit="share",
        lower_is_better=True, matured=True, read=abandonment, by=("segment", "group"),
    ),
    Metric(
        name="experience.satisfaction", says="share of what users said that was praise", unit="share",
        lower_is_better=False, matured=True, read=satisfaction, by=("segment", "group"),
    ),
)
