"""What a screening comes to, as a page: where the plan breaks first, a tornado, and what assumptions do together."""

import math
from collections.abc import Iterator

from sandbox.lab.compare import QUANTITIES, Quantity, differing
from sandbox.lab.elementary import Effect
from sandbox.lab.screen import AS_WRITTEN, Place, Screened
from sandbox.lab.wording import Word, words_of
from sandbox.report.charts import Tornado
from sandbox.report.exit_code import ExitCode
from sandbox.report.page import Block, Page, Section, Table


def sensitivity(screened: Screened, *, quantity: Quantity) -> Page:
    """The page of what is flown, drawn for one quantity."""
    screening = screened.screening
    failures = [one for one in screened.results.values() if one.failure]
    sections = [
        Section(title="Where the plan breaks first", blocks=tuple(_breaks(screened))),
        Section(title=f"One at a time: {quantity.name}", blocks=tuple(_alone(screened, quantity))),
    ]
    if screening.walks:
        sections.append(Section(title=f"All at once: {quantity.name}", blocks=tuple(_together(screened, quantity))))
    if failures:
        rows = tuple((one.candidate, str(one.seed), one.failure, one.repeat) for one in failures)
        table = Table(columns=("world", "seed", "because", "repeat"), rows=rows, words=4)
        sections.insert(0, Section(title="Could not be flown", blocks=(table,)))
    return Page(
        kind="sensitivity", title=f"{screening.plan.name}: which assumption matters",
        lead=f"{len(screening.ranges):,} assumptions about the world, {len(screening.places):,} worlds, each on the "
        f"same {screening.seeds:,} seeds from {screening.first} on; the plan is the same in all of them.",
        sections=tuple(sections), exit_code=ExitCode.INCONCLUSIVE if failures else None,
        repeat=screening.repeat,
        data=_data(screened),
    )


def _breaks(screened: Screened) -> Iterator[Block]:
    rows = screened.rows(AS_WRITTEN).values()
    asked = any(one.met is not None for one in rows)
    holding = "most seeds meet what [expect] says" if asked else "most seeds end as most do as the file is written"
    if not screened.holds(AS_WRITTEN):
        yield f"It does not hold as it is written: not that {holding}. Mend the plan, or what it expects, first."
        return
    breaks = screened.breaks
    if breaks:
        yield Table(
            columns=("assumption", "as written", "holds up to", "breaks at", "times"), words=1,
            rows=tuple(
                (one.key, one.as_written, one.holds, one.breaks, "" if math.isinf(one.times) else f"×{one.times:.3g}")
                for one in breaks
            ),
        )
    steady = [one.key for one in screened.screening.ranges if one.key not in {found.key for found in breaks}]
    if steady:
        yield f"It holds over the whole range of {', '.join(steady)}."
    yield f"To hold means that {holding}. The smallest change comes first."


def _alone(screened: Screened, quantity: Quantity) -> Iterator[Block]:
    word, moved = words_of(quantity.form)
    written = screened.mean(quantity, AS_WRITTEN)
    bars = [
        (one.key, screened.mean(quantity, places[0].name), screened.mean(quantity, places[-1].name))
        for one, places in screened.screening.around if places
    ]
    bars.sort(key=lambda bar: -max(bar[1:], default=0.0) + min(bar[1:], default=0.0))
    known = tuple((name, low, high) for name, low, high in bars if math.isfinite(low) and math.isfinite(high))
    if known and math.isfinite(written):
        yield Tornado(title=f"{quantity.name}, at either end", x="mean of a flight", centre=written, rows=known)
    yield f"As written: {word(written)}." if math.isfinite(written) else "No flight as written has it."
    yield Table(
        columns=("assumption", "set to", "mean", "than as written", "holds"), words=2,
        rows=tuple(
            (one.key, place.settings[0].value, word(screened.mean(quantity, place.name)),
             _than(screened, quantity, place, moved), "yes" if screened.holds(place.name) else "no")
            for one, places in screened.screening.around for place in places
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
        columns=("assumption", "effect", "give or take", "spread", ""), words=1,
        rows=tuple((one.key, word(one.absolute), word(one.within), word(one.spread), _read(one)) for one in effects),
        note="Effect: the mean, from many places, of how far going through its whole range moves the mean flight "
        "(Morris 1991, Campolongo 2007). Where it spreads more than it is large, it depends on the others.",
    )


def _read(effect: Effect) -> str:
    if effect.absolute <= effect.within:
        return "not told from nothing"
    return "depends on the others" if effect.spread > effect.absolute else "much the same everywhere"


def _data(screened: Screened) -> dict[str, object]:
    screening = screened.screening
    return {
        "first_seed": screening.first, "seeds": screening.seeds, "study": screening.study,
        "holds_as_written": screened.holds(AS_WRITTEN),
        "breaks": [
            {"key": one.key, "as_written": one.as_written, "holds": one.holds, "breaks": one.breaks}
            for one in screened.breaks
        ],
        "alone": [
            {
                "key": one.key, "value": place.settings[0].value, "holds": screened.holds(place.name),
                **{each.name: _known(screened.mean(each, place.name)) for each in QUANTITIES},
            }
            for one, places in screening.around for place in places
        ],
        "effects": {
            each.name: [
                {"key": one.key, "effect": one.absolute, "within": one.within, "spread": one.spread} for one in found
            ]
            for each in QUANTITIES if (found := screened.effects(each)) is not None
        },
        "ranges": [str(one) for one in screening.ranges],
        "rows": [one.as_row() for one in screened.results.values()],
    }


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
