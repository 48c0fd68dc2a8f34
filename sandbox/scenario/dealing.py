"""Dealing: from a family and a seed to one scenario, in which the case stands as if it had always been written there.

The seed draws the case, then each value of it by a stream of its own, and is the seed of the flight as well: one number
repeats the whole drill.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sandbox.base.streams import stream

BETWEEN, ONE_OF = "between", "one_of"
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(\D*)")

Raw = dict[str, Any]
Pick = Callable[[str, Raw], Any]
"""From the place of a draw and its table to the value."""


def drawn_case(cases: list[Raw], *, seed: int) -> int:
    """Which case a seed deals."""
    weights = [float(case.get("weight", 1.0)) for case in cases]
    at = float(stream(seed, "drill.case").random()) * sum(weights)
    for index, weight in enumerate(weights):
        at -= weight
        if at < 0.0:
            return index
    return len(cases) - 1


def dealt(raw: Raw, case: int, *, seed: int) -> Raw:
    """The scenario of a family, as plain values, with one case in it and its values drawn by the seed."""
    return _with(raw, case, lambda place, draw: _drawn(draw, seed=seed, place=place), seed=seed)


def corners(raw: Raw) -> Iterator[tuple[int, Raw]]:
    """Each case with its draws at their ends: where all of those are valid, so is what lies between."""
    for index, case in enumerate(raw["drill"]["cases"]):
        for corner in range(max([2, *(len(options) for options in _options(case))])):
            yield index, _with(raw, index, partial(_end, corner))


def _with(raw: Raw, index: int, pick: Pick, *, seed: int | None = None) -> Raw:
    case = raw["drill"]["cases"][index]
    scenario = {key: value for key, value in raw.items() if key != "drill"}
    for table in ("faults", "drift"):
        more = [_settled(one, pick, f"{index}.{table}.{number}") for number, one in enumerate(case.get(table, []))]
        if more:
            scenario[table] = [*scenario.get(table, []), *more]
    scenario = _merged(scenario, _settled(case.get("set", {}), pick, f"{index}.set"))
    return scenario if seed is None else scenario | {"scenario": scenario["scenario"] | {"seed": seed}}


def _settled(value: Any, pick: Pick, place: str) -> Any:
    """A value with everything drawn that is to be drawn."""
    if _is_draw(value):
        return pick(place, value)
    if isinstance(value, dict):
        return {key: _settled(one, pick, f"{place}.{key}") for key, one in value.items()}
    if isinstance(value, list):
        return [_settled(one, pick, f"{place}.{number}") for number, one in enumerate(value)]
    return value


def _is_draw(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((key, ends),) = value.items()
    return isinstance(ends, list) and ((key == ONE_OF and len(ends) > 0) or (key == BETWEEN and len(ends) == 2))


def _drawn(draw: Raw, *, seed: int, place: str) -> Any:
    luck = float(stream(seed, f"drill.{place}").random())
    if ONE_OF in draw:
        return draw[ONE_OF][int(luck * len(draw[ONE_OF]))]
    low, high = draw[BETWEEN]
    if isinstance(low, str):
        (first, unit), (last, _) = _measured(low), _measured(high)
        return f"{_between(first, last, luck):.6g}{unit}"
    return _between(low, high, luck)


def _between(low: float, high: float, luck: float) -> float:
    """A number from low to high, as fine as both are written or a hundredth of the way."""
    if isinstance(low, int) and isinstance(high, int) and high - low >= 10:
        return low + int(luck * (high - low + 1))
    return round(low + luck * (high - low), 3)


def _measured(text: str) -> tuple[float, str]:
    """A number and its unit; (0, the text) where it is none, which the reader of the scenario will complain of."""
    match = _NUMBER.fullmatch(text.strip())
    return (float(match[1]), match[2]) if match else (0.0, text)


def unlike(raw: Raw) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Draws whose two ends are no two numbers of one unit, as (path within the case's table, what to do)."""
    for index, case in enumerate(raw["drill"]["cases"]):
        for table in ("faults", "drift", "set"):
            yield from _unlike(case.get(table, []), ("drill", "cases", index, table))


def _unlike(value: Any, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if _is_draw(value):
        if BETWEEN in value and not _alike(*value[BETWEEN]):
            yield at, 'write two numbers of one unit, the smaller first: { between = ["20m", "40m"] }'
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _unlike(one, (*at, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _unlike(one, (*at, number))


def _alike(low: Any, high: Any) -> bool:
    if isinstance(low, str) and isinstance(high, str):
        (first, unit), (last, other) = _measured(low), _measured(high)
        return unit == other and first < last
    numbers = [isinstance(one, (int, float)) and not isinstance(one, bool) for one in (low, high)]
    return all(numbers) and low < high


def _end(corner: int, _: str, draw: Raw) -> Any:
    if ONE_OF in draw:
        return draw[ONE_OF][min(corner, len(draw[ONE_OF]) - 1)]
    return draw[BETWEEN][corner % 2]


def _options(value: Any) -> Iterator[list[Any]]:
    if _is_draw(value):
        yield value.get(ONE_OF, [])
    elif isinstance(value, dict):
        for one in value.values():
            yield from _options(one)
    elif isinstance(value, list):
        for one in value:
            yield from _options(one)


def _merged(table: Raw, over: Raw) -> Raw:
    merged = dict(table)
    for key, value in over.items():
        inner = merged.get(key)
        merged[key] = _merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged
