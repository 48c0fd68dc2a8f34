"""Tune: search a plan's settings for little harm and a short time until promotion, within the bounds of [certify].

Every trial flies the same seeds (common random numbers), so that two settings differ by what they do and not by their
days: the null, and every candidate that is harmful in the plan as written. The final figures are of other seeds than
the search saw: whoever is told the days finds what these days like.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sandbox.base.bound import Bound
from sandbox.base.digest import fingerprint
from sandbox.lab.breaches import breaches
from sandbox.lab.certify import UNSTOPPED_SEEDS
from sandbox.lab.compare import WORLD
from sandbox.lab.due import due_of
from sandbox.lab.engines import Engine
from sandbox.lab.fleet import Key, Told, flown_before, fly_kept
from sandbox.lab.frontier import Score, Trial, average, best, frontier, in_order
from sandbox.lab.operating import characteristics
from sandbox.lab.optimiser import Worth
from sandbox.lab.optimiser import search as optimise
from sandbox.lab.points import flown_at, missions_at, said, settings_of_rows
from sandbox.lab.ranges import Range, Settings
from sandbox.lab.result import Result
from sandbox.lab.variants import AS_WRITTEN, NULL, Setting, changed, ladder, name_of, path_of, value_of, written_at
from sandbox.record.studies import Study
from sandbox.run.versions import versions
from sandbox.scenario.plan import Plan
from sandbox.scenario.problems import ScenarioError
from sandbox.scenario.tables.certify import Certify

HELD_OUT = 1_000_000
"""How far the seeds of the final figures are from those of the search."""

TRIALS, DAYS, OTHER_DAYS = 30, 5, 20
"""How much is searched where nothing else is said: settings, seeds of each, and seeds that were held out."""

FINALISTS = 5
"""How many settings of the frontier fly on the seeds that were held out, beside the plan as written."""


UNTUNED = (*WORLD, "scenario", "expect", "certify", "record", "lint")
"""The tables that make the day, or say what is asked of the plan: none of them is a plan's to set."""


YARDSTICK = "plan.acceptable_harm"
"""Who is harmful: nothing that a search may move."""


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
    trials: int = TRIALS
    first: int
    seeds: int = DAYS
    held_out: int = OTHER_DAYS
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
    def acceptable(self) -> float:
        """The net part of requests served worse above which a candidate is harmful."""
        return self.plan.document.plan.acceptable_harm

    @property
    def bounds(self) -> Certify:
        """What [certify] states, with the false-rollback rate that is allowed."""
        return self.plan.document.certify.model_copy(
            update={"false_rollback": Bound(sign="<=", number=self.most)}
        )

    @property
    def candidates(self) -> tuple[str, ...]:
        """Everybody who could be harmful, and the null."""
        return (AS_WRITTEN, NULL, *map(name_of, ladder(self.plan)))

    def written(self, key: str) -> str | None:
        """What the plan as written says of a key."""
        return written_at(self.plan, path_of(key))

    def changed(self, settings: Settings) -> Settings:
        """Those of some settings that are not as the plan is written."""
        return tuple(one for one in settings if not self._as_written(one))

    def _as_written(self, setting: Setting) -> bool:
        written = self.written(setting.key)
        return written is not None and value_of(setting.value) == value_of(written)

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

    def flights(self, *, flying: int, good: bool = False) -> int:
        """How many there are at most where so many candidates fly in every trial, and the one as written, where it is
        `good`, in the end.
        """
        each = (self.trials + len(self.ranges) + 1) * self.seeds + (FINALISTS + 1) * self.held_out
        return len(self.candidates) * min(UNSTOPPED_SEEDS, self.seeds) + flying * each + 2 * self.held_out * good


@dataclass(slots=True)
class Tuned:
    """What of a search is flown."""

    search: Search
    results: dict[Key, Result] = field(default_factory=dict)

    @property
    def effects(self) -> dict[str, float]:
        """What each candidate does with nobody to stop it, in the plan as written: the net part served worse."""
        found = {}
        for candidate in self.search.candidates:
            if rows := self.unstopped(candidate):
                found[candidate] = characteristics(
                    rows, kind="", acceptable=self.search.acceptable, began=0, sequential=False
                ).effect
        return found

    def unstopped(self, candidate: str) -> list[Result]:
        """The flights of a candidate with nobody to stop it."""
        return [one for key, one in sorted(self.results.items()) if key[:3] == ("", candidate, True)]

    @property
    def harmful(self) -> tuple[str, ...]:
        """The candidates that are harmful in the plan as written."""
        return tuple(one for one, effect in self.effects.items() if effect > self.search.acceptable)

    @property
    def good(self) -> bool:
        """Whether the candidate as written is better than the incumbent."""
        return due_of(self.unstopped(AS_WRITTEN), acceptable=self.search.acceptable).candidate == "better"

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
                harm=average([float(one.net) for one in harmful]),
                exposure=float((null.closed_at or 0) - began) if reached else whole,
                missed=average([float(not one.sent_back) for one in harmful]),
                let_through=average([float(one.promoted) for one in harmful]),
                false_rollbacks=float(null.sent_back), promoted=float(reached),
            )
        return found

    def trial(self, settings: Settings, seeds: range) -> Trial | None:
        """What settings came to; None where no day of theirs is flown."""
        days = list(self.days(settings, seeds).values())
        if not days:
            return None
        score = Score(**{one.name: average([getattr(day, one.name) for day in days]) for one in fields(Score)})
        return Trial(
            settings=settings, score=score, changes=len(self.search.changed(settings)),
            breaches=breaches(
                self.search.bounds, list(flown_at(self.results, settings, self.flying, seeds=seeds)),
                began=changed(self.search.plan, settings).document.ramp.start,
            ),
        )

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
    def changes(self) -> Settings:
        """What of the best is not as the plan is written."""
        return () if self.best is None else self.search.changed(self.best.settings)

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
    expect(search.flights(flying=len(flying), good=tuned.good))
    fly((), search.days, wanted=flying)

    def tried(settings: Settings) -> Worth | None:
        point = settings if search.changed(settings) else ()
        try:
            fly(point, search.days, wanted=flying)
        except ScenarioError:
            return None
        found = tuned.trial(point, search.days)
        return None if found is None else _worth(found, search)

    optimise(
        search.ranges, tried, values=2 if search.objective == "frontier" else 1, trials=search.trials,
        seed=int(fingerprint(search.plan.text.encode())[:8], 16) % 2**31,
    )
    _leave_alone(tuned, tried)
    final = dict.fromkeys(((), *(one.settings for one in tuned.finalists)))
    both = ((), tuned.best.settings) if tuned.good and tuned.best is not None and tuned.changes else ()
    others = (len(final) * len(flying) + len(both)) * search.held_out
    expect(sum(key[3] in search.days for key in tuned.results) + others)
    for settings in final:
        fly(settings, search.other_days, wanted=flying)
    for settings in both:
        fly(settings, search.other_days, wanted=(AS_WRITTEN,))
    if study is not None:
        study.finish()
    return tuned


def _leave_alone(tuned: Tuned, tried: Callable[[Settings], Worth | None]) -> None:
    """Try the best with one key after the other as it is written: what need not change stays."""
    for one in tuned.search.ranges:
        best, written = tuned.best, tuned.search.written(one.key)
        if best is not None and written is not None and Setting(one.key, written) not in best.settings:
            left = tuple(Setting(one.key, written) if each.key == one.key else each for each in best.settings)
            if tuned.search.changed(left):
                tried(left)


def _worth(trial: Trial, search: Search) -> Worth:
    score = trial.score
    values = (score.harm, score.exposure) if search.objective == "frontier" else in_order(score, search.objective)[:1]
    return Worth(values, sum(trial.breaches.values()))


def checked(search: Search) -> Iterator[str]:
    """The ranges that are of the world and not of the plan, and the settings at the ends of the others that make no
    valid scenario; raises SettingError.
    """
    for one in search.ranges:
        if str(path_of(one.key)[0]) in UNTUNED or one.key == YARDSTICK:
            yield f"{one.key} is nothing that a plan may choose; how it matters tells: greenroom sensitivity"
            continue
        for setting in one.ends:
            try:
                changed(search.plan, (setting,))
            except ScenarioError as error:
                yield f"{said((setting,))}: {error.problems[0].message}"
