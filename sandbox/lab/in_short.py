"""What a certificate comes to, in sentences: how the null and the candidate fared, who was let through, and whether
rates are known as well as was asked.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sandbox.base.units import counted, format_share
from sandbox.lab.bounds import state_of, wants
from sandbox.lab.certify import Flown, vaguest
from sandbox.lab.intervals import seeds_for_width
from sandbox.lab.operating import Characteristics
from sandbox.lab.variants import AS_WRITTEN, NULL
from sandbox.lab.wording import points, rounded_up
from sandbox.scenario.tables.certify import Certify

_ASKED = {
    "missed": "Harmful, and not rolled back as often as was asked",
    "inconclusive": "Harmful, and too few seeds to tell whether they are rolled back as often as was asked",
    "met": "Harmful, and rolled back as often as was asked",
}
_UNASKED = {
    "few": "Harmful, and kept in most flights", "most": "Harmful, and rolled back in most flights, not in all",
    "all": "Harmful, and rolled back in every flight",
}


def in_short(flown: Flown, found: Sequence[Characteristics], tables: Mapping[str, Certify]) -> Iterator[str]:
    """The null first, then the candidate as written, then whoever is harmful by how it fared; `tables` by setting."""
    found = [one for one in found if one.flights]
    for one in found:
        if one.kind == NULL:
            yield f"A candidate just like the incumbent{_under(one)} is {_fared(one)}."
    for one in found:
        if one.kind == AS_WRITTEN and not one.harmful:
            yield f"The candidate as written{_under(one)} is {_fared(one)}."
    groups: dict[str, list[Characteristics]] = {}
    for one in found:
        if one.harmful:
            groups.setdefault(_group(one, tables.get(one.setting)), []).append(one)
    for said in sorted(groups, key=_gravest):
        yield f"{said}: {', '.join(map(_hit, groups[said]))}."
    sent_back = [one for one in found if one.kind == "degraded" and not one.harmful and one.rolled_back.value >= 0.5]
    if sent_back:
        yield f"Not harmful, and yet rolled back in most: {', '.join(map(_hit, sent_back))}."
    yield from _precision(flown)


def _fared(one: Characteristics) -> str:
    """How often it was rolled back and promoted, and how far it got where it was neither."""
    promoted = f"{_count(one.promoted.value * one.flights)} of {one.flights:,}"
    said = f"rolled back in {_sent_back(one)}, promoted in {promoted}"
    left = [_left(share, count) for share, count in sorted(Counter(one.left_at).items())]
    return f"{said}: {', '.join(left)}" if left else said


def _left(share: float, count: int) -> str:
    if share == 1.0:
        return f"{count:,} {'has' if count == 1 else 'have'} everybody when the flight ends"
    return f"{count:,} never {'leaves' if count == 1 else 'leave'} {format_share(share) if share else 'shadow'}"


def _group(one: Characteristics, table: Certify | None) -> str:
    if table is not None and table.missed is not None:
        return f"{_ASKED[state_of(table.missed, one.wrong)]} (missed {wants(table)['missed']})"
    rate = one.rolled_back.value
    return _UNASKED["all" if rate == 1.0 else "most" if rate >= 0.5 else "few"]


def _gravest(said: str) -> int:
    return next(place for place, one in enumerate((*_ASKED.values(), *_UNASKED.values())) if said.startswith(one))


def _hit(one: Characteristics) -> str:
    return f"{one.candidate}{_under(one)} ({_sent_back(one)} rolled back)"


def _sent_back(one: Characteristics) -> str:
    return f"{_count(one.rolled_back.value * one.flights)} of {one.flights:,}"


def _count(value: float) -> str:
    return f"{round(value):,}"


def _under(one: Characteristics) -> str:
    return f" [{one.setting}]" if one.setting else ""


def _precision(flown: Flown) -> Iterator[str]:
    """Why flying ended where it did, where it was to end at a precision."""
    within, seeds = flown.order.precision, flown.seeds
    if within is None or (one := vaguest(flown, seeds=seeds)) is None:
        return
    width, asked = points(one.wrong.width), points(within)
    if one.wrong.width <= within:
        yield (
            f"Every rate of wrong decisions is known to within {width}, and {asked} was asked: flying ended at seed "
            f"{seeds:,} of {flown.order.seeds:,}."
        )
        return
    ended = "the seeds ran out" if seeds >= flown.order.seeds else f"{seeds:,} of {flown.order.seeds:,} seeds are flown"
    yield (
        f"The precision of {asked} was not reached: {ended}, and how often {one.candidate}{_under(one)} is dealt with "
        f"wrongly {_known(one, within)}."
    )


def _known(one: Characteristics, within: float) -> str:
    if not one.wrong.n:
        return "nobody knows: none of its flights could be flown"
    more = seeds_for_width(one.wrong, within)
    would = f"; about {rounded_up(more):,} seeds would do" if more is not None else ""
    return f"is known to within {points(one.wrong.width)} from {counted(one.flights, 'flight')}{would}"
