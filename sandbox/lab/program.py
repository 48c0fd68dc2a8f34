"""A program of releases: candidates one after the other in one world, each against whoever is the incumbent by then.

Every release is a flight of its own over the whole time, on the same seed: the same requests, features and labels, and
every model the same luck whatever it is called in that flight. What counts of it is the stretch from its begin to the
next release. What a promoted model is worth against the very first incumbent is one more flight, in which it has
everybody from the begin on.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tomli

from sandbox.base.digest import GENESIS, chain
from sandbox.base.flight import Flight
from sandbox.base.interrupts import interrupted
from sandbox.lab.fleet import prepared
from sandbox.lab.flights import flown
from sandbox.lab.variants import rewritten, unstopped
from sandbox.report.decisions import decisions
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One release flown: who was released when against whom, how it ended and when, and what came of its stretch.

    Windows of the stretch: gained (w,) requests served better, net, than by the very first incumbent; harmed, helped
    (w,) requests served worse and better than by the incumbent of the time.
    """

    model: str
    incumbent: str
    at: int
    until: int
    outcome: str
    ended_at: int | None
    gained: Counts
    harmed: Counts
    helped: Counts

    @property
    def promoted(self) -> bool:
        """Whether it got everybody and stayed."""
        return self.outcome == "promoted"

    @property
    def added(self) -> int:
        """Requests that it served better, net, than the incumbent of the time: what its stretch has of it."""
        return int(self.helped.sum() - self.harmed.sum())

    @property
    def before(self) -> int:
        """What of the gain is of those who were promoted before it."""
        return int(self.gained.sum()) - self.added


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One seed's program, in small steps or one big one: its releases in order, its digest, and why it could not be
    flown, if so."""

    seed: int
    small: bool = True
    legs: tuple[Leg, ...] = ()
    digest: str = ""
    failure: str = ""

    @property
    def gain(self) -> int:
        """Requests served better, net, than had nothing ever been released."""
        return int(sum(leg.gained.sum() for leg in self.legs))

    @property
    def harmed(self) -> int:
        """Requests served worse than by the incumbent of their time."""
        return int(sum(leg.harmed.sum() for leg in self.legs))

    @property
    def net(self) -> int:
        """Requests served worse minus requests served better than by the incumbent of their time."""
        return int(sum(leg.harmed.sum() - leg.helped.sum() for leg in self.legs))

    def gained(self, windows: int) -> Counts:
        """(windows,) what is gained, by window of the whole time; nothing before the first release."""
        return self._spread(windows, [leg.gained for leg in self.legs])

    def suffered(self, windows: int) -> Counts:
        """(windows,) requests served worse, by window of the whole time."""
        return self._spread(windows, [leg.harmed for leg in self.legs])

    def _spread(self, windows: int, parts: list[Counts]) -> Counts:
        whole = np.zeros(windows, dtype=np.int64)
        joined = np.concatenate(parts) if parts else whole
        whole[windows - len(joined) :] = joined
        return whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A model and when its ramp begins."""

    model: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One program to fly on one seed; all that a worker needs."""

    text: str = field(repr=False)
    folder: Path
    name: str
    seed: int
    releases: tuple[Release, ...]
    small: bool = True


def releases(document: Document) -> tuple[Release, ...]:
    """What is released when: the ramp's model, then those of [[releases]]."""
    first = Release(model=document.ramp.model, at=document.ramp.start)
    return (first, *(Release(model=one.model, at=one.at) for one in document.releases))


def fly_program(task: Task) -> Programme:
    """One program, release after release; what cannot be flown says why."""
    try:
        return _program(task)
    except Exception as error:  # one seed that fails is told, and the rest goes on
        if interrupted(error):
            raise KeyboardInterrupt from error
        return Programme(seed=task.seed, small=task.small, failure=" ".join(f"{type(error).__name__}: {error}".split()))


def lost(task: Task, because: str) -> Programme:
    """A program whose workers died."""
    return Programme(seed=task.seed, small=task.small, failure=because)


def _program(task: Task) -> Programme:
    document = read_text(task.text, name=task.name)
    plan = Plan(name=task.name, text=task.text, document=document, folder=task.folder, source=task.name)
    champion, head, legs = "incumbent", GENESIS, []
    worth = np.zeros(-(-document.scenario.duration // document.scenario.tick), dtype=np.int64)
    ends = [*(one.at for one in task.releases[1:]), document.scenario.duration]
    for one, until in zip(task.releases, ends, strict=True):
        text = leg_plan(plan, one, champion=champion).text
        flight = flown(prepared(text, task.folder, task.name), seed=task.seed)
        head = chain(head, {"release": one.model, "digest": flight.digest})
        leg = leg_of(flight, one, champion=champion, until=until, worth=worth)
        legs.append(leg)
        if leg.promoted:
            champion, worth = one.model, _worth(plan, one, task)
    return Programme(seed=task.seed, small=task.small, legs=tuple(legs), digest=head)


def _worth(plan: Plan, release: Release, task: Task) -> Counts:
    """(W,) requests served better, net, by a model that has everybody than by the very first incumbent."""
    alone = unstopped(leg_plan(plan, replace(release, at=0), champion="incumbent"))
    truth = flown(prepared(alone.text, task.folder, task.name), seed=task.seed).truth
    worth: Counts = (truth.helped - truth.harmed).sum(axis=(1, 2, 3, 4))
    return worth


def leg_of(flight: Flight, release: Release, *, champion: str, until: int, worth: Counts) -> Leg:
    """What of a flight belongs to a release: what happened before the next one; worth (W,) is the champion's."""
    truth = flight.truth
    mine = (truth.starts >= release.at) & (truth.starts < until)
    harmed, helped = (counts[mine].sum(axis=(1, 2, 3, 4)) for counts in (truth.harmed, truth.helped))
    outcome, at = "withdrawn", None
    for one in decisions(flight):
        if one.at < until and one.what in ("promote", "roll back", "abort"):
            outcome, at = "promoted" if one.what == "promote" else "rolled_back", one.at
    return Leg(
        model=release.model, incumbent=champion, at=release.at, until=until, outcome=outcome, ended_at=at,
        gained=worth[mine] + helped - harmed, harmed=harmed, helped=helped,
    )


def leg_plan(plan: Plan, release: Release, *, champion: str) -> Plan:
    """The plan that flies one release: its model against the champion, whatever both are called there."""
    raw, first = tomli.loads(plan.text), plan.document.ramp.model
    called = {champion: "incumbent", release.model: release.model}
    for table in ("models", "services"):
        raw[table] = {new: deepcopy(raw[table][old]) for old, new in called.items() if old in raw.get(table, {})}
    for old, new in called.items():
        if old != new:
            raw["models"][new]["drawn_as"] = old
    raw["faults"] = list(_about(raw.get("faults", []), (one.whose for one in plan.document.faults), called))
    bent = (str(getattr(one, "model", "")) for one in plan.document.drift)
    raw["drift"] = list(_about(raw.get("drift", []), bent, called))
    for table in ("gates", "alerts", "slos"):
        raw[table] = [_readdressed(one, old=first, new=release.model) for one in raw.get(table, [])]
    raw["ramp"] = {**raw.get("ramp", {}), "model": release.model, "start": f"{release.at}ns"}
    for table in ("releases", "policies", "expect", "certify", "drill"):
        raw.pop(table, None)
    return rewritten(plan, raw, why=f"the release of {release.model}")


def _about(tables: list[dict[str, Any]], whose: Iterable[str], called: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The faults or drifts of models that fly, under the names they have there, and those of no model or all."""
    for table, name in zip(tables, whose, strict=True):
        if name in ("", "all"):
            yield table
        elif name in called:
            yield {**table, "model": called[name]}


def _readdressed(table: dict[str, Any], *, old: str, new: str) -> dict[str, Any]:
    """A gate, objective or alert about the ramp's model, as one about another."""
    about = dict(table)
    if "metric" in about or "metrics" in about:
        about["model"] = new if about.get("model", "candidate") == old else about.get("model", "candidate")
    if "expr" in about:
        about["expr"] = str(about["expr"]).replace(f"arm={old}", f"arm={new}")
    return about


def one_big_step(task: Task) -> Task:
    """The same program with its last release only, when it comes: nothing before it."""
    return replace(task, releases=task.releases[-1:], small=False)
