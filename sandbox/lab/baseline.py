"""A baseline: one plan of an earlier comparison, as `--output json` told it; whatever else a file holds is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from sandbox.lab.result import Result

MOST = 100_000
"""From the first seed to the last are no more than anybody flies."""

LARGEST = 2.0**63
"""No flight has so many nanoseconds, or so many of anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The flights of one plan, and the fingerprints of its day, as far as the file has them."""

    plan: str
    flights: tuple[Result, ...]
    day: dict[str, str]


_ROWS = TypeAdapter(Annotated[list[Result], Field(min_length=1)])
_DAYS = TypeAdapter(dict[str, dict[str, str]])


def baseline_of(document: Any, names: Sequence[str]) -> Baseline:
    """The plan of an earlier comparison that has the first of these names that any has; raises ValueError."""
    if not isinstance(document, dict) or document.get("kind") != "compare" or not document.get("rows"):
        raise ValueError("is no comparison; make one with: greenroom compare SCENARIO --output json -o FILE")
    rows = _read(_ROWS, document["rows"], "rows")
    for place, row in enumerate(rows):
        for name, value in row.as_row().items():
            if isinstance(value, int | float) and not abs(value) < LARGEST:
                raise ValueError(f"is damaged at rows.{place}.{name}: no flight has {value:g} of it")
    days = _read(_DAYS, document.get("days", {}), "days")
    plans = dict.fromkeys(one.candidate for one in rows)
    plan = next((name for name in names if name in plans), None)
    if plan is None:
        had = ", ".join(f'"{one}"' for one in plans)
        raise ValueError(f'has no plan "{names[0]}" to hold this against; it has {had}')
    flights = tuple(one for one in rows if one.candidate == plan and not one.failure)
    if not flights:
        raise ValueError(f'none of the flights of "{plan}" could be flown; make another')
    seeds = [one.seed for one in flights]
    if min(seeds) < 0 or max(seeds) - min(seeds) >= MOST:
        raise ValueError(f"is damaged at rows: its seeds go from {min(seeds)} to {max(seeds)}")
    return Baseline(plan=plan, flights=flights, day=days.get(plan, {}))


def _read(adapter: TypeAdapter[Any], value: Any, where: str) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join((where, *map(str, first["loc"])))
        said = first["msg"].lower().removesuffix(" or an instance of result")
        raise ValueError(f"is damaged at {place}: {said}") from None
