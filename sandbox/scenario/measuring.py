"""Whether a metric can ever have a number in a plan: what it is made of must be there."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sandbox.observe.metrics.contract import feature_of as contracted
from sandbox.observe.metrics.drift import feature_of
from sandbox.observe.metrics.kinds import BY_NAME, metric, reads_scores
from sandbox.observe.metrics.slices import taken_apart, unknown
from sandbox.scenario.complaint import Complaint, no_metric, nowhere
from sandbox.scenario.locate import Path

FEATURES: tuple[Path, ...] = (("traffic", "columns", "features"), ("population", "features"))
"""Where features are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What of a plan metrics are made of: the features under contract, the model that is trained in the flight, which
    of the tables that may be left out are there, and whether features have an age.
    """

    replayed: bool
    features: Sequence[str]
    segments: tuple[str, ...]
    groups: tuple[str, ...]
    promised: Sequence[str]
    trained: str | None
    tables: Collection[str]
    ages: bool


def readable(at: Path, name: str, *, of: Measured) -> Iterator[Complaint]:
    """What is wrong with the name of a metric, or why it could never have a number."""
    try:
        metric(name)
    except KeyError as missing:
        yield Complaint(at, no_metric(missing.args[0], BY_NAME))
    except ValueError as unclear:
        yield Complaint(at, str(unclear))
    else:
        yield from unreadable(at, name, of=of)


def unreadable(at: Path, name: str, *, of: Measured) -> Iterator[Complaint]:
    """Why a metric could never have a number in this plan; nothing where it can."""
    named = taken_apart(name)
    name, feature = named.base, feature_of(named.base)
    if not of.replayed and (said := unknown(named, segments=of.segments, groups=of.groups)):
        yield Complaint(at, said, (("segments",), ("groups",)))
    if feature is not None and feature not in of.features:
        yield Complaint(at, nowhere("feature", feature, list(of.features)), FEATURES)
    if name.startswith("contract."):
        under = contracted(name)
        if not of.promised:
            yield Complaint(at, "nothing is promised about the data; add a [[contract]]", (("contract",),))
        elif under is not None and under not in of.promised:
            yield Complaint(at, nowhere("feature under contract", under, list(of.promised)), (("contract",),))
    if of.trained is not None and reads_scores(name):
        said = f"{of.trained} is trained in the flight and has no reference of its scores; name another"
        yield Complaint(at, said, (("retraining",),))
    for table in ("business", "experience"):
        if name.startswith(f"{table}.") and table not in of.tables:
            yield Complaint(at, f"nothing says what it is made of; add [{table}]", ((table,),))
    if name.startswith("fairness.") and not of.replayed and len(of.groups) < 2:
        yield Complaint(at, "it compares groups and there are none; add two [[groups]]", (("groups",),))
    if name == "data.freshness" and of.replayed:
        yield Complaint(at, "a replay does not say how old its features are; name another metric")
    elif name == "data.freshness" and not of.ages:
        yield Complaint(at, "features have no age here; set population.age", (("population", "age"),))
