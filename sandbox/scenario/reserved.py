"""Names that are taken: tables and keys that are planned, and that nothing implements yet.

A file that uses one is refused with "not yet": a name that is silently ignored would promise what does not happen.
"""

from collections.abc import Iterator
from typing import Any

from sandbox.scenario.locate import Path

TABLES: dict[str, str] = {
}

KEYS: dict[tuple[str, ...], str] = {}

SKETCHES: dict[str, str] = {
}


def not_yet(raw: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every planned name that a file uses, as (path, what to do)."""
    for name, says in TABLES.items():
        if name in raw:
            brackets = f"[[{name}]]" if isinstance(raw[name], list) else f"[{name}]"
            yield (name,), f"not yet: {brackets} ({says}) is planned and nothing implements it; remove it to fly"
    for pattern, says in KEYS.items():
        for path in _matches(raw, pattern):
            yield path, f"not yet: {path[-1]} ({says}) is planned and nothing implements it; remove it"


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
