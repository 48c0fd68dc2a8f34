"""Limits and margins of gates whose unit is not their metric's: "3ms" of a calibration error is no limit."""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.observe.metrics.kinds import metric
from sandbox.scenario.locate import Path

LIMITS = ("max", "min", "fail_above", "fail_below")
_UNITS = {
    "a time": re.compile(r".*\d\s*(?:ns|us|ms|s|m|h|d|w)", re.DOTALL),
    "a rate": re.compile(r".*/\s*\w+", re.DOTALL),
    "a size": re.compile(r".*\d\s*[kKMGT]i?B", re.DOTALL),
    "a share": re.compile(r".*%", re.DOTALL),
    "percentage points": re.compile(r".*pp", re.DOTALL),
}
_FIT = {
    "share": ("a share", "percentage points"),
    "ratio": ("a share",),
    "index": ("a share", "percentage points"),
    "seconds": ("a time",),
    "per_second": ("a rate",),
    "bytes": ("a size",),
}
_INSTEAD = {
    "share": '"2%"', "ratio": '"120%" or 1.2', "index": "a plain number such as 0.03", "seconds": '"150ms"',
    "per_second": '"40/s"', "bytes": '"2GB"',
}


def misfits(raw: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """What is wrong with the units of a file's gates, as (path, message)."""
    yield from _of_gates((), raw)
    for at, policy in _tables((), raw, "policies"):
        yield from _of_gates(at, policy)


def _of_gates(within: Path, raw: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for at, gate in _tables(within, raw, "gates"):
        yield from _of_table(at, gate)
        for place, one in _tables(at, gate, "metrics"):
            yield from _of_table(place, one)


def _tables(within: Path, raw: dict[str, Any], key: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    several = raw.get(key)
    for index, one in enumerate(several if isinstance(several, list) else ()):
        if isinstance(one, dict):
            yield (*within, key, index), one


def _of_table(at: Path, gate: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    try:
        unit = metric(str(gate["metric"])).unit
    except (KeyError, ValueError):
        return
    for key in (*LIMITS, "margin"):
        value = gate.get(key)
        if isinstance(value, str):
            found = next((name for name, shape in _UNITS.items() if shape.fullmatch(value.strip())), None)
            relative = key == "margin" and found == "a share"
            if found and not relative and found not in _FIT.get(unit, ()):
                instead = _INSTEAD.get(unit, "a plain number")
                yield (*at, key), f'"{value}" is {found}, which {gate["metric"]} is not; write {instead}'
        elif unit == "share" and key in LIMITS and isinstance(value, (int, float)) and value > 1:
            yield (*at, key), f'{gate["metric"]} is a share and never {value}; did you mean "{value}%"?'
