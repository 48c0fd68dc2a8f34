"""What speaks against taking tuned settings as they are: that the search could not tell, or did not see enough."""

from collections.abc import Iterator

from sandbox.lab.frontier import Trial
from sandbox.lab.points import said
from sandbox.lab.tune import Tuned
from sandbox.lab.tuned_cost import against
from sandbox.lab.tuned_days import measures, moves
from sandbox.lab.variants import Setting, changed
from sandbox.lab.wording import plain
from sandbox.scenario.document import Document
from sandbox.scenario.lint.rules import findings
from sandbox.scenario.problems import dotted


def doubts(tuned: Tuned) -> Iterator[str]:
    """Each in a sentence or two."""
    best = tuned.best
    if best is None or not tuned.changes:
        return
    if alike(tuned):
        yield (
            f"Harm was {plain(best.score.harm)} with every setting that was tried: what is harmful here is dealt with "
            "alike whatever is set, so this tells nothing of what a looser setting lets through. State candidates that "
            "get further in [certify] degradations."
        )
    yield from _ends(tuned)
    yield from _warnings(tuned, best)
    yield from _other_days(tuned, best)
    yield from against(tuned)


def alike(tuned: Tuned) -> bool:
    """Whether harm was asked about and no setting made a difference to it."""
    trials = tuned.trials
    asked = tuned.search.objective != "exposure"
    return asked and len(trials) > 1 and len({(one.score.harm, one.score.missed) for one in trials}) == 1


def _ends(tuned: Tuned) -> Iterator[str]:
    for one in tuned.search.ranges:
        for setting in () if one.choices else one.ends:
            if setting in tuned.changes:
                yield f"{setting} is an end of what was searched: what lies beyond may be better."


def _warnings(tuned: Tuned, best: Trial) -> Iterator[str]:
    """What `greenroom check` warns of in the tuned plan, and not in the plan as written."""
    known = set(_found(tuned.search.plan.document))
    for (rule, path), why in _found(changed(tuned.search.plan, best.settings).document).items():
        if (rule, path) not in known:
            yield f"greenroom check warns of it, and not of the plan as written: {rule}, {path}: {why}."


def _found(document: Document) -> dict[tuple[str, str], str]:
    return {(one.rule, dotted(one.path)): one.because for one in findings(document)}


def _other_days(tuned: Tuned, best: Trial) -> Iterator[str]:
    asked = [one for one in moves(tuned) if tuned.search.objective in one.measure.objectives]
    for one in asked:
        if one.surely == "more":
            yield f"On days that the search did not see it is surely worse: {one.measure.name}."
    if asked and not any(one.surely for one in asked):
        yield (
            "On days that the search did not see it is not surely better than the plan as written; more --held-out "
            "would tell."
        )
    harm, exposure, *_ = measures(tuned)
    seeds = tuned.search.other_days
    here = tuned.trial(best.settings, seeds)
    for other in tuned.finalists:
        there = tuned.trial(other.settings, seeds)
        if here and there and all(one.of(there.score) < one.of(here.score) for one in (harm, exposure)):
            yield f"On those days {_named(other.settings)} was better in both harm and time, if not surely."


def _named(settings: tuple[Setting, ...]) -> str:
    return said(settings) or "the plan as written"
