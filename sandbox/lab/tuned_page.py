"""What a search of settings comes to, as a page."""

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.base.bound import Bound
from sandbox.base.units import format_share
from sandbox.lab.bounds import judged_share
from sandbox.lab.certificate import verdict
from sandbox.lab.intervals import Estimate, mean, share
from sandbox.lab.points import said
from sandbox.lab.ranges import Settings
from sandbox.lab.tune import Score, Trial, Tuned
from sandbox.lab.variants import path_of, written_at
from sandbox.lab.wording import Word, estimated, percent, plain, points, time
from sandbox.report.charts import Lines, Series
from sandbox.report.page import Block, Check, Page, Section, Table

HOUR = 3_600e9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quantity:
    """What is told of settings: how, how a difference of it is, and between what it must be."""

    name: str
    of: Callable[[Score], float]
    word: Word
    moved: Word
    least: float = 0.0
    most: float = 1.0

    def mean(self, values: list[float]) -> Estimate:
        """Over some days."""
        if self.word is percent and all(one in (0.0, 1.0) for one in values):
            return share(round(sum(values)), len(values))
        return mean(values, counts=self.word is plain, least=self.least, most=self.most)

    def difference(self, firsts: list[float], seconds: list[float]) -> Estimate:
        """The second minus the first, day by day."""
        apart, width = [b - a for a, b in zip(firsts, seconds, strict=True)], self.most - self.least
        return mean(apart, counts=self.word is plain, least=-width, most=width)


def _quantities(tuned: Tuned) -> tuple[_Quantity, ...]:
    whole = float(tuned.search.plan.document.scenario.duration)
    return (
        _Quantity(
            name="net harm of a harmful candidate, requests", of=lambda one: one.harm, word=plain, moved=plain,
            least=-math.inf, most=math.inf,
        ),
        _Quantity(
            name="until a good one has everybody", of=lambda one: one.exposure, word=time, moved=time, most=whole
        ),
        _Quantity(name="harmful ones not rolled back", of=lambda one: one.missed, word=percent, moved=points),
        _Quantity(name="null rolled back", of=lambda one: one.false_rollbacks, word=percent, moved=points),
    )


def tuned_page(tuned: Tuned) -> Page:
    """The page of what is flown so far."""
    search, best = tuned.search, tuned.best
    asked = list(_asked(tuned))
    failures = [one for one in tuned.results.values() if one.failure]
    sections = [
        Section(title="What was asked", blocks=tuple(asked)),
        Section(title="What to change", blocks=tuple(_changes(tuned))),
        Section(title="On days that the search did not see", blocks=tuple(_other_days(tuned))),
        Section(title="Harm against time to full exposure", blocks=tuple(_frontier(tuned))),
        Section(title="Everything that was tried", blocks=(_tried(tuned),)),
        Section(title="How to read this", blocks=(
            f"Every trial flew seeds {search.days[0]} to {search.days[-1]}: the null, which is the incumbent in both "
            f"arms, and what is harmful as the plan is written: {', '.join(_harmful(tuned)) or 'nothing'}. Harm is the "
            "mean over these, net, against the same flight on the incumbent. A null that was not promoted counts as "
            "exposed when the flight ends. On days that the search saw, the best looks better than it is; intervals "
            "(95%) are only of days that it did not see, and differences are of the same day.",
        )),
    ]
    if failures:
        rows = tuple((one.setting, one.candidate, str(one.seed), one.failure, one.repeat) for one in failures)
        table = Table(columns=("setting", "candidate", "seed", "because", "repeat"), rows=rows, words=5)
        sections.insert(1, Section(title="Could not be flown", blocks=(table,)))
    trials = len(tuned.trials)
    return Page(
        kind="tune", title=f"{search.plan.document.scenario.title}, tuned",
        lead=f"{search.plan.name}: {trials:,} settings over {', '.join(map(str, search.ranges))}; "
        f"{len(tuned.results):,} flights.",
        sections=tuple(sections), exit_code=verdict(asked, failed=best is None or bool(failures)),
        repeat=search.command, data=_data(tuned),
    )


def _harmful(tuned: Tuned) -> tuple[str, ...]:
    return tuned.flying[1:]


def _asked(tuned: Tuned) -> Iterator[Check]:
    search, best = tuned.search, tuned.best
    want = f"<= {format_share(search.most)}"
    if best is None:
        got = "no setting that was tried keeps it; widen the ranges, or try more"
        yield Check(name="false_rollback", want=want, got=got, state="missed")
        return
    days = list(tuned.days(best.settings, search.other_days).values())
    got, state = judged_share(
        share(sum(one.false_rollbacks > 0.0 for one in days), len(days)), Bound(sign="<=", number=search.most)
    )
    yield Check(name="false_rollback", want=want, got=f"tuned, on other days: {got}", state=state)


def _changes(tuned: Tuned) -> Iterator[Block]:
    best = tuned.best
    if best is None:
        yield "Nothing: no setting is allowed."
    elif not best.settings:
        yield "Nothing: of all that was tried the plan as written is best."
    else:
        yield Table(
            columns=("key", "as written", "tuned"), words=3,
            rows=tuple(
                (one.key, written_at(tuned.search.plan, path_of(one.key)) or "unset", one.value)
                for one in best.settings
            ),
            note="greenroom tune --write FILE writes the scenario with these",
        )


def _other_days(tuned: Tuned) -> Iterator[Block]:
    best, seeds = tuned.best, tuned.search.other_days
    before = tuned.days((), seeds)
    after = {} if best is None else tuned.days(best.settings, seeds)
    both = [(before[seed], after[seed]) for seed in sorted(before) if seed in after]
    if not both:
        yield "None is flown."
        return
    rows = []
    for one in _quantities(tuned):
        firsts, seconds = [one.of(score) for score, _ in both], [one.of(score) for _, score in both]
        rows.append((
            one.name, estimated(one.mean(firsts), one.word), estimated(one.mean(seconds), one.word),
            estimated(one.difference(firsts, seconds), one.moved),
        ))
    yield Table(
        columns=("", "as written", "tuned", "difference"), rows=tuple(rows),
        note=f"{len(both):,} seeds, {seeds[0]} to {seeds[-1]}, the same for both",
    )


def _frontier(tuned: Tuned) -> Iterator[Block]:
    final = list(_final(tuned))
    if not final:
        yield "No setting is allowed."
        return
    yield Table(
        columns=("settings", "harm, search", "harm, other days", "exposure, search", "exposure, other days"),
        rows=tuple(
            (
                said(trial.settings) or "as written", plain(trial.score.harm), estimated(harm, plain),
                time(trial.score.exposure), estimated(exposure, time),
            ) for trial, harm, exposure in final
        ),
    )
    yield Lines(
        title="Harm against time to full exposure", x="hours until a good candidate has everybody",
        y="requests served worse, net, by a harmful one", series=tuple(_series(tuned, final)),
    )


def _final(tuned: Tuned) -> Iterator[tuple[Trial, Estimate, Estimate]]:
    harm, exposure, *_ = _quantities(tuned)
    for one in tuned.finalists:
        days = list(tuned.days(one.settings, tuned.search.other_days).values())
        yield one, harm.mean([day.harm for day in days]), exposure.mean([day.exposure for day in days])


def _series(tuned: Tuned, final: list[tuple[Trial, Estimate, Estimate]]) -> Iterator[Series]:
    yield _apart("tried, allowed", [one.score for one in tuned.trials if one.allowed])
    refused = [one.score for one in tuned.trials if not one.allowed]
    if refused:
        yield _apart("tried, too many false rollbacks", refused)
    edge = [one.score for one in tuned.frontier]
    yield Series(
        label="frontier, as the search saw it", x=tuple(one.exposure / HOUR for one in edge),
        y=tuple(one.harm for one in edge), dots=True,
    )
    known = sorted((exposure.value / HOUR, harm.value) for _, harm, exposure in final if harm.n)
    yield Series(
        label="the same settings on other days", x=tuple(x for x, _ in known), y=tuple(y for _, y in known), dots=True
    )
    yield _apart("as written", [one.score for one in tuned.trials if not one.settings])


def _apart(label: str, scores: list[Score]) -> Series:
    return Series(
        label=label, x=tuple(one.exposure / HOUR for one in scores), y=tuple(one.harm for one in scores), apart=True
    )


def _tried(tuned: Tuned) -> Table:
    rows = sorted(tuned.trials, key=lambda one: (not one.allowed, one.score.exposure, one.score.harm))
    return Table(
        columns=("settings", "harm", "exposure", "missed", "null rolled back"),
        rows=tuple(
            (
                said(one.settings) or "as written", plain(one.score.harm), time(one.score.exposure),
                percent(one.score.missed),
                f"{percent(one.score.false_rollbacks)}{'' if one.allowed else ', too often'}",
            ) for one in rows
        ),
    )


def _data(tuned: Tuned) -> dict[str, Any]:
    search = tuned.search

    def row(one: Trial) -> dict[str, Any]:
        return {"settings": _told(one.settings), "allowed": one.allowed, **asdict(one.score)}

    return {
        "scenario": {"name": search.plan.name, "hash": search.plan.hash}, "study": search.study,
        "objective": search.objective, "most_false_rollbacks": search.most, "first_seed": search.first,
        "seeds": search.seeds, "held_out": [search.other_days.start, search.other_days.stop],
        "harmful": list(_harmful(tuned)), "trials": [row(one) for one in tuned.trials],
        "frontier": [row(one) for one in tuned.frontier],
        "best": None if tuned.best is None else row(tuned.best),
        "finalists": [
            {"settings": _told(one.settings), "harm": asdict(harm), "exposure": asdict(exposure)}
            for one, harm, exposure in _final(tuned)
        ],
        "digests": {key_said(key): one.digest for key, one in sorted(tuned.results.items())},
    }


def key_said(key: tuple[str, str, bool, int]) -> str:
    """A flight of many as one word."""
    setting, candidate, unstopped, seed = key
    return " / ".join(filter(None, (setting, candidate, "unstopped" if unstopped else "", str(seed))))


def _told(settings: Settings) -> dict[str, str]:
    return {one.key: one.value for one in settings}
