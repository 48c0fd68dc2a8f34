"""The catalogue: one DuckDB file over the landed parts, which it can always be made from anew.

DuckDB lets one process at a time write a file, and none read it meanwhile; so it is held only while it is used.
"""

import fcntl
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from sandbox.base.window import Layout
from sandbox.record.cells import cells, layout_key
from sandbox.record.durable import cannot, make_folder, sync
from sandbox.record.errors import CatalogueBusyError, CatalogueDamagedError, StoreError, first_line
from sandbox.record.folder import Folder
from sandbox.record.manifest import Manifest, read_manifest, verify_part
from sandbox.record.packing import FLIGHT, JOURNAL, TRUTH
from sandbox.record.staging import CATALOGUE, claim

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMA = 1
"""Version of schema.sql."""

WAIT = 10.0
"""Seconds to wait for whoever holds the catalogue."""

Got = TypeVar("Got")
_PAUSE = 0.03
_HOLDER = re.compile(r"held in (\S+) \(PID (\d+)\)")
_RUN_TABLES = ("runs", "parts", "journal", "intervals")
_mine = threading.Lock()
"""Threads of this process take turns too: DuckDB refuses two openings of a file that differ in mode."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Which runs came and which went."""

    added: tuple[str, ...]
    dropped: tuple[str, ...]


NOTHING = Refreshed((), ())


def refresh(folder: Folder, *, wait: float = WAIT) -> Refreshed:
    """Bring the catalogue up to date with the landed runs; raises CatalogueBusyError and CatalogueDamagedError."""
    if not folder.catalogue.exists():
        return Refreshed(rebuild(folder, wait=wait), ())
    with opened(folder, read_only=False, wait=wait) as connection:
        change = _difference(folder, connection)
        connection.execute("BEGIN")
        for run in change.dropped:
            for table in _RUN_TABLES:
                connection.execute(f"DELETE FROM {table} WHERE run = ?", [run])
        added = tuple(run for run in change.added if _add(folder, connection, run))
        connection.execute("COMMIT")
    return Refreshed(added, change.dropped)


@contextmanager
def up_to_date(folder: Folder, *, wait: float = WAIT) -> "Iterator[DuckDBPyConnection]":
    """The catalogue to read from, with every landed run in it; written only where something is amiss."""
    if folder.catalogue.exists():
        with opened(folder, read_only=True, wait=wait) as connection:
            if _difference(folder, connection) == NOTHING:
                yield connection
                return
    refresh(folder, wait=wait)
    with opened(folder, read_only=True, wait=wait) as connection:
        yield connection


def rebuild(folder: Folder, *, wait: float = WAIT) -> tuple[str, ...]:
    """Make the catalogue anew from the landed runs, put it in the old one's place, and return the runs in it."""
    import duckdb

    make_folder(folder.path)
    area = claim(folder, f"{CATALOGUE}rebuild")
    try:
        fresh = area.path / folder.catalogue.name
        with duckdb.connect(fresh) as connection:
            connection.execute(Path(__file__).with_name("schema.sql").read_text())
            connection.execute("INSERT INTO about VALUES (?)", [SCHEMA])
            connection.execute("BEGIN")
            added = tuple(run for run in folder.run_ids() if _add(folder, connection, run))
            connection.execute("COMMIT")
        sync(fresh)
        _swap(folder, fresh, wait=wait)
    except duckdb.Error as error:
        raise StoreError(f"cannot rebuild {folder.catalogue}: {first_line(error)}") from error
    except OSError as error:
        raise cannot("rebuild", folder.catalogue, error) from error
    finally:
        area.close()
    return added


@contextmanager
def opened(folder: Folder, *, read_only: bool, wait: float = WAIT) -> "Iterator[DuckDBPyConnection]":
    """The catalogue, held no longer than the block; raises CatalogueBusyError and CatalogueDamagedError."""
    import duckdb

    with _turn(folder, wait):
        connection = _connect(folder, read_only=read_only, wait=wait)
        try:
            _check_version(folder, connection)
            yield connection
        except duckdb.Error as error:
            raise _trouble(folder, error) from error
        finally:
            _close(connection)


def _connect(folder: Folder, *, read_only: bool, wait: float) -> "DuckDBPyConnection":
    import duckdb

    def attempt() -> "DuckDBPyConnection":
        try:
            return duckdb.connect(folder.catalogue, read_only=read_only)
        except duckdb.Error as error:
            if "Could not set lock" in str(error) or isinstance(error, duckdb.ConnectionException):
                raise _busy(folder, str(error), wait) from error
            raise _trouble(folder, error) from error

    return _until_free(attempt, wait)


def _until_free(attempt: Callable[[], Got], wait: float) -> Got:
    """Try until nobody else holds the catalogue or the time is up."""
    over = time.monotonic() + wait
    while True:
        try:
            return attempt()
        except CatalogueBusyError:
            if time.monotonic() >= over:
                raise
            time.sleep(_PAUSE)


@contextmanager
def _turn(folder: Folder, wait: float) -> Iterator[None]:
    if not _mine.acquire(timeout=max(wait, 0.0)):
        raise CatalogueBusyError(f"{folder.catalogue} is in use by this very process; waited {wait:g}s")
    try:
        yield
    finally:
        _mine.release()


def _close(connection: "DuckDBPyConnection") -> None:
    import duckdb

    try:
        connection.close()
    except duckdb.Error:  # a damaged file cannot be checkpointed; what matters was said already
        return


def _check_version(folder: Folder, connection: "DuckDBPyConnection") -> None:
    found = connection.execute("SELECT schema_version FROM about").fetchall()
    if found != [(SCHEMA,)]:
        raise CatalogueDamagedError(f"{folder.catalogue} was made by another greenroom; run: greenroom rebuild")


def _busy(folder: Folder, text: str, wait: float) -> CatalogueBusyError:
    holder = _HOLDER.search(text)
    who = f"process {holder[2]} ({holder[1]})" if holder else "another process"
    return CatalogueBusyError(f"{folder.catalogue} is held by {who}; waited {wait:g}s; close that or try again")


def _trouble(folder: Folder, error: Exception) -> StoreError:
    for refusal in ("Permission denied", "No space left", "Read-only file system"):
        if refusal in str(error):
            return StoreError(f"cannot use {folder.catalogue}: {refusal.lower()}")
    return CatalogueDamagedError(
        f"{folder.catalogue} is damaged; run: greenroom rebuild (nothing is lost: {first_line(error)})"
    )


def _swap(folder: Folder, fresh: Path, *, wait: float) -> None:
    """Put a new catalogue in the old one's place while DuckDB's own lock on the old one is ours."""
    with _turn(folder, wait):
        handle = os.open(folder.catalogue, os.O_RDWR) if folder.catalogue.exists() else None
        try:
            if handle is not None:
                _until_free(lambda: _hold(folder, handle, wait), wait)
            folder.catalogue.with_name(folder.catalogue.name + ".wal").unlink(missing_ok=True)
            fresh.replace(folder.catalogue)
            sync(folder.path)
        finally:
            if handle is not None:
                os.close(handle)


def _hold(folder: Folder, handle: int, wait: float) -> None:
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise _busy(folder, "", wait) from error


def _difference(folder: Folder, connection: "DuckDBPyConnection") -> Refreshed:
    known = {str(row[0]) for row in connection.execute("SELECT run FROM runs").fetchall()}
    there = folder.run_ids()
    return Refreshed(
        tuple(run for run in there if run not in known and _manifest(folder, run) is not None),
        tuple(sorted(known.difference(there))),
    )


def _manifest(folder: Folder, run: str) -> Manifest | None:
    """A run's manifest; None where the run is damaged, which `history` reports."""
    try:
        manifest = read_manifest(folder.runs / run)
        for name in (FLIGHT, JOURNAL, TRUTH):
            verify_part(folder.runs / run, manifest, name)
    except StoreError:
        return None
    return manifest


def _add(folder: Folder, connection: "DuckDBPyConnection", run: str) -> bool:
    manifest = _manifest(folder, run)
    if manifest is None:
        return False
    place = folder.runs / run
    header = json.loads((place / FLIGHT).read_bytes())["header"]
    truth = json.loads((place / TRUTH).read_bytes())
    layout = Layout.stored(header["layout"])
    _add_run(connection, manifest, header, truth["numbers"], layout)
    for name, part in manifest.parts.items():
        connection.execute("INSERT INTO parts VALUES (?, ?, ?, ?)", [run, name, part.size, part.sha256])
    for one in truth["intervals"]:
        connection.execute(
            "INSERT INTO intervals VALUES (?, ?, ?, ?, ?, ?)",
            [run, one["kind"], one["name"], one["start"], one["end"], one["arms"]],
        )
    _add_journal(connection, run, (place / JOURNAL).read_bytes().splitlines())
    _add_cells(connection, layout)
    return True


def _add_run(
    connection: "DuckDBPyConnection", manifest: Manifest, header: dict[str, Any], numbers: dict[str, int],
    layout: Layout,
) -> None:
    landed = datetime.fromtimestamp(manifest.landed_at / 1e9, UTC).replace(tzinfo=None)
    row = [
        manifest.run, manifest.name, manifest.title, manifest.seed, manifest.outcome, manifest.digest,
        manifest.scenario_hash, header["source"], landed, header["tick"], header["duration"], manifest.ended_at,
        manifest.requests, manifest.size, list(layout.arms), list(layout.segments), list(layout.groups),
        list(layout.features), numbers["harmed_users"], numbers["net_harmed_users"], numbers["users_on_candidate"],
        layout_key(layout), manifest.schema,
    ]
    connection.execute(f"INSERT INTO runs VALUES ({', '.join('?' * len(row))})", row)


def _add_journal(connection: "DuckDBPyConnection", run: str, lines: list[bytes]) -> None:
    entries = [json.loads(line) for line in lines]
    _insert(connection, "journal", {
        "run": _texts([run] * len(entries)),
        "entry": np.arange(len(entries), dtype=np.int32),
        "at_ns": np.array([entry["at"] for entry in entries], dtype=np.int64),
        "kind": _texts([entry["kind"] for entry in entries]),
        "truth": np.array([entry["truth"] for entry in entries], dtype=np.bool_),
        "facts": _texts([json.dumps(entry["facts"], ensure_ascii=False) for entry in entries]),
    })


def _add_cells(connection: "DuckDBPyConnection", layout: Layout) -> None:
    key = layout_key(layout)
    if connection.execute("SELECT 1 FROM cells WHERE layout = ? LIMIT 1", [key]).fetchall():
        return
    for matured in (False, True):
        table = cells(layout, matured=matured)
        count = len(table["cell"])
        _insert(connection, "cells", {
            "layout": _texts([key] * count), "matured": np.full(count, matured), **table
        })


def _insert(connection: "DuckDBPyConnection", table: str, columns: dict[str, npt.NDArray[Any]]) -> None:
    """Insert columns by name in one go; row by row DuckDB takes a thousand times as long."""
    if not len(next(iter(columns.values()))):
        return
    connection.register("arriving", columns)
    try:
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM arriving")
    finally:
        connection.unregister("arriving")


def _texts(values: list[str]) -> npt.NDArray[Any]:
    return np.array(values, dtype=object)
