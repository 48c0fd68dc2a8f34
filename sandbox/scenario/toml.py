"""A plan written as TOML that reads back as the same plan."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BY_NAME = ("models", "services", "runbook")
"""Tables whose keys are names, each a table of its own."""


def toml(document: Mapping[str, Any]) -> str:
    """A document of plain values as TOML; what is None is left unsaid."""
    lines = [f"{_key(key)} = {_value(item)}" for key, item in document.items() if _is_plain(item)]
    for key, item in document.items():
        if not _is_plain(item):
            lines += _tables(key, item)
    return "\n".join(lines) + "\n"


def _is_plain(item: Any) -> bool:
    return item is not None and not isinstance(item, Mapping) and not _is_tables(item)


def _is_tables(item: Any) -> bool:
    return isinstance(item, list) and bool(item) and all(isinstance(one, Mapping) for one in item)


def _tables(key: str, item: Any) -> Iterator[str]:
    if item is None:
        return
    if isinstance(item, list):
        for one in item:
            yield from ("", f"[[{_key(key)}]]", *_body(one))
    elif key in _BY_NAME:
        for name, one in item.items():
            yield from _named(f"{_key(key)}.{_key(name)}", one)
    else:
        yield from ("", f"[{_key(key)}]", *_body(item))


def _named(place: str, table: Mapping[str, Any]) -> Iterator[str]:
    """A table with a name, and below it the tables in it that hold tables of their own."""
    deeper = {key: item for key, item in table.items() if _is_tables(item) or _holds_tables(item)}
    flat = {key: item for key, item in table.items() if key not in deeper}
    yield from ("", f"[{place}]", *_body(flat))
    for key, item in deeper.items():
        if isinstance(item, Mapping):
            yield from _named(f"{place}.{_key(key)}", item)
        else:
            for one in item:
                yield from ("", f"[[{place}.{_key(key)}]]", *_body(one))


def _holds_tables(item: Any) -> bool:
    return isinstance(item, Mapping) and any(_is_tables(one) for one in item.values())


def _body(table: Mapping[str, Any]) -> Iterator[str]:
    for key, item in table.items():
        if _is_tables(item):
            yield f"{_key(key)} = ["
            yield from (f"    {_value(one)}," for one in item)
            yield "]"
        elif item is not None:
            yield f"{_key(key)} = {_value(item)}"


def _value(item: Any) -> str:
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, str):
        return json.dumps(item, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(item, Mapping):
        pairs = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in item.items() if one is not None)
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(item, (list, tuple)):
        return f"[{', '.join(map(_value, item))}]"
    return repr(item)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)
