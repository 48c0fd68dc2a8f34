"""A flight as the parts it lands as."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.digest import GENESIS, canonical, chain
from sandbox.base.flight import Flight
from sandbox.base.truth import Truth
from sandbox.base.window import SCHEMA as WINDOW_SCHEMA
from sandbox.base.window import Window
from sandbox.record.durable import sync, write
from sandbox.record.errors import StoreError
from sandbox.record.manifest import SCHEMA

FLIGHT, JOURNAL, WINDOWS, SCENARIO = "flight.json", "journal.jsonl", "windows.parquet", "scenario.toml"
TRUTH, COUNTS = "truth.json", "truth.parquet"

TRUTH_AXES: dict[str, tuple[str, ...]] = {
    "starts": ("window",),
    "requests": ("window", "arm", "segment", "group"),
    "harmed": ("window", "arm", "segment", "group", "kind"),
    "helped": ("window", "arm", "segment", "group", "kind"),
    "right": ("window", "arm"),
    "judged": ("window", "arm"),
    "decided": ("window", "arm", "group", "kind"),
    "work_ns": ("window", "arm"),
    "room_ns": ("window", "arm"),
    "statuses": ("arm", "status"),
    "in_flight": ("arm",),
}
"""The arrays of the truth and what their axes are."""

TRUTH_NUMBERS = ("harmed_users", "net_harmed_users", "users_on_candidate")
"""The single numbers of the truth."""

_AXES = ("window", "arm", "segment", "group", "kind", "status")


def pack(flight: Flight, folder: Path) -> None:
    """Write every part of a flight but its requests; raises StoreError where the journal misses the digest."""
    write(folder / JOURNAL, _journal(flight))
    write(folder / FLIGHT, _json(_flight(flight)))
    write(folder / SCENARIO, flight.header.scenario_text.encode())
    write(folder / TRUTH, _json(_truth(flight.truth)))
    _write_table(folder / COUNTS, _truth_table(flight.truth))
    _write_table(folder / WINDOWS, _windows(flight.windows))


def _flight(flight: Flight) -> dict[str, Any]:
    header = asdict(flight.header)
    del header["scenario_text"]
    return {
        "schema": SCHEMA, "window_schema": WINDOW_SCHEMA, "outcome": flight.outcome, "ended_at": flight.ended_at,
        "digest": flight.digest, "header": header,
    }


def _journal(flight: Flight) -> bytes:
    head, lines = GENESIS, []
    for entry in flight.journal:
        facts = entry.as_json()
        head = chain(head, facts)
        lines.append(canonical(facts) + b"\n")
    if head != flight.digest:
        raise StoreError(
            f"the journal of {flight.header.name} does not lead to its digest {flight.digest[:8]}; it was not landed"
        )
    return b"".join(lines)


def _windows(windows: tuple[Window, ...]) -> dict[str, Any]:
    import polars

    numbers = ("index", "start", "end", "visible_at", "step")
    table: dict[str, Any] = {
        name: np.array([getattr(window, name) for window in windows], dtype=np.int64) for name in numbers
    }
    lists = polars.List
    return table | {
        "matured": np.array([window.matured for window in windows], dtype=np.bool_),
        "share": polars.Series([list(window.share) for window in windows], dtype=lists(polars.Float64)),
        "size": np.array([window.counts.size for window in windows], dtype=np.int64),
        "cell": polars.Series([window.counts.at for window in windows], dtype=lists(polars.Int32)),
        "value": polars.Series([window.counts.count for window in windows], dtype=lists(polars.Int64)),
    }


def _truth(truth: Truth) -> dict[str, Any]:
    return {
        "shapes": {name: list(getattr(truth, name).shape) for name in TRUTH_AXES},
        "numbers": {name: int(getattr(truth, name)) for name in TRUTH_NUMBERS},
        "intervals": [asdict(interval) for interval in truth.intervals],
    }


def _truth_table(truth: Truth) -> dict[str, Any]:
    """What is not zero, one row a number, with its place on every axis; -1 where it has no such axis."""
    pieces = [_rows(name, getattr(truth, name)) for name in TRUTH_AXES]
    return {column: np.concatenate([piece[column] for piece in pieces]) for column in pieces[0]}


def _rows(name: str, array: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
    places = np.nonzero(array)
    count = len(places[0])
    axes = dict(zip(TRUTH_AXES[name], places, strict=True))
    nowhere = np.full(count, -1)
    return {
        "quantity": np.full(count, name, dtype=object),
        **{axis: axes.get(axis, nowhere).astype(np.int32 if axis == "window" else np.int16) for axis in _AXES},
        "value": array[places].astype(np.int64),
    }


def _write_table(path: Path, columns: dict[str, Any]) -> None:
    import polars

    polars.DataFrame(columns).write_parquet(path, compression="zstd", compression_level=1)
    sync(path)


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"
