"""Whether the features that models read are there and recent."""

from sandbox.base.reading import Reading
from sandbox.base.units import NS_PER_SECOND
from sandbox.observe.metrics.labels import mean_of
from sandbox.observe.metrics.view import Metric, View, proportions


def completeness(view: View) -> tuple[Reading, ...]:
    """Share of feature values that were not missing, in the requests looked at."""
    features = view.part("feature").sum(axis=1)
    return proportions(features[:, :-1].sum(axis=1), features.sum(axis=1))


def freshness(view: View) -> tuple[Reading, ...]:
    """Mean age of the features when they were read, in seconds: how stale the feature store serves them."""
    ages, rows = view.part("age_ns").tolist(), view.part("age_rows").tolist()
    squares = (view.part("age_square") @ [1.0, 1e-6]).tolist()
    return tuple(
        mean_of(age / NS_PER_SECOND, square, n) for age, square, n in zip(ages, squares, rows, strict=True)
    )


METRICS = (
    Metric(
        name="data.completeness", says="share of feature values that were there", unit="share", lower_is_better=False,
        matured=False, read=completeness,
    ),
    Metric(
        name="data.freshness", says="mean age of the features", unit="seconds", lower_is_better=True, matured=False,
        read=freshness,
    ),
)
