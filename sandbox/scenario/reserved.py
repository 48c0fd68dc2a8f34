"""Names that are taken: tables, keys and kinds that are planned, and that nothing implements yet.

A file that uses one is refused with "not yet": a name that is silently ignored would promise what does not happen.
"""

from collections.abc import Iterator
from typing import Any

from sandbox.scenario.locate import Path

TABLES: dict[str, str] = {
    "fleet": "edge devices that sync now and then",
    "runbook": "steps, decision points and the rollback recipe",
    "oncall": "who answers a page, how fast, and how well",
    "releases": "a sequence of candidates in one world",
}

KINDS: dict[str, dict[str, str]] = {
    "traffic": {
        "edge": "clients with intermittent connectivity",
    },
}

KEYS: dict[tuple[str, ...], str] = {
    ("services", "*", "fallback"): "who answers instead",
    ("services", "*", "hedge"): "a second try before the first has ended",
    ("services", "*", "breaker"): "a circuit breaker",
    ("services", "*", "autoscale"): "replicas that follow the load",
}

SKETCHES: dict[str, str] = {
    "fleet": '[fleet]\ndevices = 5000\nsync = "6h"\nconfig_delay = "2h"',
    "runbook": '[runbook]\nalerts = ["candidate errors"]\n\n[[runbook.steps]]\ntitle = "roll back"\n'
    'action = "roll back"\n'
    'expect = "errors.rate{arm=candidate} falls"\nverify = "errors.rate < 1%"\nwithin = "5m"\nreversible = true',
    "oncall": '[oncall]\nkind = "simulated"\nacknowledge = { p50 = "3m", p99 = "20m" }\nasleep = "5%"\n'
    'misdiagnose = "10%"',
    "releases": '[[releases]]\nmodel = "second"\nat = "3d"\n\n[[releases]]\nmodel = "third"\nat = "6d"',
}


def not_yet(raw: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every planned name that a file uses, as (path, what to do)."""
    for name, says in TABLES.items():
        if name in raw:
            brackets = f"[[{name}]]" if isinstance(raw[name], list) else f"[{name}]"
            yield (name,), f"not yet: {brackets} ({says}) is planned and nothing implements it; remove it to fly"
    for family, kinds in KINDS.items():
        for path, table in _tables_of(raw.get(family), family):
            kind = table.get("kind")
            if isinstance(kind, str) and kind in kinds:
                yield path, f'not yet: kind "{kind}" ({kinds[kind]}) is planned and nothing implements it; remove it'
    for pattern, says in KEYS.items():
        for path in _matches(raw, pattern):
            yield path, f"not yet: {path[-1]} ({says}) is planned and nothing implements it; remove it"


def _tables_of(value: Any, family: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield (family, index), item
    elif isinstance(value, dict) and "kind" in value:
        yield (family,), value
    elif isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, dict):
                yield (family, name), item


def _matches(value: Any, pattern: tuple[str, ...]) -> Iterator[Path]:
    if not isinstance(value, dict) or not pattern:
        return
    first, rest = pattern[0], pattern[1:]
    for name in list(value) if first == "*" else [first] if first in value else []:
        if not rest:
            yield (name,)
        else:
            for tail in _matches(value[name], rest):
                yield (name, *tail)
