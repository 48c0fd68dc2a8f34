"""Flights as JSON lines: a line that opens each flight, its journal entry by entry, and a line with its result."""

import json as codec
from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.report.render.json import SCHEMA_VERSION, document, finite
from sandbox.report.scorecard import Scorecard


def jsonl(cards: Sequence[Scorecard]) -> str:
    """One JSON value a line; every line says its `type`."""
    return "".join(f"{_line(value)}\n" for card in cards for value in _lines(card))


def _line(value: dict[str, Any]) -> str:
    return codec.dumps(finite(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _lines(card: Scorecard) -> Iterator[dict[str, Any]]:
    flight = {"scenario": card.name, "seed": card.seed}
    yield {"type": "flight", "schema_version": SCHEMA_VERSION, "title": card.title, **flight}
    for entry in card.journal:
        yield {"type": "entry", **flight, **entry.as_json()}
    yield {"type": "result", **document(card)}
