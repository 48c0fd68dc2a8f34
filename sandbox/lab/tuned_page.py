"""What a search of settings comes to, as a page."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from sandbox.base.units import counted
from sandbox.lab.bounds import checks, wants
from sandbox.lab.certificate import verdict
from sandbox.lab.doubts import alike, doubts
from sandbox.lab.frontier import Score, Trial
from sandbox.lab.operating import characteristics
from sandbox.lab.points import said
from sandbox.lab.provenance import provenance
from sandbox.lab.ranges import Settings
from sandbox.lab.result import Result
from sandbox.lab.tune import Tuned
from sandbox.lab.tuned_cost import cost_rows, costs
from sandbox.lab.tuned_days import advised, measures, moves
from sandbox.lab.variants import AS_WRITTEN, NULL, changed
from sandbox.lab.wording import percent, plain, time
from sandbox.report.charts import Lines, Series
from sandbox.report.exit_code import ExitCode
from sandbox.report.page import Block, Bullets, Check, Page, Section, Table

HOUR = 3_600e9


_BEST = "of all that was tried the plan as written is best."
_UNBEATEN = {
    "frontier": "no setting that was tried is better than the plan as written in both harm and time. The frontier "
    "trades one for the other; --objective harm or exposure takes an end of it.",
    "harm": _BEST, "exposure": _BEST, "misses": _BEST,
}
_PREFERRED = {
    "frontier": "It takes what is no worse than an allowed plan as written in harm and in time, and of that what is "
    "nearest to the least of both; to trade one for the other is yours to decide, along the frontier.",
    "harm": "It takes the least harm, and of that the shortest time.",
    "exposure": "It takes the shortest time, and of that the least harm.",
    "misses": "It takes the fewest misses, and of these the least harm.",
}


def tuned_page(tuned: Tuned) -> Page:
    """The page of what is flown so far."""
    search = tuned.search
    asked, held = list(_asked(tuned)), search.other_days
    failures = [one for one in tuned.results.values() if one.failure]
    sections = [
        Section(title=f"What was asked, on days that the search did not see ({_seeds(held)})", blocks=tuple(asked)),
        Section(title="What to change", blocks=tuple(_changes(tuned))),
        Section(title="What speaks against it", blocks=_against(tuned)),
        Section(title="Tuned and as written, on those days", blocks=tuple(_other_days(tuned))),
        Section(title="Harm against time until promotion", blocks=tuple(_frontier(tuned))),
        Section(title="Everything that was tried", blocks=(_tried(tuned),)),
        Section(title="How to read this", blocks=(
            f"Every trial flew {_seeds(search.days)}: the null, which is the incumbent in both arms, and what is "
            "harmful as the plan is written. Harm is the mean over these, net, against the same flight on the "
            "incumbent. Exposure is the time from the ramp's begin until the null is promoted: everybody is on it, and "
            "the last bake is over; one that is not promoted counts until the flight ends. On days that the search "
            "saw, the best looks better than it is; intervals (95%) are only of days that it did not see, and "
            "differences are of the same day.",
            "The search allows settings that on its days keep all that [certify] states, as these few days came out; "
            "whether the tuned plan keeps it is judged, with intervals, on the others. Of settings that come to the "
            f"same it takes those nearest to the plan as written. {_PREFERRED[search.objective]}",
        )),
    ]
    if failures:
        rows = tuple((one.setting, one.candidate, str(one.seed), one.failure, one.repeat) for one in failures)
        table = Table(columns=("setting", "candidate", "seed", "because", "repeat"), rows=rows, words=5)
        sections.insert(1, Section(title="Could not be flown", blocks=(table,)))
    trials = len(tuned.trials)
    return Page(
        kind="tune", title=f"{search.plan.document.scenario.title}, tuned",
        lead=f"{search.plan.name}: {counted(trials, 'setting')} over {', '.join(map(str, search.ranges))}; "
        f"{counted(len(tuned.results), 'flight')}. {_sorted_out(tuned)}",
        sections=tuple(sections), exit_code=_code(tuned, asked), because=_because(tuned, asked),
        repeat=search.command, of=provenance(search.plan), data=_data(tuned),
    )


def _seeds(seeds: range) -> str:
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"


def _sorted_out(tuned: Tuned) -> str:
    """Who is harmful, and who is left out because nobody is harmed by it."""
    harmful, limit = _harmful(tuned), percent(tuned.search.acceptable)
    left = [
        f"{_who(one)} ({percent(effect)})" for one, effect in tuned.effects.items() if one not in (NULL, *harmful)
    ]
    said = f"Harmful: {', '.join(map(_who, harmful)) or 'nobody'}."
    if left:
        said += (
            f" Left out, with no more than {limit} of requests served worse (plan.acceptable_harm): {', '.join(left)}."
        )
    return said


def _code(tuned: Tuned, asked: list[Check]) -> ExitCode:
    if tuned.best is None:
        return ExitCode.MISSED
    failed = any(one.failure for one in tuned.results.values())
    return verdict(asked, failed=failed or alike(tuned))


def _who(candidate: str) -> str:
    return "the candidate itself" if candidate == AS_WRITTEN else candidate


def _because(tuned: Tuned, asked: list[Check]) -> str:
    """What it comes to where the ladder's own words do not fit."""
    failed = sum(bool(one.failure) for one in tuned.results.values())
    if tuned.best is None:
        return "no setting that was tried is allowed"
    if _code(tuned, asked) is not ExitCode.INCONCLUSIVE:
        return ""
    if failed:
        return f"inconclusive: {counted(failed, 'flight')} could not be flown"
    if alike(tuned):
        return "inconclusive: no setting that was tried made a difference to harm"
    return "inconclusive: too few days to tell whether all that was asked is kept; say --held-out with more"


def _harmful(tuned: Tuned) -> tuple[str, ...]:
    return tuned.flying[1:]


def _asked(tuned: Tuned) -> Iterator[Check]:
    search, best = tuned.search, tuned.best
    if best is None:
        for name in tuned.trials[0].breaches if tuned.trials else ():
            kept = sum(name not in one.broken for one in tuned.trials)
            got = f"kept on the days of the search by {kept:,} of {len(tuned.trials):,} settings that were tried"
            state = "missed" if not kept else "met" if kept == len(tuned.trials) else "inconclusive"
            yield Check(name=name, want=wants(search.bounds)[name], got=got, state=state)
        return
    document = changed(search.plan, best.settings).document
    found = [
        characteristics(
            rows, kind=NULL if one == NULL else "degraded", acceptable=search.acceptable, began=document.ramp.start,
            sequential=False,
        )
        for one in tuned.flying if (rows := _flights(tuned, one))
    ]
    yield from checks(search.bounds, found, sequential=False)


def _flights(tuned: Tuned, candidate: str) -> list[Result]:
    """Those of the tuned plan on other days, and those in which nobody decides, which tell how harmful it is."""
    best, flown = tuned.best, tuned.results
    name = "" if best is None else said(best.settings)
    keys = [(name, candidate, False, seed) for seed in tuned.search.other_days]
    rows = [replace(flown[key], setting="") for key in keys if key in flown]
    return [*rows, *tuned.unstopped(candidate)] if rows else []


def _changes(tuned: Tuned) -> Iterator[Block]:
    best = tuned.best
    if best is None:
        yield "Nothing: no setting is allowed."
    elif not tuned.changes:
        yield f"Nothing: {_UNBEATEN[tuned.search.objective]}"
    elif not advised(tuned):
        yield (
            f"Nothing: {said(tuned.changes)} came to the same, on every day that the search did not see, as the plan "
            "as written."
        )
    else:
        same = [one.key for one in best.settings if one not in tuned.changes]
        yield Table(
            columns=("key", "as written", "tuned"), words=3,
            rows=tuple(
                (one.key, tuned.search.written(one.key) or "unset", one.value) for one in tuned.changes
            ),
            note="" if "--write" in tuned.search.command else "greenroom tune --write FILE writes the scenario so",
        )
        if same:
            yield f"As written, since no other value is better: {', '.join(same)}."


def _against(tuned: Tuned) -> tuple[Block, ...]:
    found = tuple(doubts(tuned))
    return (Bullets(found),) if found else ()


def _other_days(tuned: Tuned) -> Iterator[Block]:
    found = moves(tuned)
    if not found:
        yield "None is flown."
        return
    yield Table(
        columns=("", "as written", "tuned", "difference"),
        note=f"{counted(len(found[0].firsts), 'day')}, the same for both",
        rows=(
            *(
                (one.measure.name, one.measure.told(one.firsts), one.measure.told(one.seconds), one.told)
                for one in found
            ),
            *cost_rows(tuned),
        ),
    )


def _frontier(tuned: Tuned) -> Iterator[Block]:
    final, (harm, exposure, *_) = list(_final(tuned)), measures(tuned)
    if not final:
        yield "No setting is allowed."
        return
    yield Table(
        columns=("settings", "harm, search", "harm, other days", "exposure, search", "exposure, other days"),
        rows=tuple(
            (
                said(trial.settings) or "as written", plain(trial.score.harm), harm.told(days),
                time(trial.score.exposure), exposure.told(days),
            ) for trial, days in final
        ),
    )
    yield Lines(
        title="Harm against time until promotion", x="hours until the null is promoted",
        y="requests served worse, net, by a harmful one", series=tuple(_series(tuned, final)),
    )


def _final(tuned: Tuned) -> Iterator[tuple[Trial, list[Score]]]:
    """What stands on the frontier, and what it came to on days that the search did not see."""
    for one in tuned.finalists:
        yield one, list(tuned.days(one.settings, tuned.search.other_days).values())


def _series(tuned: Tuned, final: list[tuple[Trial, list[Score]]]) -> Iterator[Series]:
    yield _apart("tried, allowed", [one.score for one in tuned.trials if one.allowed])
    refused = [one.score for one in tuned.trials if not one.allowed]
    if refused:
        yield _apart("tried, breaks a bound", refused)
    edge = [one.score for one in tuned.frontier]
    yield Series(
        label="frontier, as the search saw it", x=tuple(one.exposure / HOUR for one in edge),
        y=tuple(one.harm for one in edge), dots=True,
    )
    harm, exposure, *_ = measures(tuned)
    known = sorted((exposure.mean(days).value / HOUR, harm.mean(days).value) for _, days in final if days)
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
        columns=("settings", "harm", "exposure", "missed", "null promoted", "null rolled back", "breaks"),
        rows=tuple(
            (
                said(one.settings) or "as written", plain(one.score.harm), time(one.score.exposure),
                percent(one.score.missed), percent(one.score.promoted),
                percent(one.score.false_rollbacks), ", ".join(one.broken),
            ) for one in rows
        ),
    )


def _data(tuned: Tuned) -> dict[str, Any]:
    search, (harm, exposure, *_) = tuned.search, measures(tuned)

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
            {"settings": _told(one.settings), "harm": asdict(harm.mean(days)), "exposure": asdict(exposure.mean(days))}
            for one, days in _final(tuned)
        ],
        "cost_to_the_candidate": [
            {
                "quantity": one.quantity.name, "as_written": one.first, "tuned": one.second, **asdict(one.difference)
            } for one in costs(tuned)
        ],
        "digests": {key_said(key): one.digest for key, one in sorted(tuned.results.items())},
    }


def key_said(key: tuple[str, str, bool, int]) -> str:
    """A flight of many as one word."""
    setting, candidate, unstopped, seed = key
    return " / ".join(filter(None, (setting, candidate, "unstopped" if unstopped else "", str(seed))))


def _told(settings: Settings) -> dict[str, str]:
    return {one.key: one.value for one in settings}
