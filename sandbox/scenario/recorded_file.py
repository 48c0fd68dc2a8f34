"""Recorded files: where they are, what is wrong with them as a whole, and their mapped columns as they stand there."""

import csv
import difflib
import hashlib
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sandbox.world.traffic.replay import Replay, ReplayColumns

if TYPE_CHECKING:
    import polars as pl

FORMATS = (".parquet", ".csv", ".jsonl")
CACHE = "cache:"


class RecordingError(ValueError):
    """What is wrong with a recorded file, where, and what to do about it."""


def cache_folder() -> Path:
    """Where "cache:NAME" files live: greenroom's folder in the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(home) if home else Path.home() / ".cache") / "greenroom"


def located(path: str, *, folder: Path) -> Path:
    """The file a scenario means by a path: relative to the scenario's folder, or "cache:NAME"."""
    if path.startswith(CACHE):
        return cache_folder() / path.removeprefix(CACHE)
    return folder / path


def is_beside(path: str) -> bool:
    """Whether a path means a file only together with the scenario's folder."""
    return not path.startswith(CACHE) and not Path(path).is_absolute()


def recording_hash(path: str | Path) -> str:
    """The SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def column_names(path: Path) -> list[str]:
    """The columns of a recorded file; raises RecordingError."""
    import polars as pl

    if path.is_dir():
        raise RecordingError(f"{path} is a folder; name the recorded file in it")
    if not path.is_file():
        raise RecordingError(f"{path}: no such file")
    if path.suffix.lower() not in FORMATS:
        raise RecordingError(f'{path}: unknown extension "{path.suffix}"; greenroom reads {", ".join(FORMATS)}')
    try:
        names = _scanned(path).collect_schema().names()
        _refuse_other_commas(path, names)
        return names
    except PermissionError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}") from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise RecordingError(f"{path}: unreadable as {path.suffix.lower()[1:]} ({first}); write it anew") from error


@dataclass(frozen=True, slots=True)
class RecordedTable:
    """The mapped columns of a file as they were read."""

    file: str
    frame: "pl.DataFrame"

    def wrong(self, why: str, *, column: str, mask: npt.NDArray[np.bool_] | None = None) -> RecordingError:
        """The error for a column, or for the first row of it where the mask says so."""
        row = "" if mask is None else f" row {int(mask.argmax()) + 1}"
        return RecordingError(f'{self.file}{row} column "{column}": {why}')

    def refuse(self, mask: npt.NDArray[np.bool_], why: str, *, column: str) -> None:
        """Raises for the first row where the mask says so; "{}" in why becomes what the file has there."""
        if mask.any():
            value = self.frame[column][int(mask.argmax())]
            raise self.wrong(why.replace("{}", str(value)), column=column, mask=mask)


def read_table(path: Path, *, spec: Replay, folder: Path) -> RecordedTable:
    """The columns that a replay maps; raises RecordingError."""
    import polars as pl

    if not path.is_file():
        raise RecordingError(_missing_file(path, spec=spec, folder=folder))
    if path.suffix.lower() not in FORMATS:
        raise RecordingError(f'{path}: unknown extension "{path.suffix}"; greenroom reads {", ".join(FORMATS)}')
    empty = RecordingError(f"{path}: the file is empty; record at least one request")
    if path.stat().st_size == 0:
        raise empty
    try:
        lazy = _scanned(path)
        names = lazy.collect_schema().names()
        wanted = _wanted(spec.columns)
        _refuse_missing_columns(path, names=names, wanted=wanted)
        frame = lazy.select(list(dict.fromkeys(name for _, name in wanted))).collect()
    except PermissionError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}") from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise RecordingError(f"{path}: unreadable as {path.suffix.lower()[1:]} ({first}); write it anew") from error
    if frame.is_empty():
        raise empty
    return RecordedTable(file=str(path), frame=frame)


def _missing_file(path: Path, *, spec: Replay, folder: Path) -> str:
    if spec.made_by is not None:
        return f"{path}: no such file; make it with: python {shlex.quote(str(folder / spec.made_by))}"
    beside = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
    return f"{path}: no such file; {_nearest(path.name, beside) or 'correct traffic.path'}"


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.6)
    return f"nearest: {', '.join(near)}" if near else ""


def _scanned(path: Path) -> "pl.LazyFrame":
    import polars as pl

    match path.suffix.lower():
        case ".parquet":
            return pl.scan_parquet(path, glob=False)
        case ".csv":
            _refuse_cut_off(path)
            return pl.scan_csv(path, infer_schema=False, glob=False)
        case _:
            return pl.scan_ndjson(path.read_bytes(), infer_schema_length=None)


def _refuse_cut_off(path: Path) -> None:
    """Polars fills a short row with nothing, so a file cut off in its last line would pass."""
    with path.open("rb") as file:
        head = file.readline()
        file.seek(max(len(head), path.stat().st_size - 65_536))
        tail = file.read().rstrip(b"\r\n").rpartition(b"\n")[2]
    if tail and b'"' not in head + tail:
        fields, expected = (
            len(next(csv.reader([line.decode(errors="replace").strip("\r\n")]))) for line in (tail, head)
        )
        if fields < expected:
            raise RecordingError(
                f"{path}: its last line has {fields} of {expected} fields; was it cut off? write it anew"
            )


def _wanted(columns: ReplayColumns) -> list[tuple[str, str]]:
    """The mapped columns, each with the key of the scenario that names it."""
    single = ("time", "user", "segment", "group", "label", "label_time")
    named = [(key, name) for key in single if (name := getattr(columns, key)) is not None]
    features = [(f"features[{index}]", name) for index, name in enumerate(columns.features)]
    scores = [(f"scores.{model}", name) for model, name in columns.scores.items()]
    return [*named, *features, *scores, *((f"latencies.{model}", name) for model, name in columns.latencies.items())]


def _refuse_other_commas(path: Path, names: list[str]) -> None:
    """A file whose only column has separators in its name was written with them."""
    for mark, said in ((";", "semicolons"), ("\t", "tabs")):
        if path.suffix.lower() == ".csv" and len(names) == 1 and mark in names[0]:
            raise RecordingError(f"{path}: its columns are separated by {said}; write it with commas")


def _refuse_missing_columns(path: Path, *, names: list[str], wanted: list[tuple[str, str]]) -> None:
    _refuse_other_commas(path, names)
    for key, name in wanted:
        if name not in names:
            near = _nearest(name, names) or f"it has {', '.join(names[:12])}"
            raise RecordingError(f'{path}: no column "{name}", which traffic.columns.{key} names; {near}')
        if path.suffix.lower() == ".csv" and f"{name}_duplicated_0" in names:
            raise RecordingError(f'{path}: two columns are called "{name}"; rename one')
