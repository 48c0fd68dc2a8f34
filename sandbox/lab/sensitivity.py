"""What a screening comes to, as a page: where the plan breaks first, a tornado, and what assumptions do together."""

import math
from collections.abc import Iterator

from sandbox.base.units import counted
from sandbox.lab.compare import QUANTITIES, Quantity, differing
from sandbox.lab.elementary import Effect
from sandbox.lab.provenance import provenance
from sandbox.lab.ranges import Range
from sandbox.lab.screen import Break, Screened, State
from sandbox.lab.screening import AS_WRITTEN, Place
from sandbox.lab.wording import Word, percent, words_of
from sandbox.report.charts import Bar, Tornado
from sandbox.report.exit_code import ExitCode
from sandbox.report.page import Block, Page, Section, Table

FEW = 4
"""Fewer walks, or seeds, than this say little."""

_PLAN: dict[State, str] = {"holds": "holds", "wrong": "is wrong", "no longer due": "rightly ends otherwise"}

SAME = 0.5
"""An effect that spreads by no more than this part of itself is much the same everywhere."""


def sensitivity(screened: Screened, *, quantity: Quantity) -> Page:
    """The page of what is flown, drawn for one quantity."""
    screening = screened.screening
    worlds = {*(one.name for one in screening.places), *(one.name for _, all_ in screened.around for one in all_)}
    failures = [one for one in screened.results.values() if one.failure]
    sections = [
        Section(title="Where the plan breaks first", blocks=tuple(_breaks(screened))),
        Section(title=f"One at a time: {quantity.name}", blocks=tuple(_alone(screened, quantity))),
    ]
    if screened.no_longer_due:
        blocks = tuple(_no_longer_due(screened))
        sections.insert(1, Section(title="Where the candidate no longer is what was expected", blocks=blocks))
    if screening.walks:
        sections.append(Section(title=f"All at once: {quantity.name}", blocks=tuple(_together(screened, quantity))))
    if failures:
        rows = tuple((one.candidate, str(one.seed), one.failure, one.repeat) for one in failures)
        table = Table(columns=("world", "seed", "because", "repeat"), rows=rows, words=4)
        sections.insert(0, Section(title="Could not be flown", blocks=(table,)))
    return Page(
        kind="sensitivity", title=f"{screening.plan.name}: which assumption matters",
        lead=f"{counted(len(screening.ranges), 'assumption')}, {counted(len(worlds), 'world')}, each on "
        f"{'the same ' if screening.seeds > 1 else ''}{counted(screening.seeds, 'seed')} from {screening.first} on. "
        f"Only these are moved, and their tails with them: {', '.join(map(_spanned, screening.ranges))}.",
        sections=tuple(sections), exit_code=ExitCode.INCONCLUSIVE if failures else None,
        repeat=screening.repeat, of=provenance(screening.plan),
        data=_data(screened),
    )


def _breaks(screened: Screened) -> Iterator[Block]:
    rows = list(screened.rows(AS_WRITTEN).values())
    asked = any(one.met is not None for one in rows)
    holding = "most seeds meet what [expect] says" if asked else "most seeds end as most do as the file is written"
    if not screened.holds(AS_WRITTEN):
        met = sum(one.met is True for one in rows)
        meet = f"{met:,} of {counted(len(rows), 'seed')} meet what [expect] says; " if asked else ""
        yield (
            f"It does not hold as it is written: {meet}{screened.ends(AS_WRITTEN)}. Mend the plan, or what it expects, "
            "first."
        )
        return
    breaks, due = screened.breaks, screened.no_longer_due
    if breaks:
        yield _turns(breaks, "breaks")
    moved = {one.key for one in (*breaks, *due)}
    steady = [one for one in screened.screening.ranges if one.key not in moved]
    if steady:
        yield f"It holds over all that was flown of {', '.join(map(_spanned, steady))}."
    if due and not breaks:
        yield "It is wrong nowhere that was flown."
    yield (
        f"To hold means that {holding}; to break, that most are wrong: they promote what is harmful there, do not "
        "promote what is better, or end otherwise than that though the candidate is what it is as written. Where "
        "between the two values it breaks was not flown; times are both as parts of what is written, and the smallest "
        "change that may break it comes first."
    )
    if len(rows) < FEW:
        yield f"Most of {counted(len(rows), 'seed')} is little evidence; fly more --seeds."


def _turns(found: list[Break], column: str) -> Table:
    return Table(
        columns=("assumption", "as written", column, "times", "where it ends", "the candidate there"), words=1,
        rows=tuple((one.key, one.as_written, one.where, _times(one), one.ends, str(one.due)) for one in found),
    )


def _times(one: Break) -> str:
    if one.choice or not all(map(math.isfinite, one.times)):
        return ""
    low, high = sorted(one.times)
    return f"×{low:.3g} to ×{high:.3g}"


def _no_longer_due(screened: Screened) -> Iterator[Block]:
    """Where the candidate no longer deserves what is expected, and the plan does what it deserves."""
    screening = screened.screening
    yield _turns(screened.no_longer_due, "changes")
    yield (
        "Here most flights no longer end as is expected, and should not: the plan is right, and the candidate another. "
        f"What it is, is told by {counted(len(screening.unstopped_days), 'flight')} of each world in which everybody "
        "has it and nobody decides: better where it serves more requests better than worse in every one, harmful where "
        f"more than plan.acceptable_harm, {percent(screening.plan.document.plan.acceptable_harm)}, are served worse, "
        f"net, else neither. As written it is {screened.due(AS_WRITTEN)}."
    )


def _alone(screened: Screened, quantity: Quantity) -> Iterator[Block]:
    word, moved = words_of(quantity.form)
    written = screened.mean(quantity, AS_WRITTEN)
    bars = [
        Bar(
            name=one.key, low=screened.mean(quantity, places[0].name), high=screened.mean(quantity, places[-1].name),
            ends=(places[0].settings[0].value, places[-1].settings[0].value),
        )
        for one, places in screened.around if places
    ]
    bars.sort(key=lambda one: -abs(one.high - one.low))
    known = tuple(one for one in bars if math.isfinite(one.low) and math.isfinite(one.high))
    if known and math.isfinite(written):
        better = {"more": ", further left is better", "less": ", further right is better", "": ""}[quantity.worse]
        yield Tornado(
            title=f"{quantity.name}, at either end", x=f"mean of a flight{better}", centre=written, rows=known
        )
    yield f"As written: {word(written)}." if math.isfinite(written) else "No flight as written has it."
    yield Table(
        columns=("assumption", "set to", "mean", "against as written", "the plan", "the candidate there"), words=2,
        rows=tuple(
            (one.key, place.settings[0].value, word(screened.mean(quantity, place.name)),
             _than(screened, quantity, place, moved), _PLAN[screened.state(place.name)], str(screened.due(place.name)))
            for one, places in screened.around for place in places
        ),
        note="Differences are of the same seeds, with 95% intervals.",
    )


def _than(screened: Screened, quantity: Quantity, place: Place, word: Word) -> str:
    found = screened.difference(quantity, place.name)
    return "—" if found is None else differing(found, word)


def _together(screened: Screened, quantity: Quantity) -> Iterator[Block]:
    effects = screened.effects(quantity)
    if effects is None:
        yield f"In some of these worlds no flight has it ({quantity.name}), so it cannot be screened."
        return
    word = words_of(quantity.form)[1]
    yield Table(
        columns=("assumption", "effect", "give or take", "spread", "which says"), words=1,
        rows=tuple((one.key, word(one.absolute), *_sure(one, screened.screening.walks, word)) for one in effects),
        note="Effect: the mean, from many places, of how far going through its whole range moves the mean flight, "
        "whichever way (Morris 1991, Campolongo 2007); elsewhere the others are not as written, so it may differ from "
        "what one at a time tells.",
    )


def _sure(effect: Effect, walks: int, word: Word) -> tuple[str, str, str]:
    """How well it is known: two or three walks tell neither how much it varies nor how far it is out."""
    if walks < FEW:
        return "—", "—", "too few walks to say more"
    return word(effect.within), word(effect.spread), _read(effect)


def _read(effect: Effect) -> str:
    if effect.absolute <= effect.within:
        return "not told from nothing"
    if effect.spread > effect.absolute:
        return "depends on the others"
    return "much the same everywhere" if effect.spread <= SAME * effect.absolute else "differs from place to place"


def _spanned(one: Range) -> str:
    """An assumption and how far it was moved."""
    return f"{one.key} ({(', ' if one.choices else ' to ').join(end.value for end in one.ends)})"


def _data(screened: Screened) -> dict[str, object]:
    screening = screened.screening
    return {
        "first_seed": screening.first, "seeds": screening.seeds, "study": screening.study,
        "holds_as_written": screened.holds(AS_WRITTEN),
        "breaks": list(map(_turn, screened.breaks)), "no_longer_due": list(map(_turn, screened.no_longer_due)),
        "candidate_as_written": screened.due(AS_WRITTEN).candidate,
        "alone": [
            {
                "key": one.key, "value": place.settings[0].value, "holds": screened.holds(place.name),
                "plan": screened.state(place.name), "candidate": screened.due(place.name).candidate,
                "effect": _known(screened.due(place.name).effect),
                **{each.name: _known(screened.mean(each, place.name)) for each in QUANTITIES},
            }
            for one, places in screened.around for place in places
        ],
        "effects": {
            each.name: [
                {"key": one.key, "effect": one.absolute, "within": one.within, "spread": one.spread} for one in found
            ]
            for each in QUANTITIES if (found := screened.effects(each)) is not None
        },
        "ranges": [str(one) for one in screening.ranges],
        "rows": [one.as_row() for _, one in sorted(screened.results.items())],
    }


def _turn(one: Break) -> dict[str, object]:
    return {
        "key": one.key, "as_written": one.as_written, "holds": one.holds, "breaks": one.breaks,
        "times": list(map(_known, one.times)), "ends": one.ends, "candidate": one.due.candidate,
        "effect": _known(one.due.effect),
    }


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
