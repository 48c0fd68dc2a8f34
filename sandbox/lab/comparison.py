"""What a comparison comes to, as a page."""

import math
from collections.abc import Iterator

from sandbox.base.units import counted, format_share
from sandbox.lab.compare import QUANTITIES, Compared, Difference, day_of, differing, mean_of, unlike
from sandbox.lab.intervals import Estimate
from sandbox.lab.provenance import provenance
from sandbox.lab.wording import Word, told_apart, words_of
from sandbox.report.charts import Lines, Series, Whiskers
from sandbox.report.exit_code import ExitCode
from sandbox.report.page import Block, Check, Page, Section, Table


def comparison(compared: Compared) -> Page:
    """The page of what is flown."""
    contest = compared.contest
    first, *others = contest.names
    sections = [Section(title=f"{name} against {first}", blocks=tuple(_against(compared, name))) for name in others]
    if len(others) > 1:
        sections.insert(0, Section(title="Side by side", blocks=(_side_by_side(compared),)))
    if not others:
        count = len(compared.rows(first))
        said = f"{counted(count, 'flight')}; --baseline holds a later one against them."
        sections = [Section(title=first, blocks=(said, _side_by_side(compared)))]
    failures = [one for one in compared.results.values() if one.failure]
    if failures:
        rows = tuple((one.candidate, str(one.seed), one.failure, one.repeat) for one in failures)
        table = Table(columns=("plan", "seed", "because", "repeat"), rows=rows, words=4)
        sections.insert(0, Section(title="Could not be flown", blocks=(table,)))
    sections.append(Section(title="How to read this", blocks=(
        "Differences are of the same seed, second minus first: both plans met the same day, request by request. "
        "Intervals are 95%; of what is checked against a baseline wider, so that all of it together is right on 95% of "
        "occasions; too few flights are those that cannot rule out that it is twice as bad. "
        "Until promoted, where both are: from the flight's begin until everybody is on the candidate and the last bake "
        "is over. Saved: how much less the difference varies than that of two separate samples would.",
    )))
    return Page(
        kind="compare", title=", ".join(contest.names) if len(others) > 1 else " against ".join((*others, first)),
        lead=f"{counted(contest.seeds, 'seed')} from {contest.first} on, every plan on each."
        f"{f' The baseline is {contest.held}.' if contest.held else ''}", sections=tuple(sections),
        exit_code=_code(compared, failed=bool(failures)), repeat=contest.repeat, data=_data(compared),
        because=_because(compared, failed=bool(failures)), of=provenance(*(plan for _, plan in contest.plans)),
    )


def _code(compared: Compared, *, failed: bool) -> ExitCode | None:
    """A rung only where there is a baseline: what got worse since."""
    if compared.contest.baseline is None:
        return ExitCode.INCONCLUSIVE if failed else None
    if any(one.regressed for name in compared.contest.names[1:] for one in compared.differences(name)):
        return ExitCode.REGRESSED
    missing = len(compared.pairs(compared.contest.names[-1])) < compared.contest.seeds
    return ExitCode.INCONCLUSIVE if failed or missing or _doubts(compared) else ExitCode.MET


def _doubts(compared: Compared) -> str:
    """What is worse by its own interval, but not by that which all quantities share; and what so few flights cannot
    tell.
    """
    found = [one for name in compared.contest.names[1:] for one in compared.differences(name)]
    perhaps = [one.quantity.name for one in found if one.perhaps]
    blind = [one for one in found if one.blind and not one.rare]
    said = [f"perhaps worse: {'; '.join(perhaps)}"] if perhaps else []
    if blind:
        said.append(f"too few flights to tell: {'; '.join(one.quantity.name for one in blind)}")
    if not said:
        return ""
    needs = [one.needs for one in blind]
    known = [one for one in needs if one is not None]
    seeds = f"about {max(known):,}" if known and len(known) == len(needs) and not perhaps else "more"
    return f"{', and '.join(said)}; a baseline of {seeds} seeds would tell"


def _because(compared: Compared, *, failed: bool) -> str:
    """What it comes to where the ladder's own words do not fit."""
    code = _code(compared, failed=failed)
    if code is None:
        return (
            "this compares and asserts nothing, whatever differs; --baseline FILE, an earlier --output json that has "
            "the plan, makes it a check"
        )
    if code is ExitCode.INCONCLUSIVE and (doubts := _doubts(compared)) and not failed:
        return f"inconclusive: {doubts}"
    if code is ExitCode.INCONCLUSIVE:
        return "inconclusive: not every flight could be flown"
    return "nothing is surely worse than in the baseline" if code is ExitCode.MET else ""


def _side_by_side(compared: Compared) -> Table:
    """A column a plan, and how each differs from the first."""
    first, *others = compared.contest.names
    moves = {name: {one.quantity.name: one for one in compared.differences(name)} for name in others}
    rows = []
    for quantity in QUANTITIES:
        means = [mean_of(quantity, compared.rows(name).values()) for name in (first, *others)]
        if not all(map(math.isnan, means)):
            word, moved = words_of(quantity.form)
            told = [_cell(word(mean), moves[name].get(quantity.name), moved)
                    for name, mean in zip(others, means[1:], strict=True)]
            rows.append((quantity.name, word(means[0]) or "—", *told))
    return Table(
        columns=("", first, *others), rows=tuple(rows),
        note=f"in brackets: minus {first}, of the same seeds; * where the 95% interval of that leaves 0 out, as one in "
        "twenty does by chance" if others else "",
    )


def _cell(mean: str, apart: Difference | None, moved: Word) -> str:
    if apart is None:
        return mean or "—"
    sure = apart.difference.low > 0.0 or apart.difference.high < 0.0
    return f"{mean} ({moved(apart.difference.value)}){'*' if sure else ''}"


def _against(compared: Compared, name: str) -> Iterator[Block]:
    contest, pairs = compared.contest, compared.pairs(name)
    same = sum(one.digest == other.digest for one, other in pairs)
    yield f"{counted(len(pairs), 'pair')}, {same:,} of them the same flight bit for bit."
    plans = dict(contest.plans)
    before = day_of(contest.plans[0][1]) if contest.baseline is None else contest.day_before
    if tables := unlike(before, day_of(plans[name])):
        yield f"The days differ, too, by {', '.join(tables)}: what differs here is of plan and day together."
    found = list(compared.differences(name))
    if contest.baseline is not None:
        more = f" by more than {format_share(contest.tolerance)}" if contest.tolerance else ""
        for one in found:
            if one.quantity.worse and not (one.rare and one.blind):
                yield _checked(one, more)
    yield Table(
        columns=("", contest.names[0], name, "difference", "saved by pairing", "pairs"),
        rows=tuple(_row(one) for one in found),
    )
    scaled = tuple(row for one in found if one.quantity.form == "count" and (row := _scaled(one)) is not None)
    if scaled:
        yield Whiskers(title="Differences, as parts of the first plan's mean", x="second minus first", rows=scaled)
    nets = [(float(one.net), float(other.net)) for one, other in pairs]
    if len(nets) > 1:
        yield Lines(
            title="Net harm of every seed", x=f"requests, {contest.names[0]}", y=f"requests, {name}",
            series=(Series(label="seeds", x=tuple(a for a, _ in sorted(nets)), y=tuple(b for _, b in sorted(nets)),
                           dots=True),),
        )


def _checked(one: Difference, more: str) -> Check:
    """Whether a quantity is worse than in the baseline, by `more`."""
    got = told_apart(one.strict, words_of(one.quantity.form)[1], moved=one.moved)
    if one.blind:
        return Check(name=one.quantity.name, want=f"too few flights to tell whether worse{more}", got=got,
                     state="inconclusive")
    state, want = (
        ("missed", "surely worse") if one.regressed else ("inconclusive", "perhaps worse") if one.perhaps
        else ("met", "not surely worse")
    )
    return Check(name=one.quantity.name, want=f"{want}{more}", got=got, state=state)


def _row(one: Difference) -> tuple[str, ...]:
    word, moved = words_of(one.quantity.form)
    saved = "" if math.isnan(one.saved) else f"{100 * one.saved:.0f}%"
    return (
        one.quantity.name, word(one.first), word(one.second), differing(one, moved), saved,
        f"{one.difference.n:,}",
    )


def _scaled(one: Difference) -> tuple[str, float, float, float] | None:
    scale = abs(one.first)
    if not scale or not math.isfinite(one.difference.width):
        return None
    told = one.difference
    return one.quantity.name, told.value / scale, told.low / scale, told.high / scale


def _data(compared: Compared) -> dict[str, object]:
    contest = compared.contest
    return {
        "days": {name: day_of(plan) for name, plan in contest.plans}, "first_seed": contest.first,
        "seeds": contest.seeds, "study": contest.study, "plans": list(contest.names),
        "differences": {
            name: [
                {
                    "quantity": one.quantity.name, "first": one.first, "second": one.second, "saved": one.saved,
                    "regressed": one.regressed, "blind": one.blind, **_ends(one.difference),
                }
                for one in compared.differences(name)
            ]
            for name in contest.names[1:]
        },
        "rows": [
            one.as_row() for name in contest.names if name != "baseline" for one in compared.rows(name).values()
        ],
    }


def _ends(one: Estimate) -> dict[str, float]:
    return {"difference": one.value, "low": one.low, "high": one.high, "pairs": one.n}
