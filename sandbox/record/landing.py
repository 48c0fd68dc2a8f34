"""A landing: a run is written aside while it flies, and appears in the store whole or not at all."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from sandbox.base.flight import Flight
from sandbox.base.rows import RequestRows
from sandbox.record.catalogue import refresh
from sandbox.record.durable import cannot, make_folder, sync
from sandbox.record.errors import StoreError
from sandbox.record.folder import Folder
from sandbox.record.manifest import SCHEMA, Manifest, part_of, write_manifest
from sandbox.record.packing import pack
from sandbox.record.people import People, store_key
from sandbox.record.requests import RequestWriter
from sandbox.record.staging import claim

NAME_LENGTH = 48


class Landing:
    """One run on its way into the store; as a context it is abandoned unless it landed."""

    def __init__(self, folder: Folder, name: str, *, seed: int, features: tuple[str, ...] = ()) -> None:
        key = store_key(folder)
        self._folder = folder
        self._area = claim(folder, f"{_second(_now())}-{slug(name)}-{seed}")
        self._writer = RequestWriter(self._area.path, People(key), features=features)
        self._open = True
        self.trouble: StoreError | None = None
        """Why the catalogue did not take the run in at once; the run is safe, and the next reader catches up."""

    def __enter__(self) -> "Landing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()

    @property
    def staged(self) -> Path:
        """Where the run is being written."""
        return self._area.path

    def write_requests(self, rows: RequestRows) -> None:
        """Add requests, in order of arrival."""
        self._must_be_open()
        self._writer.take(rows)

    def land(self, flight: Flight, *, wait: float = 2.0) -> str:
        """Put the run into the store and return its id; `wait` is how many seconds the catalogue may take to let us in.

        Once this returns the run is on disk, whatever the catalogue's state.
        """
        self._must_be_open()
        try:
            self._writer.finish()
            run = self._put_in_place(flight)
        except OSError as error:
            raise cannot("land in", self._folder.path, error) from error
        finally:
            self.abandon()
        try:
            refresh(self._folder, wait=wait)
        except StoreError as trouble:
            self.trouble = trouble
        return run

    def abandon(self) -> None:
        """Leave no trace; does nothing once landed."""
        if self._open:
            self._open = False
            self._writer.stop()
            self._area.close()

    def _must_be_open(self) -> None:
        if not self._open:
            raise StoreError("this landing is over: the run has landed or was abandoned; begin another")

    def _put_in_place(self, flight: Flight) -> str:
        staged = self._area.path
        pack(flight, staged)
        manifest = self._manifest(flight)
        make_folder(self._folder.runs)
        taken = 1
        while True:
            run = manifest.run if taken == 1 else f"{manifest.run}-{taken}"
            write_manifest(staged, manifest.renamed(run))
            sync(staged)
            if _rename(staged, self._folder.runs / run):
                break
            taken += 1
        sync(self._folder.runs)
        sync(self._folder.path)
        return run

    def _manifest(self, flight: Flight) -> Manifest:
        header, now = flight.header, _now()
        return Manifest(
            run=f"{_second(now)}-{slug(header.name)}-{header.seed}-{flight.digest[:8]}", schema=SCHEMA,
            landed_at=int(now.timestamp()) * 1_000_000_000 + now.microsecond * 1_000, name=header.name,
            title=header.title, seed=header.seed, outcome=flight.outcome, digest=flight.digest,
            scenario_hash=header.scenario_hash, ended_at=flight.ended_at, requests=self._writer.rows,
            parts={path.name: part_of(path) for path in sorted(self._area.path.iterdir())},
        )


def slug(name: str) -> str:
    """A name as part of a run's id: lower case, nothing that a path or a shell would mind."""
    plain = re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")
    return plain[:NAME_LENGTH].strip("-") or "flight"


def _rename(staged: Path, place: Path) -> bool:
    """Move a run into place; false where another run has that id."""
    try:
        os.rename(staged, place)
    except OSError:
        if place.exists():
            (staged / "manifest.json").unlink()
            return False
        raise
    return True


def _now() -> datetime:
    return datetime.now(UTC)


def _second(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S")
