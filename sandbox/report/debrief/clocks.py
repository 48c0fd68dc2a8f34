"""The clocks of an incident, on the flight's own time: when it began, was noticed, answered, understood and over.

What never happened is None, "not reached" by the flight's end, and never averaged as if it were a number. The mark from
which people are measured is `observable`: the first window at which a detector that knows the truth of every request
would have called harm begun (`report.harm`), in the flight in which nobody did anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandbox.base.arms import INCUMBENT
from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.base.units import rounded_duration
from sandbox.report.alerts import fired, told
from sandbox.report.debrief.acts import MITIGATING, Act, acts, granted
from sandbox.report.debrief.cause import NOTHING, Cause
from sandbox.report.debrief.diagnosis import answers
from sandbox.report.decisions import decisions, failures
from sandbox.report.harm import Onset, acceptable_harm

CALM = 3
"""So many windows in a row without harm beyond what is acceptable make a recovery."""

UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Every instant, in ns of the flight's clock; None where it was not reached."""

    fault: int | None
    observable: int | None
    gate_failed: int | None
    fired: int | None
    notified: int | None
    acknowledged: int | None
    declared: int | None
    acted: int | None
    suspected: int | None
    diagnosed: int | None
    mitigated: int | None
    recovered: int | None
    harmed: bool
    updates: tuple[int, ...]
    ended: int

    @property
    def detected(self) -> int | None:
        """When a person showed that they had noticed: the first acknowledgement, declaration, act that matters, or
        diagnosis that anything is wrong."""
        return _first(self.acknowledged, self.declared, self.acted, self.suspected)

    @property
    def first_update(self) -> int | None:
        """When the first update was sent."""
        return self.updates[0] if self.updates else None

    @property
    def cadence(self) -> int | None:
        """The longest wait between two updates, or from the last to mitigation; None where there was no update."""
        if not self.updates:
            return None
        last = self.ended if self.mitigated is None else max(self.mitigated, self.updates[-1])
        return max(later - earlier for earlier, later in zip(self.updates, (*self.updates[1:], last), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One interval between two clocks: its short name, what it runs from and to, how long, or None, and whether only a
    person can end it.
    """

    name: str
    says: str
    took: int | None
    ended: int
    personal: bool = False

    @property
    def text(self) -> str:
        """As it is printed: a duration, that it was sooner, or that it was not reached by the end."""
        if self.took is None:
            return f"not reached by {clock(self.ended)}"
        return f"{rounded_duration(-self.took)} before" if self.took < 0 else rounded_duration(self.took)


def clocks(flight: Flight, cause: Cause, *, truth: Onset | None) -> Clocks:
    """The clocks of a flight; `truth` is when harm began where nobody acted."""
    since = 0 if cause.at is None else cause.at
    people = [one for one in acts(flight) if one.accepted and one.at >= since]
    alert = _first_alert(flight, since)
    return Clocks(
        fault=None if cause.control else since, observable=None if truth is None else truth.evident_at,
        gate_failed=_first(*(one.at for one in failures(flight) if one.at >= since)), fired=alert,
        notified=_notified(flight, since), acknowledged=_of(people, "acknowledge"), declared=_of(people, "declare"),
        acted=_of(people, *MITIGATING),
        suspected=_of([one for one in people if one.arguments.get("cause") != NOTHING], "diagnose"),
        diagnosed=_diagnosed(flight), mitigated=mitigated(flight, cause),
        recovered=recovered(flight), harmed=bool(harmful(flight).any()),
        updates=tuple(one.at for one in granted(flight, UPDATE)), ended=flight.ended_at,
    )


def measures(found: Clocks) -> Iterator[Measure]:
    """The intervals that a debrief prints, by their usual names."""
    for name, says, begin, end in (
        ("TTD", "from the fault until a person noticed", found.fault, found.detected),
        ("", "from when it was observable until a person noticed", found.observable, found.detected),
        ("alert latency", "from when it was observable to the first notification", found.observable, found.notified),
        ("TTA", "from the first notification to its acknowledgement", found.notified, found.acknowledged),
        ("TTDiag", "from when a person noticed to the diagnosis", found.detected, found.diagnosed),
        ("TTM", "from the fault to mitigation", found.fault, found.mitigated),
        ("", "from when it was observable to mitigation", found.observable, found.mitigated),
        ("TTR", "from the fault to recovery", found.fault, found.recovered),
        ("declared", "from when a person noticed to the declaration", found.detected, found.declared),
        ("first update", "from when a person noticed to the first update", found.detected, found.first_update),
    ):
        if begin is not None and (found.harmed or name != "TTR"):
            took = None if end is None else end - begin
            personal = "person" in says or name == "TTA"
            yield Measure(name=name, says=says, took=took, ended=found.ended, personal=personal)
    if found.cadence is not None:
        says = "the longest anybody waited for the next update"
        yield Measure(name="cadence", says=says, took=found.cadence, ended=found.ended)


def mitigated(flight: Flight, cause: Cause) -> int | None:
    """When the share of what was bad had come down to nothing, by a decision after it began to be bad.

    Where only some segments are struck, it is enough that these were sent back.
    """
    if cause.control or cause.model == "all":
        return None
    since, gone = 0 if cause.at is None else cause.at, set[str]()
    on_incumbent = cause.model == flight.header.layout.arms[INCUMBENT]
    for one in decisions(flight):
        verb, _, named = one.what.partition(" ")
        if verb == "divert":
            gone |= set(named.split(", "))
        elif verb == "readmit":
            gone.discard(named)
        share = 1.0 - one.share if on_incumbent else one.share
        apart = bool(cause.segments) and not on_incumbent and set(cause.segments) <= gone
        if one.at >= since and (share <= 0.0 or apart):
            return one.at
    return None


def recovered(flight: Flight) -> int | None:
    """The end of the first CALM windows in a row without harm after there was some; None where there was none, or no
    such end."""
    bad = harmful(flight)
    if not bad.any():
        return None
    last = int(np.flatnonzero(bad)[-1])
    first_calm = last + CALM
    return int(flight.truth.starts[first_calm]) + flight.header.tick if first_calm < len(bad) else None


def harmful(flight: Flight) -> npt.NDArray[np.bool_]:
    """(W,) the windows whose net harm on candidates is beyond what is acceptable, and beyond two sigmas of chance."""
    truth, cells = flight.truth, slice(INCUMBENT + 1, None)
    requests = truth.requests[:, cells].sum(axis=(1, 2, 3))
    harmed = truth.harmed.sum(axis=(1, 2, 3, 4))
    helped = truth.helped.sum(axis=(1, 2, 3, 4))
    net, moved = harmed - helped, harmed + helped
    return np.asarray((net > acceptable_harm(flight) * requests) & (net > 2.0 * np.sqrt(moved)) & (net >= 3))


def _first(*instants: int | None) -> int | None:
    return min((one for one in instants if one is not None), default=None)


def _of(people: list[Act], *kinds: str) -> int | None:
    return next((one.at for one in people if one.kind in kinds), None)


def _first_alert(flight: Flight, since: int) -> int | None:
    return _first(*(one.fired_at for one in fired(flight) if one.fired_at >= since and one.severity != "info"))


def _notified(flight: Flight, since: int) -> int | None:
    return _first(*(one.at for one in told(flight) if one.firing and one.at >= since))


def _diagnosed(flight: Flight) -> int | None:
    given = answers(flight)
    return given[-1].at if given else None
