"""Whether many flights kept what `[certify]` states: met only if the whole interval is inside, missed only if the whole
interval is outside, and otherwise open, with the seeds it would take to tell.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sandbox.base.bound import Bound
from sandbox.base.units import format_duration
from sandbox.lab.intervals import Estimate, seeds_for, seeds_for_mean, share
from sandbox.lab.operating import NINE_OF_TEN, NINETEEN_OF_TWENTY, Characteristics
from sandbox.lab.wording import Word, estimated, percent, plain, rounded_up
from sandbox.report.page import Check
from sandbox.scenario.tables.certify import Certify, format_share_bound

_GRAVEST = ("missed", "inconclusive", "met")


@dataclass(frozen=True, slots=True)
class _Answer:
    """One bound on one candidate: what came out, whether the interval keeps it, how far `beyond` the bound the estimate
    is, less than 0 where it keeps it, and what more there is to tell.
    """

    who: str
    got: str
    state: str
    beyond: float
    figure: str
    more: str = ""


def checks(table: Certify, found: Sequence[Characteristics], *, sequential: bool) -> Iterator[Check]:
    """Each bound that the table states, judged on every candidate that it is about; the worst of them is told."""
    wanted = wants(table)
    nulls = [one for one in found if one.kind == "null"]
    harmful = [one for one in found if one.harmful]
    bounds: tuple[tuple[str, Bound | None, list[Characteristics], Callable[[Characteristics], Estimate]], ...] = (
        ("false_rollback", table.false_rollback, nulls, lambda one: one.rolled_back),
        ("promoted", table.promoted, nulls, lambda one: one.promoted),
        ("missed", table.missed, harmful, lambda one: one.wrong),
        ("alert_precision", table.alert_precision, harmful, lambda one: one.precision),
        ("alert_recall", table.alert_recall, harmful, lambda one: one.recall),
    )
    for name, bound, about, estimate in bounds:
        if bound is not None:
            yield _worst(name, wanted[name], [
                _share(one, estimate(one), bound, sequential=sequential) for one in about
            ])
    yield from _within(table, nulls, harmful, sequential=sequential)
    if table.pages is not None:
        yield _worst("pages", wanted["pages"], [_mean(one, one.pages, table.pages) for one in nulls])


def wants(table: Certify) -> dict[str, str]:
    """What each bound that is stated asks for, in words."""
    rates = ("false_rollback", "promoted", "missed", "alert_precision", "alert_recall")
    said = {name: format_share_bound(bound) for name in rates if (bound := getattr(table, name)) is not None}
    for name in ("detected_within", "full_exposure_within"):
        if (within := getattr(table, name)) is not None:
            to = " to promotion" if name == "full_exposure_within" else ""
            said[name] = f"{format_duration(within)}{to} in 9 of 10"
    if table.harmed_users is not None:
        said["harmed_users"] = f"{table.harmed_users} in 19 of 20"
    if table.pages is not None:
        said["pages"] = str(table.pages)
    return said


def _within(
    table: Certify, nulls: list[Characteristics], harmful: list[Characteristics], *, sequential: bool
) -> Iterator[Check]:
    """Bounds on most flights: the part of flights that keep them is a share with an interval of its own."""
    wanted = wants(table)
    if table.detected_within is not None:
        limit = float(table.detected_within)
        yield _worst("detected_within", wanted["detected_within"], [
            _most(one, one.delays, lambda value: value <= limit, NINE_OF_TEN, sequential=sequential)
            for one in harmful if one.delays
        ])
    if table.full_exposure_within is not None:
        until = float(table.full_exposure_within)
        yield _worst("full_exposure_within", wanted["full_exposure_within"], [
            _most(one, one.exposures, lambda value: value <= until, NINE_OF_TEN, sequential=sequential)
            for one in nulls
        ])
    if (bound := table.harmed_users) is not None:
        yield _worst("harmed_users", wanted["harmed_users"], [
            _most(one, one.crowds, bound.met, NINETEEN_OF_TWENTY, sequential=sequential)
            for one in harmful
        ])


def _worst(name: str, want: str, asked: list[_Answer]) -> Check:
    if not asked:
        return Check(name=name, want=want, got="no candidate that it is about was flown", state="inconclusive")
    gravest = sorted(asked, key=lambda one: (_GRAVEST.index(one.state), -one.beyond))
    worst, others = gravest[0], [one for one in gravest[1:] if one.state == gravest[0].state]
    also = ", ".join(f"{one.who} ({one.figure})" if one.figure else one.who for one in others)
    more = f"; {worst.state}, too: {also}" if also and worst.state != "met" else ""
    return Check(name=name, want=want, got=f"{worst.who}: {worst.got}{worst.more}{more}", state=worst.state)


def state_of(bound: Bound, estimate: Estimate) -> str:
    """Whether the whole interval, nothing of it, or a part of it keeps a bound."""
    if not estimate.n:
        return "inconclusive"
    kept = [bound.met(end) for end in (estimate.low, estimate.high)]
    return "met" if all(kept) else "inconclusive" if any(kept) else "missed"


def _share(one: Characteristics, estimate: Estimate, bound: Bound, *, sequential: bool) -> _Answer:
    more = seeds_for(estimate, bound.number, sequential=sequential)
    return _answer(one, estimate, bound, word=percent, more=more)


def _mean(one: Characteristics, estimate: Estimate, bound: Bound) -> _Answer:
    return _answer(one, estimate, bound, word=plain, more=seeds_for_mean(estimate, bound.number))


def _most(
    one: Characteristics, values: tuple[float, ...], kept: Callable[[float], bool], part: float, *,
    sequential: bool,
) -> _Answer:
    estimate = share(sum(map(kept, values)), len(values), sequential=sequential)
    more = seeds_for(estimate, part, sequential=sequential)
    found = _answer(one, estimate, Bound(sign=">=", number=part), word=percent, more=more)
    return replace(found, got=f"in {found.got} of flights", figure=f"in {found.figure}")


def _answer(one: Characteristics, estimate: Estimate, bound: Bound, *, word: Word, more: int | None) -> _Answer:
    state = state_of(bound, estimate)
    return _Answer(
        _who(one), estimated(estimate, word), state, beyond=_beyond(bound, estimate), figure=word(estimate.value),
        more=_told(state, more),
    )


def _beyond(bound: Bound, estimate: Estimate) -> float:
    """How far from the bound, on its wrong side; what was never counted is nearer to none than anything counted."""
    if not estimate.n:
        return -math.inf
    away = estimate.value - bound.number
    return abs(away) if bound.sign == "=" else -away if bound.sign.startswith(">") else away


def _who(one: Characteristics) -> str:
    return f"{one.candidate}{f' [{one.setting}]' if one.setting else ''}"


def _told(state: str, more: int | None) -> str:
    if state != "inconclusive":
        return ""
    return "; no number of seeds would tell" if more is None else f"; about {rounded_up(more):,} seeds would tell"
