"""What an expression is evaluated on: the series as they were scraped, and an instant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sandbox.base.reading import Unit
from sandbox.decide.alerts.machine import Labels
from sandbox.decide.alerts.series import Compat, Series

Form = Literal["value", "hits", "events"]


class Name(NamedTuple):
    """A series: a metric of an arm, as its value window by window, or as what was counted up since the flight began.

    `events` counts what the value rests on, and `hits`, where the metric is a share, how many of them there were.
    """

    metric: str
    form: Form
    arm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The series by name, the arms in order, and at which instant one asks; `tick` apart in ns one asks again.

    `fired` are the elements for which the rule that asks was firing at the last evaluation.
    """

    at: int
    tick: int
    series: Mapping[Name, Series] = field(repr=False)
    arms: tuple[str, ...]
    units: Mapping[str, Unit]
    compat: Compat
    fired: frozenset[Labels] = frozenset()
