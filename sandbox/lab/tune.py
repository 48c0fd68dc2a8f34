"""Tune: search a plan's settings for little harm and a short time to full exposure, at a bounded false-rollback rate.

Every trial flies the same seeds (common random numbers), so that two settings differ by what they do and not by their
days: the null, and every candidate that is harmful in the plan as written. The final figures are of other seeds than
the search saw: whoever is told the days finds what these days like.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.base.digest import fingerprint
from sandbox.lab.certify import UNSTOPPED_SEEDS
from sandbox.lab.engines import Engine
from sandbox.lab.fleet import Key, Told, flown_before, fly_kept
from sandbox.lab.operating import characteristics
from sandbox.lab.optimiser import Worth
from sandbox.lab.optimiser import search as optimise
from sandbox.lab.points import flown_at, missions_at, said, settings_of_rows
from sandbox.lab.ranges import Range, Settings
from sandbox.lab.result import Result
from sandbox.lab.variants import AS_WRITTEN, NULL, changed, ladder, name_of
from sandbox.record.studies import Study
from sandbox.run.versions import versions
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import ScenarioError

HELD_OUT = 1_000_000
"""How far the seeds of the final figures are from those of the search."""

FINALISTS = 5
"""How many settings of the frontier fly on the seeds that were held out, beside the plan as written."""


class TuneError(Exception):
    """A search that cannot be made; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What to search: a plan, its ranges, what is to become small, and how many trials of how many seeds.

    `most` is the largest part of the null's flights in which it may be rolled back; `again` begins the commands that
    fly one flight, `command` repeats the search.
    """

    plan: Plan
    ranges: tuple[Range, ...]
    objective: str = "frontier"
    trials: int
    first: int
    seeds: int
    held_out: int
    most: float = 0.05
    again: str = ""
    command: str = ""

    @property
    def head(self) -> dict[str, Any]:
        """What says which study it is."""
        return {
            "kind": "tune", "name": self.plan.name, "source": self.plan.source, "folder": str(self.plan.folder),
            "text": self.plan.text, "ranges": [one.as_row for one in self.ranges], "objective": self.objective,
            "trials": self.trials, "first": self.first, "seeds": self.seeds, "held_out": self.held_out,
            "most": self.most, "again": self.again, "command": self.command, "versions": versions(),
        }

    @property
    def study(self) -> str:
        """The name of its study: the same for the same search."""
        told = {name: value for name, value in self.head.items() if name not in ("again", "command", "source")}
        return f"tune-{self.plan.name}-{fingerprint(repr(sorted(told.items())).encode())[:8]}"

    @property
    def candidates(self) -> tuple[str, ...]:
        """Everybody who could be harmful, and the null."""
        return (AS_WRITTEN, NULL, *map(name_of, ladder(self.plan)))

    @property
    def days(self) -> range:
        """The seeds of the search."""
        return range(self.first, self.first + self.seeds)

    @property
    def other_days(self) -> range:
        """The seeds of the final figures."""
        return range(self.first + HELD_OUT, self.first + HELD_OUT + self.held_out)

    @property
    def total(self) -> int:
        """How many flights there are at most."""
        return self.flights(flying=len(self.candidates))

    def flights(self, *, flying: int) -> int:
        """How many there are at most where so many candidates fly in every trial."""
        each = (self.trials + 1) * self.seeds + (FINALISTS + 1) * self.held_out
        return len(self.candidates) * min(UNSTOPPED_SEEDS, self.seeds) + flying * each


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What settings come to on one day, or on average over some: the mean net harm of harmful candidates, the ns until
    the null had everybody, the whole flight where it never had, and the parts of flights that were missed or rolled
    back without need.
    """

    harm: float
    exposure: float
    missed: float
    false_rollbacks: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Settings that were tried, and what they came to."""

    settings: Settings
    score: Score
    allowed: bool


@dataclass(slots=True)
class Tuned:
    """What of a search is flown."""

    search: Search
    results: dict[Key, Result] = field(default_factory=dict)

    @property
    def harmful(self) -> tuple[str, ...]:
        """The candidates that are harmful in the plan as written."""
        document, found = self.search.plan.document, []
        for candidate in self.search.candidates:
            rows = [one for key, one in sorted(self.results.items()) if key[:3] == ("", candidate, True)]
            if rows and characteristics(
                rows, kind="", acceptable=document.plan.acceptable_harm, began=0, sequential=False
            ).harmful:
                found.append(candidate)
        return tuple(found)

    @property
    def flying(self) -> tuple[str, ...]:
        """Whom every trial flies."""
        return (NULL, *(one for one in self.harmful if one != NULL))

    def days(self, settings: Settings, seeds: range) -> dict[int, Score]:
        """What settings came to, day by day."""
        document = changed(self.search.plan, settings).document
        whole, began = float(document.scenario.duration), document.ramp.start
        found = {}
        for day in flown_at(self.results, settings, self.flying, seeds=seeds):
            harmful, null = [day[one] for one in self.flying if one != NULL], day[NULL]
            reached = null.promoted and null.closed_at is not None
            found[null.seed] = Score(
                harm=_average([float(one.net) for one in harmful]),
                exposure=float((null.closed_at or 0) - began) if reached else whole,
                missed=_average([float(not one.sent_back) for one in harmful]), false_rollbacks=float(null.sent_back),
            )
        return found

    def trial(self, settings: Settings, seeds: range) -> Trial | None:
        """What settings came to; None where no day of theirs is flown."""
        days = list(self.days(settings, seeds).values())
        if not days:
            return None
        score = Score(
            harm=_average([one.harm for one in days]), exposure=_average([one.exposure for one in days]),
            missed=_average([one.missed for one in days]),
            false_rollbacks=_average([one.false_rollbacks for one in days]),
        )
        return Trial(settings=settings, score=score, allowed=score.false_rollbacks <= self.search.most)

    @property
    def trials(self) -> tuple[Trial, ...]:
        """The plan as it stands, then everything that was tried, in that order."""
        tried = settings_of_rows(self.results, [one.key for one in self.search.ranges])
        found = (self.trial(settings, self.search.days) for settings in ((), *tried))
        return tuple(one for one in found if one is not None)

    @property
    def frontier(self) -> tuple[Trial, ...]:
        """The allowed trials that no other beats in both harm and exposure, by exposure."""
        return frontier(self.trials)

    @property
    def best(self) -> Trial | None:
        """What the objective prefers among those allowed."""
        return best(self.trials, objective=self.search.objective)

    @property
    def finalists(self) -> tuple[Trial, ...]:
        """The best, and some of the frontier from end to end, by exposure."""
        chosen, edge = self.best, list(self.frontier)
        if chosen is None:
            return ()
        steps = min(FINALISTS - 1, len(edge) - 1)
        picked = [edge[round(place * (len(edge) - 1) / max(steps, 1))] for place in range(steps + 1)]
        unique = {one.settings: one for one in [chosen, *picked]}
        return tuple(sorted(unique.values(), key=lambda one: (one.score.exposure, one.score.harm)))[: FINALISTS + 1]


def _average(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers) if numbers else 0.0


def frontier(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """The allowed trials that no other beats in both harm and exposure, one for each pair of them, by exposure."""
    allowed = [one for one in trials if one.allowed]
    kept = {
        (one.score.exposure, one.score.harm): one for one in reversed(allowed)
        if not any(_beats(other.score, one.score) for other in allowed)
    }
    return tuple(kept[both] for both in sorted(kept))


def _beats(one: Score, other: Score) -> bool:
    no_worse = one.harm <= other.harm and one.exposure <= other.exposure
    return no_worse and (one.harm, one.exposure) != (other.harm, other.exposure)


def best(trials: Sequence[Trial], *, objective: str) -> Trial | None:
    """What the objective prefers among those allowed, the first of equals.

    Of a frontier it is what is nearest to the best of both, each measured from its best to its worst there.
    """
    allowed = [one for one in trials if one.allowed]
    if not allowed:
        return None
    if objective != "frontier":
        return min(allowed, key=lambda one: _in_order(one.score, objective))
    edge = frontier(trials)
    harms, exposures = [one.score.harm for one in edge], [one.score.exposure for one in edge]
    return min(edge, key=lambda one: _placed(one.score.harm, harms) + _placed(one.score.exposure, exposures))


def _placed(value: float, values: Sequence[float]) -> float:
    width = max(values) - min(values)
    return (value - min(values)) / width if width else 0.0


def _in_order(score: Score, objective: str) -> tuple[float, ...]:
    return {
        "harm": (score.harm, score.exposure), "exposure": (score.exposure, score.harm),
        "misses": (score.missed, score.harm, score.exposure),
    }[objective]


def tune(
    search: Search, engine: Engine, *, study: Study | None = None, kept: Sequence[dict[str, Any]] = (),
    told: Told = lambda _: None, expect: Callable[[int], None] = lambda _: None,
) -> Tuned:
    """Search, then fly what was found on seeds that the search never saw; raises TuneError and OptimiserError.

    How many flights there are is said to `expect` whenever it is known better.
    """
    tuned = Tuned(search, flown_before(kept))

    def fly(settings: Settings, seeds: range, *, wanted: Sequence[str], unstopped: bool = False) -> None:
        missions = missions_at(
            search.plan, settings, wanted, seeds=seeds, again=search.again, unstopped=unstopped
        )
        fly_kept(list(missions), engine, into=tuned.results, study=study, told=told)

    fly((), search.days[:UNSTOPPED_SEEDS], wanted=search.candidates, unstopped=True)
    if not tuned.harmful and search.objective != "exposure":
        raise TuneError(
            "no candidate of this plan is harmful, so there is no harm to make small; state worse ones in "
            "[certify] degradations, or take --objective exposure"
        )
    flying = tuned.flying
    expect(search.flights(flying=len(flying)))
    fly((), search.days, wanted=flying)

    def tried(settings: Settings) -> Worth | None:
        try:
            fly(settings, search.days, wanted=flying)
        except ScenarioError:
            return None
        found = tuned.trial(settings, search.days)
        return None if found is None else _worth(found.score, search)

    optimise(
        search.ranges, tried, values=2 if search.objective == "frontier" else 1, trials=search.trials,
        seed=int(fingerprint(search.plan.text.encode())[:8], 16) % 2**31,
    )
    final = dict.fromkeys(((), *(one.settings for one in tuned.finalists)))
    expect(sum(key[3] in search.days for key in tuned.results) + len(final) * len(flying) * search.held_out)
    for settings in final:
        fly(settings, search.other_days, wanted=flying)
    if study is not None:
        study.finish()
    return tuned


def _worth(score: Score, search: Search) -> Worth:
    values = (score.harm, score.exposure) if search.objective == "frontier" else _in_order(score, search.objective)[:1]
    return Worth(values, score.false_rollbacks - search.most)


def checked(search: Search) -> Iterator[str]:
    """The settings at the ends of every range that make no valid scenario; raises SettingError."""
    for one in search.ranges:
        for setting in one.ends:
            try:
                changed(search.plan, (setting,))
            except ScenarioError as error:
                yield f"{said((setting,))}: {error.problems[0].message}"
