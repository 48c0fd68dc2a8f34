"""Which bounds of [certify] settings break on the days of a search, and by how much, as these days came out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from sandbox.base.bound import Bound
from sandbox.lab.operating import NINE_OF_TEN, NINETEEN_OF_TWENTY, delays, exposures
from sandbox.lab.result import Result
from sandbox.lab.variants import NULL
from sandbox.scenario.tables.certify import Certify

_T = TypeVar("_T")

LEAST = 1e-9
"""By how much a strict bound is broken where it is just reached."""


def breaches(table: Certify, days: Sequence[Mapping[str, Result]], *, began: int = 0) -> dict[str, float]:
    """By how much each bound that is stated is broken, 0 where it is kept: by the worst of the candidates it is about.

    A day has the flight of the null and of every harmful candidate; the ramp begins at `began`, in ns.
    """
    null = [day[NULL] for day in days]
    harmful = [[day[one] for day in days] for one in (days[0] if days else ()) if one != NULL]
    return {
        name: max((_beyond(bound, one) for one in found), default=0.0)
        for name, bound, found in (*_rates(table, null, harmful), *_most(table, null, harmful, began))
        if bound is not None
    }


Asked = Iterator[tuple[str, Bound | None, list[float]]]
"""A bound by its name, and what it is about, of every candidate that has it."""


def _rates(table: Certify, null: list[Result], harmful: list[list[Result]]) -> Asked:
    yield "false_rollback", table.false_rollback, _parts([null], lambda one: one.sent_back)
    yield "promoted", table.promoted, _parts([null], lambda one: one.promoted)
    yield "missed", table.missed, _parts(harmful, lambda one: not one.sent_back)
    paged = [[one for one in rows if one.pages] for rows in harmful]
    yield "alert_precision", table.alert_precision, _parts(paged, lambda one: one.true_pages == one.pages)
    harmed = [[one for one in rows if one.onset_at is not None] for rows in harmful]
    yield "alert_recall", table.alert_recall, _parts(harmed, lambda one: one.true_pages > 0)
    yield "pages", table.pages, [sum(one.pages for one in null) / len(null)] if null else []


def _most(table: Certify, null: list[Result], harmful: list[list[Result]], began: int) -> Asked:
    """Bounds that most flights must keep: what part of them does."""
    if (within := table.detected_within) is not None:
        parts = _parts(map(delays, harmful), lambda delay: delay <= within)
        yield "detected_within", Bound(sign=">=", number=NINE_OF_TEN), parts
    if (until := table.full_exposure_within) is not None:
        parts = _parts([exposures(null, began=began)], lambda exposure: exposure <= until)
        yield "full_exposure_within", Bound(sign=">=", number=NINE_OF_TEN), parts
    if (users := table.harmed_users) is not None:
        parts = _parts(harmful, lambda one: users.met(one.users))
        yield "harmed_users", Bound(sign=">=", number=NINETEEN_OF_TWENTY), parts


def _parts(groups: Iterable[Sequence[_T]], holds: Callable[[_T], bool]) -> list[float]:
    """The part of each group for which it holds; of nobody there is none."""
    return [sum(map(holds, group)) / len(group) for group in groups if group]


def _beyond(bound: Bound, value: float) -> float:
    return 0.0 if bound.met(value) else max(LEAST, abs(value - bound.number))
