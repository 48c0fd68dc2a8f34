"""Screen: which assumption about the world matters, one at a time and all at once.

One at a time, each assumption is set to the ends of its range and half-way to them while the others stay as written.
All at once, walks go through the ranges (`elementary`). Every setting meets the same seeds.
"""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.base.digest import fingerprint
from sandbox.lab.assumptions import magnitude, together, value_at
from sandbox.lab.compare import QUANTITIES, Difference, Quantity, difference, mean_of
from sandbox.lab.elementary import Effect, ScreenError, elementary_effects, walks
from sandbox.lab.engines import Engine
from sandbox.lab.fleet import Key, Mission, Told, flown_before, fly_kept
from sandbox.lab.ranges import Range, Settings
from sandbox.lab.result import Result
from sandbox.lab.variants import changed
from sandbox.record.studies import Study
from sandbox.run.versions import versions
from sandbox.scenario.plan import Plan

AS_WRITTEN = "as written"
MAJORITY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One setting of the world: what differs from the file, and where on each range it lies."""

    name: str
    settings: Settings
    parts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What to screen: a plan, its assumptions, how many seeds each setting meets, and how many walks are made."""

    plan: Plan
    ranges: tuple[Range, ...]
    first: int
    seeds: int
    walks: int
    again: str = ""

    @property
    def around(self) -> list[tuple[Range, list[Place]]]:
        """Of each assumption, the settings that change it alone, in their order on its range."""
        return [(one, list(_alone(self.plan, one))) for one in self.ranges]

    @property
    def steps(self) -> list[Place]:
        """The settings of all walks, one after the other; raises ScreenError where SALib is missing."""
        keys = [one.key for one in self.ranges]
        return [_stood(self.ranges, parts) for parts in walks(keys, self.walks, seed=self.first)]

    @property
    def places(self) -> list[Place]:
        """Every setting once, as written first."""
        told = [Place(name=AS_WRITTEN, settings=()), *(one for _, alone in self.around for one in alone), *self.steps]
        return list({one.name: one for one in told}.values())

    @property
    def head(self) -> dict[str, Any]:
        """What says which study it is."""
        return {
            "kind": "sensitivity", "first": self.first, "seeds": self.seeds, "walks": self.walks, "again": self.again,
            "name": self.plan.name, "source": self.plan.source, "folder": str(self.plan.folder),
            "text": self.plan.text, "ranges": [one.as_row for one in self.ranges], "versions": versions(),
        }

    @property
    def study(self) -> str:
        """The name of its study: the same for the same screening."""
        told = {name: value for name, value in self.head.items() if name != "again"}
        return f"sensitivity-{self.plan.name}-{fingerprint(json.dumps(told, sort_keys=True).encode())[:8]}"

    @property
    def repeat(self) -> str:
        """The command that flies all of it again."""
        return f"{self.again} --seeds {self.first}..{self.first + self.seeds - 1}"

    @property
    def total(self) -> int:
        """How many flights it takes."""
        return len(self.places) * self.seeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Where a plan stops holding as one assumption moves away from what the file says: it holds up to `holds`, and
    where it breaks flights end as `ends` says.
    """

    key: str
    as_written: str
    holds: str
    breaks: str
    times: float
    ends: str


@dataclass(slots=True)
class Screened:
    """What of a screening is flown."""

    screening: Screening
    results: dict[Key, Result] = field(default_factory=dict)

    def rows(self, name: str) -> dict[int, Result]:
        """The flights of one setting by seed, without those that could not be flown."""
        return {key[3]: one for key, one in sorted(self.results.items()) if key[1] == name and not one.failure}

    def difference(self, quantity: Quantity, name: str) -> Difference | None:
        """How a setting differs from the file as written, seed by seed."""
        written, other = self.rows(AS_WRITTEN), self.rows(name)
        pairs = [(written[seed], other[seed]) for seed in written if seed in other]
        return difference(quantity, pairs, whole=self.screening.plan.document.scenario.duration)

    def holds(self, name: str) -> bool:
        """Whether most flights meet what the plan expects; where it expects nothing, whether most end as most do as
        the file is written.
        """
        rows = list(self.rows(name).values())
        if any(one.met is not None for one in rows):
            return _most(one.met is True for one in rows)
        usual = _usual(self.rows(AS_WRITTEN).values())
        return _most(one.outcome == usual for one in rows)

    def ends(self, name: str) -> str:
        """How the flights of a setting end, the most usual first."""
        outcomes = [one.outcome for one in self.rows(name).values()]
        usual = sorted(dict.fromkeys(outcomes), key=lambda one: (-outcomes.count(one), one))
        return ", ".join(f"{outcomes.count(one):,} {one.replace('_', ' ')}" for one in usual)

    @property
    def breaks(self) -> list[Break]:
        """Where the plan breaks, the smallest change first; nothing where it does not hold as written."""
        if not self.holds(AS_WRITTEN):
            return []
        found = [one for around in self.screening.around for one in self._breaks(*around)]
        return sorted(found, key=lambda one: abs(math.log(one.times)) if one.times > 0.0 else math.inf)

    def _breaks(self, one: Range, alone: list[Place]) -> Iterator[Break]:
        """At most one on either side."""
        written = value_at(self.screening.plan, one.key)
        if one.choices:
            for place in alone:
                if not self.holds(place.name):
                    value = place.settings[0].value
                    yield Break(
                        key=one.key, as_written=written, holds=written, breaks=value, times=math.inf,
                        ends=self.ends(place.name),
                    )
            return
        here = one.part_of(written)
        below = [place for place in reversed(alone) if place.parts[0] < here]
        above = [place for place in alone if place.parts[0] > here]
        for side in (below, above):
            held = written
            for place in side:
                value = place.settings[0].value
                if not self.holds(place.name):
                    times = magnitude(value) / magnitude(written) if magnitude(written) else math.inf
                    yield Break(
                        key=one.key, as_written=written, holds=held, breaks=value, times=times,
                        ends=self.ends(place.name),
                    )
                    break
                held = value

    def effects(self, quantity: Quantity) -> list[Effect] | None:
        """What each assumption does from many places, the largest first; None where a setting lacks the quantity."""
        steps = self.screening.steps
        values = [self.mean(quantity, one.name) for one in steps]
        if not steps or any(map(math.isnan, values)):
            return None
        keys = [one.key for one in self.screening.ranges]
        return elementary_effects(keys, [one.parts for one in steps], values, seed=self.screening.first)

    def mean(self, quantity: Quantity, name: str) -> float:
        """The mean of a setting's flights that have the quantity, NaN where none has."""
        return mean_of(quantity, self.rows(name).values())


def screen(
    screening: Screening, engine: Engine, *, study: Study | None = None, kept: Sequence[dict[str, Any]] = (),
    told: Told = lambda _: None,
) -> Screened:
    """Fly what is not flown yet; raises ScreenError, and ScenarioError where the plan cannot be read with a setting."""
    screened = Screened(screening, flown_before(kept))
    plan = screening.plan
    flown = [(one.name, changed(plan, together(plan, one.settings))) for one in screening.places]
    missions = [
        Mission(
            text=under.text, folder=plan.folder, name=plan.name, setting="", candidate=name,
            seed=seed, repeat=f"{screening.again} --seeds {seed}..{seed}",
        )
        for seed in range(screening.first, screening.first + screening.seeds) for name, under in flown
    ]
    fly_kept(missions, engine, into=screened.results, study=study, told=told)
    if study is not None:
        study.finish()
    return screened


def _alone(plan: Plan, one: Range) -> Iterator[Place]:
    """The ends of a range, and half-way to them from where the file is."""
    if one.choices:
        for setting in one.ends:
            yield Place(name=str(setting), settings=(setting,))
        return
    here = min(1.0, max(0.0, one.part_of(value_at(plan, one.key))))
    written = value_at(plan, one.key)
    for part in sorted({0.0, here / 2.0, (1.0 + here) / 2.0, 1.0}):
        setting = one.at(part)
        if setting.value != written:
            yield Place(name=str(setting), settings=(setting,), parts=(part,))


def _stood(ranges: Sequence[Range], parts: tuple[float, ...]) -> Place:
    settings = tuple(one.chosen(part) for one, part in zip(ranges, parts, strict=True))
    return Place(name=", ".join(map(str, settings)), settings=settings, parts=parts)


def _most(flags: Iterable[bool]) -> bool:
    told = list(flags)
    return bool(told) and sum(told) > MAJORITY * len(told)


def _usual(rows: Iterable[Result]) -> str:
    outcomes = sorted(one.outcome for one in rows)
    return max(outcomes, key=outcomes.count, default="")


def quantity_named(name: str) -> Quantity:
    """A quantity by a beginning of its name; raises ScreenError."""
    near = [one for one in QUANTITIES if one.name.startswith(name)]
    if len(near) != 1:
        raise ScreenError(f'no quantity "{name}"; there is {"; ".join(one.name for one in QUANTITIES)}')
    return near[0]


