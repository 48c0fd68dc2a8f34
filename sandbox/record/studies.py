"""Studies: what many flights came to, a row each, in the store beside the runs.

While it is flown a study grows by a line a flight, which a kill leaves whole but for the last; when it ends, or is
interrupted, its rows stand as Parquet parts, one folder a candidate, for `greenroom sql`.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sandbox.record.durable import cannot, make_folder, sync
from sandbox.record.errors import StoreError
from sandbox.record.folder import Folder

HEAD, ROWS, DONE, LOCK = "study.json", "rows.jsonl", "done", "lock"
PART = "rows.parquet"

Row = dict[str, Any]


class Study:
    """One study: its head, which says what it is, and its rows."""

    def __init__(self, folder: Folder, name: str) -> None:
        self.name = name
        self.path = folder.studies / name
        self._file: IO[str] | None = None

    @property
    def head(self) -> dict[str, Any]:
        """What it is: kind, scenario, settings; raises StoreError."""
        try:
            head: dict[str, Any] = json.loads((self.path / HEAD).read_text(encoding="utf-8"))
        except OSError as error:
            raise cannot("read", self.path / HEAD, error) from error
        except ValueError as error:
            raise StoreError(f"{self.path / HEAD} is damaged: {error}") from error
        return head

    @property
    def done(self) -> bool:
        """Whether all of it was flown."""
        return (self.path / DONE).exists()

    @property
    def touched_at(self) -> int:
        """When it was last added to, in ns of the wall clock."""
        places = [self.path / name for name in (HEAD, ROWS)]
        return max((place.stat().st_mtime_ns for place in places if place.exists()), default=0)

    def rows(self) -> list[Row]:
        """All rows that are whole, in the order in which they came."""
        try:
            lines = (self.path / ROWS).read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise cannot("read", self.path / ROWS, error) from error
        return [json.loads(line) for line in lines[:-1] if line]

    @contextmanager
    def begun(self, head: dict[str, Any], *, resume: bool) -> Iterator[list[Row]]:
        """The study open for more rows: those it has already, none unless it is resumed; raises StoreError.

        What was flown is kept whatever ends the block.
        """
        make_folder(self.path)
        with _alone(self.path / LOCK, self.name):
            try:
                kept = self.rows() if resume else []
                self._start(head, kept)
                with (self.path / ROWS).open("a", encoding="utf-8") as self._file:
                    yield kept
            except OSError as error:
                raise cannot("write", self.path, error) from error
            finally:
                self._file = None
                self.land()

    def _start(self, head: dict[str, Any], kept: Iterable[Row]) -> None:
        for old in self.path.glob("candidate=*"):
            shutil.rmtree(old)
        (self.path / DONE).unlink(missing_ok=True)
        _replace(self.path / HEAD, json.dumps(head, indent=1, sort_keys=True))
        _replace(self.path / ROWS, "".join(f"{_line(row)}\n" for row in kept))

    def add(self, row: Row) -> None:
        """Keep one row, whatever happens next."""
        assert self._file is not None
        self._file.write(f"{_line(row)}\n")
        self._file.flush()

    def finish(self) -> None:
        """All of it was flown."""
        (self.path / DONE).touch()

    def land(self) -> None:
        """Write the rows as Parquet, one folder a candidate."""
        import polars as pl

        rows = self.rows()
        for candidate in dict.fromkeys(str(row["candidate"]) for row in rows):
            mine = [{"study": self.name, **row} for row in rows if row["candidate"] == candidate]
            place = self.path / f"candidate={_slug(candidate)}"
            make_folder(place)
            aside = place / f".{PART}"
            pl.DataFrame(mine, infer_schema_length=None).write_parquet(aside)
            sync(aside)
            os.replace(aside, place / PART)


def studies(folder: Folder) -> tuple[str, ...]:
    """The studies of a store, the last to be touched last."""
    if not folder.studies.is_dir():
        return ()
    heads = [path / HEAD for path in folder.studies.iterdir() if (path / HEAD).exists()]
    heads.sort(key=lambda head: (head.stat().st_mtime_ns, head.parent.name))
    return tuple(head.parent.name for head in heads)


@dataclass(frozen=True, slots=True)
class Kept:
    """A study as a list has it: what it is of, when it was last added to, whether all of it was flown, how many flights
    it has, and the command that makes it again.
    """

    name: str
    kind: str
    scenario: str
    touched_at: int
    done: bool
    flights: int
    command: str

    @property
    def state(self) -> str:
        """Whether anything of it is still to be flown."""
        return "whole" if self.done else "unfinished"

    def as_json(self) -> dict[str, Any]:
        """What a program reads of it."""
        return {
            "study": self.name, "kind": self.kind, "scenario": self.scenario, "done": self.done,
            "flights": self.flights, "command": self.command,
        }


def listed(folder: Folder) -> tuple[Kept, ...]:
    """The studies of a store, the last to be added to last; raises StoreError."""
    found = [_kept(Study(folder, name)) for name in studies(folder)]
    return tuple(sorted(found, key=lambda one: (one.touched_at, one.name)))


def _kept(study: Study) -> Kept:
    head = study.head
    seeds = f"--seeds {head['first']}..{head['first'] + head['seeds'] - 1}"
    return Kept(
        name=study.name, kind=head["kind"], scenario=head["name"] if "name" in head else head["plans"][0]["stem"],
        touched_at=study.touched_at, done=study.done, flights=len(study.rows()),
        command=head["command"] if "command" in head else f"{head['again']} {seeds}",
    )


def parts(folder: Folder) -> tuple[Path, ...]:
    """Every Parquet part of every study."""
    return tuple(sorted(folder.studies.glob(f"*/candidate=*/{PART}"))) if folder.studies.is_dir() else ()


def _line(row: Row) -> str:
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False)


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", text.replace("×", "x")).strip("-")


def _replace(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}")
    aside.write_text(text, encoding="utf-8")
    sync(aside)
    os.replace(aside, path)


@contextmanager
def _alone(path: Path, name: str) -> Iterator[None]:
    """Nobody else writes this study meanwhile; a writer that dies lets go."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(f"{name} is being flown by another process; wait for it, or stop it") from None
        yield
