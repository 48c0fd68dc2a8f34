"""Requests into Parquet: blocks are kept until a part is full, then written by a thread while the flight goes on.

Written with polars as lz4: measured against it, zstd at level 1 takes a third less disk (20 bytes a request, not 30)
and half as much CPU again, which is then the dearest thing a recorded flight does.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sandbox.base.rows import RequestRows
from sandbox.record.durable import sync
from sandbox.record.errors import StoreError, first_line
from sandbox.record.people import People

ROW_GROUP = 122_880
"""Rows of a row group: what DuckDB reads at a time."""

PART_ROWS = 2 * ROW_GROUP
"""Rows from which a part is written; what is held in memory is twice that, and a block."""

COLUMNS: dict[str, type[np.generic]] = {
    "seq": np.int64, "at": np.int64, "user": np.uint64, "segment": np.uint8, "group": np.uint8, "arm": np.uint8,
    "step": np.int16, "status": np.uint8, "latency": np.int64, "score": np.float32, "decision": np.bool_,
    "label": np.bool_, "label_at": np.int64, "harm": np.uint8,
}
"""Columns of a request part; features follow as f_<name>."""

Columns = dict[str, npt.NDArray[Any]]


class RequestWriter:
    """Streams requests into the parts of one folder; what it holds is bounded whatever the traffic."""

    def __init__(self, folder: Path, people: People, *, features: tuple[str, ...] = ()) -> None:
        self._folder, self._people, self._features = folder, people, features
        self._waiting: list[Columns] = []
        self._filled = 0
        self._parts = 0
        self._thread: ThreadPoolExecutor | None = None
        self._writing: Future[None] | None = None
        self.rows = 0

    def take(self, rows: RequestRows) -> None:
        """Keep some requests, whose columns nobody may change; raises StoreError where a part could not be written."""
        if not len(rows):
            return
        columns = self._columns(rows)
        if self._waiting and self._waiting[0].keys() != columns.keys():
            other = ", ".join(sorted(self._waiting[0].keys() ^ columns.keys()))
            raise StoreError(f"requests came with other columns than before: {other}")
        self._waiting.append(columns)
        self._filled += len(rows)
        if self._filled >= PART_ROWS:
            self._flush()
        self.rows += len(rows)

    def finish(self) -> None:
        """Write what is left and wait until all of it is on disk."""
        try:
            if self._filled:
                self._flush()
            self._wait()
        finally:
            self.stop()

    def stop(self) -> None:
        """End the thread; what was not written stays unwritten."""
        if self._thread is not None:
            self._thread.shutdown(wait=True, cancel_futures=True)
            self._thread = None

    def _columns(self, rows: RequestRows) -> Columns:
        columns: Columns = {name: getattr(rows, name).astype(kind, copy=False) for name, kind in COLUMNS.items()}
        columns["user"] = self._people.pseudonyms(rows.user)
        if rows.features is not None:
            for place in range(rows.features.shape[1]):
                columns[self._feature(place)] = np.ascontiguousarray(rows.features[:, place], dtype=np.float32)
        return columns

    def _feature(self, place: int) -> str:
        return f"f_{self._features[place] if place < len(self._features) else place}"

    def _flush(self) -> None:
        self._wait()
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="requests")
        path = self._folder / f"requests-{self._parts:05d}.parquet"
        self._writing = self._thread.submit(_write_part, path, self._waiting)
        self._parts += 1
        self._waiting, self._filled = [], 0

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()
            self._writing = None


def _write_part(path: Path, blocks: list[Columns]) -> None:
    import polars

    try:
        rows = polars.concat([polars.DataFrame(columns) for columns in blocks], rechunk=False)
        rows.write_parquet(path, compression="lz4", statistics=False, row_group_size=ROW_GROUP)
        sync(path)
    except (OSError, polars.exceptions.PolarsError) as error:
        raise StoreError(f"cannot write {path}: {first_line(error)}") from error
