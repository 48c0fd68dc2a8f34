"""A landed run as the flight it was."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.digest import GENESIS, chain
from sandbox.base.flight import Flight, Header
from sandbox.base.journal import Entry
from sandbox.base.truth import Interval, Truth
from sandbox.base.window import Layout, Sparse, Window
from sandbox.record.errors import StoreError, first_line
from sandbox.record.folder import Folder
from sandbox.record.history import find
from sandbox.record.manifest import SCHEMA, Manifest, damaged, read_manifest, verify_part
from sandbox.record.packing import COUNTS, FLIGHT, JOURNAL, SCENARIO, TRUTH, TRUTH_AXES, TRUTH_NUMBERS, WINDOWS

Table = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Stored:
    """A run's parts as they were read, before they mean anything; an upgrade makes the next schema of one."""

    schema: int
    flight: dict[str, Any] = field(repr=False)
    scenario: str = field(repr=False)
    journal: list[dict[str, Any]] = field(repr=False)
    truth: dict[str, Any] = field(repr=False)
    counts: Table = field(repr=False)
    windows: Table = field(repr=False)


Upgrade = Callable[[Stored], Stored]

UPGRADES: dict[int, Upgrade] = {}
"""From a schema to the next, by the schema they start from; none yet, since there is one schema."""


def load(folder: Folder, run: str = "last", *, checked: bool = True) -> Flight:
    """A run as the flight it was, named by its id, a beginning of it or of its digest, or "last"; raises StoreError.

    Unless `checked` it is read as it lies there, whether it is what landed or not; an audit looks at that.
    """
    place = folder.runs / find(folder, run)
    try:
        stored = _read(place, read_manifest(place)) if checked else _as_it_lies(place)
        return _flight(upgraded(stored, upgrades=UPGRADES, to=SCHEMA))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise damaged(place, f"its parts do not fit together ({type(error).__name__}: {error})") from error


def upgraded(stored: Stored, *, upgrades: dict[int, Upgrade], to: int) -> Stored:
    """A run in the schema `to`, one upgrade at a time."""
    while stored.schema < to:
        if stored.schema not in upgrades:
            raise StoreError(f"no upgrade from schema {stored.schema}; read this run with the greenroom that landed it")
        stored = replace(upgrades[stored.schema](stored), schema=stored.schema + 1)
    return stored


def _read(place: Path, manifest: Manifest) -> Stored:
    for name in (FLIGHT, SCENARIO, JOURNAL, TRUTH, COUNTS, WINDOWS):
        verify_part(place, manifest, name)
    flight = json.loads((place / FLIGHT).read_bytes())
    return Stored(
        schema=manifest.schema, flight=flight, scenario=(place / SCENARIO).read_bytes().decode(),
        journal=_journal(place, flight["digest"]), truth=json.loads((place / TRUTH).read_bytes()),
        counts=_table(place / COUNTS), windows=_table(place / WINDOWS),
    )


def _as_it_lies(place: Path) -> Stored:
    try:
        flight = json.loads((place / FLIGHT).read_bytes())
        return Stored(
            schema=int(flight["schema"]), flight=flight, scenario=(place / SCENARIO).read_bytes().decode(),
            journal=[json.loads(line) for line in (place / JOURNAL).read_bytes().splitlines()],
            truth=json.loads((place / TRUTH).read_bytes()), counts=_table(place / COUNTS),
            windows=_table(place / WINDOWS),
        )
    except OSError as error:
        raise damaged(place, f"a part cannot be read: {(error.strerror or str(error)).lower()}") from error


def _journal(place: Path, digest: str) -> list[dict[str, Any]]:
    """The journal's entries as they were hashed, once they lead to the digest."""
    entries = [json.loads(line) for line in (place / JOURNAL).read_bytes().splitlines()]
    head = GENESIS
    for entry in entries:
        head = chain(head, entry)
    if head != digest:
        raise damaged(place, f"its journal leads to {head[:8]}, not to its digest {digest[:8]}")
    return entries


def _table(path: Path) -> Table:
    """Columns of a Parquet part; a column of lists as an object array of arrays."""
    import polars

    try:
        frame = polars.read_parquet(path, glob=False)
    except (OSError, polars.exceptions.PolarsError) as error:
        raise damaged(path.parent, f"{path.name} cannot be read ({first_line(error)})") from error
    return {
        column.name: _lists(column.to_list()) if isinstance(column.dtype, polars.List) else column.to_numpy()
        for column in frame.iter_columns()
    }


def _lists(lists: list[list[Any]]) -> npt.NDArray[Any]:
    column = np.empty(len(lists), dtype=object)
    column[:] = [np.array(values) for values in lists]
    return column


def _flight(stored: Stored) -> Flight:
    facts, header = stored.flight, stored.flight["header"]
    layout = Layout.stored(header["layout"])
    return Flight(
        header=Header(**(header | {"layout": layout, "scenario_text": stored.scenario})),
        journal=tuple(Entry(one["at"], one["kind"], one["facts"], one["truth"]) for one in stored.journal),
        windows=_windows(stored.windows), truth=_truth(stored.truth, stored.counts), outcome=facts["outcome"],
        ended_at=facts["ended_at"], digest=facts["digest"],
    )


def _windows(table: Table) -> tuple[Window, ...]:
    return tuple(
        Window(
            index=int(table["index"][row]), start=int(table["start"][row]), end=int(table["end"][row]),
            visible_at=int(table["visible_at"][row]), step=int(table["step"][row]),
            share=tuple(float(share) for share in table["share"][row]), matured=bool(table["matured"][row]),
            counts=Sparse(
                int(table["size"][row]), table["cell"][row].astype(np.int32), table["value"][row].astype(np.int64)
            ),
        )
        for row in range(len(table["index"]))
    )


def _truth(facts: dict[str, Any], counts: Table) -> Truth:
    kept = facts["shapes"]  # of a flight that an older greenroom landed not all
    arrays: dict[str, Any] = {name: _dense(name, tuple(kept[name]), counts) for name in TRUTH_AXES if name in kept}
    intervals = tuple(Interval(**(one | {"arms": tuple(one["arms"])})) for one in facts["intervals"])
    return Truth(**arrays, **{name: facts["numbers"][name] for name in TRUTH_NUMBERS}, intervals=intervals)


def _dense(name: str, shape: tuple[int, ...], counts: Table) -> npt.NDArray[np.int64]:
    array = np.zeros(shape, dtype=np.int64)
    mine = counts["quantity"] == name
    array[tuple(counts[axis][mine] for axis in TRUTH_AXES[name])] = counts["value"][mine]
    return array
