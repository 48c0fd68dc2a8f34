"""Screen: which assumption about the world matters, one at a time and all at once, and where the plan breaks first.

A plan is wrong in a world where it promotes what is harmful there, or does not promote what is better; where most of
its flights end otherwise than expected because the candidate no longer is what it was, it is right. What lies between
a world where it holds and one where it does not is halved a few times. Every setting meets the same seeds.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.lab.assumptions import magnitude, together, value_at
from sandbox.lab.compare import QUANTITIES, Difference, Quantity, difference, mean_of
from sandbox.lab.due import Due, due_of
from sandbox.lab.elementary import Effect, ScreenError, elementary_effects
from sandbox.lab.engines import Engine
from sandbox.lab.fleet import Key, Mission, Told, flown_before, fly_kept
from sandbox.lab.ranges import Range
from sandbox.lab.result import Result
from sandbox.lab.screening import AS_WRITTEN, HALVINGS, Place, Screening
from sandbox.lab.variants import changed, unstopped
from sandbox.record.studies import Study

MAJORITY = 0.5

State = Literal["holds", "wrong", "no longer due"]
"""Of a plan in a world: it does what is expected, it is wrong, or it is right where that is no longer due."""

_SIDES = (-1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Between which two values of an assumption a plan stops doing what it did: it still does at `holds`, and where it
    `breaks` flights end as `ends` says. `times` are both as parts of what is written, the nearer first.
    """

    key: str
    as_written: str
    holds: str
    breaks: str
    times: tuple[float, float]
    ends: str
    due: Due
    choice: bool = False
    """Whether there is nothing between the two."""

    @property
    def where(self) -> str:
        """Between which values, the smaller first; of choices at which."""
        if self.choice:
            return f"at {self.breaks}"
        return f"between {' and '.join(sorted((self.holds, self.breaks), key=magnitude))}"


@dataclass(slots=True)
class Screened:
    """What of a screening is flown."""

    screening: Screening
    results: dict[Key, Result] = field(default_factory=dict)

    def rows(self, name: str) -> dict[int, Result]:
        """The flights of one setting by seed, without those that could not be flown."""
        return {one.seed: one for one in self._flown(name, self.screening.days, left=False)}

    def _flown(self, name: str, days: range, *, left: bool) -> Iterator[Result]:
        for seed in days:
            one = self.results.get(("", name, left, seed))
            if one is not None and not one.failure:
                yield one

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

    def due(self, name: str) -> Due:
        """What is due to the candidate of one setting."""
        left = list(self._flown(name, self.screening.unstopped_days, left=True))
        return due_of(left, acceptable=self.screening.plan.document.plan.acceptable_harm)

    def state(self, name: str) -> State:
        """Whether the plan is wrong there: where the candidate is what it was as written, by what is expected."""
        due, holds = self.due(name), self.holds(name)
        if due.candidate in ("unknown", self.due(AS_WRITTEN).candidate):
            return "holds" if holds else "wrong"
        if not self._right(name, due):
            return "wrong"
        return "holds" if holds else "no longer due"

    def _right(self, name: str, due: Due) -> bool:
        return _most(map(due.met, self.rows(name).values()))

    def ends(self, name: str) -> str:
        """How the flights of a setting end, the most usual first."""
        outcomes = [one.outcome for one in self.rows(name).values()]
        usual = sorted(dict.fromkeys(outcomes), key=lambda one: (-outcomes.count(one), one))
        return ", ".join(f"{outcomes.count(one):,} {one.replace('_', ' ')}" for one in usual)

    def _broken(self, name: str) -> str:
        """How they end, and that something else is missed where that is what is due."""
        due, asked = self.due(name), any(one.met is not None for one in self.rows(name).values())
        missed = asked and self.state(name) == "wrong" and due.candidate != "unknown" and self._right(name, due)
        return f"{self.ends(name)}, but [expect] is missed" if missed else self.ends(name)

    # Where it stops holding.

    @property
    def around(self) -> list[tuple[Range, list[Place]]]:
        """Of each assumption the settings that change it alone, in their order on its range, as far as is flown those
        half-way to where the plan stops holding among them.
        """
        return [(one, self._halved(one, alone)[0]) for one, alone in self.screening.around]

    @property
    def following(self) -> list[Place]:
        """The settings half-way to where the plan stops holding that are to be flown next."""
        if not self.holds(AS_WRITTEN):
            return []
        return [place for one, alone in self.screening.around for place in self._halved(one, alone)[1]]

    def _halved(self, one: Range, alone: list[Place]) -> tuple[list[Place], list[Place]]:
        """What is flown, and what to fly next."""
        if one.choices or not self.holds(AS_WRITTEN):
            return alone, []
        flown, wanted = list(alone), []
        for side in _SIDES:
            for _ in range(HALVINGS):
                place = self._halfway(one, self._outward(one, flown, side))
                if place is None:
                    break
                if not self.rows(place.name):
                    wanted.append(place)
                    break
                flown.append(place)
        return sorted(flown, key=lambda place: place.parts), wanted

    def _halfway(self, one: Range, outward: list[Place]) -> Place | None:
        written = value_at(self.screening.plan, one.key)
        inner = one.part_of(written), written
        for place in outward:
            if self.state(place.name) != "holds":
                return self.screening.halfway(one, inner, place)
            inner = place.parts[0], place.settings[0].value
        return None

    def _outward(self, one: Range, places: Sequence[Place], side: int) -> list[Place]:
        """The settings on one side of what is written, the nearest first."""
        here = one.part_of(value_at(self.screening.plan, one.key))
        beyond = [place for place in places if side * (place.parts[0] - here) > 0.0]
        return sorted(beyond, key=lambda place: side * place.parts[0])

    @property
    def breaks(self) -> list[Break]:
        """Where the plan is wrong, the smallest change that may do first; nothing where it does not hold as written."""
        return self._turns("wrong")

    @property
    def no_longer_due(self) -> list[Break]:
        """Where what is expected is no longer due to the candidate, and the plan does what is."""
        return self._turns("no longer due")

    def _turns(self, to: State) -> list[Break]:
        if not self.holds(AS_WRITTEN):
            return []
        found = [turn for one, places in self.around for turn in self._turn(one, places, to)]
        return sorted(found, key=lambda one: tuple(map(_change, one.times)))

    def _turn(self, one: Range, places: list[Place], to: State) -> Iterator[Break]:
        """Of choices each, of a range the first on either side."""
        written = value_at(self.screening.plan, one.key)
        sides = [[place] for place in places] if one.choices else [self._outward(one, places, side) for side in _SIDES]
        for outward in sides:
            before = written
            for place in outward:
                value = place.settings[0].value
                if self.state(place.name) == to:
                    yield Break(
                        key=one.key, as_written=written, holds=before, breaks=value, due=self.due(place.name),
                        times=(_times(before, written), _times(value, written)), ends=self._broken(place.name),
                        choice=bool(one.choices),
                    )
                    break
                before = value

    # What moves what.

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
    told: Told = lambda _: None, expect: Callable[[int], None] = lambda _: None,
) -> Screened:
    """Fly what is not flown yet; raises ScreenError, and ScenarioError where the plan cannot be read with a setting.

    How many flights there are is said to `expect` once it is known better.
    """
    screened = Screened(screening, flown_before(kept))

    def fly(places: Iterable[Place], *, left: bool = False) -> None:
        fly_kept(list(_missions(screening, places, left=left)), engine, into=screened.results, study=study, told=told)

    alone = [place for _, places in screening.around for place in places]
    fly(screening.places)
    fly([Place(name=AS_WRITTEN, settings=()), *alone], left=True)
    for rounds in range(HALVINGS, 0, -1):
        between = screened.following
        each = screening.seeds + len(screening.unstopped_days)
        expect(len(screened.results) + rounds * len(between) * each)
        fly(between)
        fly(between, left=True)
    if study is not None:
        study.finish()
    return screened


def _missions(screening: Screening, places: Iterable[Place], *, left: bool) -> Iterator[Mission]:
    """Every setting of a seed before the next seed; `left` to itself, without anybody who decides."""
    plan = screening.plan
    under = [(one.name, changed(plan, together(plan, one.settings))) for one in places]
    texts = [(name, (unstopped(one) if left else one).text) for name, one in under]
    for seed in screening.unstopped_days if left else screening.days:
        for name, text in texts:
            yield Mission(
                text=text, folder=plan.folder, name=plan.name, setting="", candidate=name, seed=seed, unstopped=left,
                repeat=f"{screening.again} --seeds {seed}..{seed}",
            )


def _times(value: str, written: str) -> float:
    """A value as a part of what is written; infinite where that is nothing to measure by."""
    usual = magnitude(written)
    return magnitude(value) / usual if usual else math.inf


def _change(times: float) -> float:
    return abs(math.log(times)) if 0.0 < times < math.inf else math.inf


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
