"""Whether the data keeps what `[[contract]]` says it promises."""

from collections.abc import Callable

import numpy as np

from sandbox.base.reading import Reading
from sandbox.base.window import Counts
from sandbox.observe.metrics.view import Metric, View, nothing, proportions

RATE = "contract.violations.rate"

_ABOUT = """Values that are out of range, of a category nobody allowed or of another type than promised, and those
missing beyond the share that may be, over all values of the features under contract. The collector's sample is what is
looked at. `contract.violations.rate.FEATURE` is one feature (Polyzotis, Zinkevich, Roy, Breck, Whang: Data validation
for machine learning, MLSys 2019)."""


def _broken(view: View) -> tuple[Counts, Counts]:
    """(arms, features) each: how many values broke their promise, and how many were looked at; none without one."""
    assert view.reference is not None
    assert view.reference.nulls is not None
    nulls, table = view.reference.nulls, view.part("feature")
    seen, missing = table.sum(axis=2), table[:, :, -1]
    promised = ~np.isnan(nulls)
    # A tolerance of parts in a billion: 2% of 50 may be missing once, whatever 0.02 is in binary.
    excess = np.maximum(0, np.ceil(missing - np.where(promised, nulls, 1.0) * seen - 1e-9)).astype(np.int64)
    return view.part("contract") + excess, np.where(promised, seen, 0)


def rate(view: View) -> tuple[Reading, ...]:
    """Broken promises of all features under contract."""
    if view.reference is None or view.reference.nulls is None:
        return nothing(view)
    broken, seen = _broken(view)
    return proportions(broken.sum(axis=1), seen.sum(axis=1))


def _only(feature: str) -> Callable[[View], tuple[Reading, ...]]:
    def read(view: View) -> tuple[Reading, ...]:
        if view.reference is None or view.reference.nulls is None or feature not in view.layout.features:
            return nothing(view)
        broken, seen = (counts[:, view.layout.features.index(feature)] for counts in _broken(view))
        return proportions(broken, seen)

    return read


def feature_of(name: str) -> str | None:
    """The feature that a metric of the contract names; None where it names none."""
    feature = name.removeprefix(f"{RATE}.")
    return feature if feature != name else None


def named(name: str) -> Metric | None:
    """The metric "contract.violations.rate.FEATURE"."""
    feature = feature_of(name)
    return None if feature is None else _metric(name, f"share of values of {feature} that break", _only(feature))


def _metric(name: str, says: str, read: Callable[[View], tuple[Reading, ...]]) -> Metric:
    return Metric(
        name=name, says=f"{says} what the data promises", unit="share", lower_is_better=True, matured=False, read=read,
        about=_ABOUT,
    )


METRICS = (_metric(RATE, "share of values under contract that break", rate),)
