"""Which bounds on shares settings break on the days of a search, and by how much, as these days came out."""

from collections.abc import Mapping, Sequence

from sandbox.base.bound import Bound
from sandbox.lab.result import Result
from sandbox.lab.variants import NULL
from sandbox.scenario.tables.certify import Certify

LEAST = 1e-9
"""By how much a strict bound is broken where it is just reached."""


def breaches(table: Certify, days: Sequence[Mapping[str, Result]]) -> dict[str, float]:
    """By how much each bound that is stated is broken, 0 where it is kept: by the worst of the candidates it is about.

    A day has the flight of the null and of every harmful candidate.
    """
    harmful = [one for one in (days[0] if days else ()) if one != NULL]
    rates: tuple[tuple[str, Bound | None, list[float]], ...] = (
        ("false_rollback", table.false_rollback, [_part([day[NULL].sent_back for day in days])]),
        ("promoted", table.promoted, [_part([day[NULL].promoted for day in days])]),
        ("missed", table.missed, [_part([not day[one].sent_back for day in days]) for one in harmful]),
    )
    return {
        name: max((_beyond(bound, one) for one in found), default=0.0)
        for name, bound, found in rates if bound is not None
    }


def _part(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _beyond(bound: Bound, rate: float) -> float:
    return 0.0 if bound.met(rate) else max(LEAST, abs(rate - bound.number))
