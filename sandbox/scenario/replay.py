"""Recorded files read into columns: Parquet, CSV or JSON lines, the same rows giving the same recording.

CSV has no types, so text is judged by what it says, in every format: a text column of numbers only is numbers, one of
true and false only is booleans, an empty text is missing. Rows are counted from 1, a CSV header not included.
"""

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

from sandbox.base.recording import Recording
from sandbox.base.units import NS_PER_SECOND
from sandbox.world.traffic.replay import Replay, ReplayColumns

if TYPE_CHECKING:
    import polars as pl

FORMATS = (".parquet", ".csv", ".jsonl")
MOST_NAMES = 255
CACHE = "cache:"

_LATEST = np.iinfo(np.int64).max
_UNIT_NS = {"ns": 1, "us": 1_000, "ms": 1_000_000}
_ISO = r"^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(?:Z|z|([+-]\d{2}):?(\d{2})?)?$"


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


def read_recording(spec: Replay, *, folder: Path) -> Recording:
    """The recorded file of a replay as columns; raises RecordingError.

    Without `label_time` a label counts as known at once (`label_at` equals `at`): `[labels]` adds its delays on top.
    """
    path = located(spec.path, folder=folder)
    table = _table(path, spec=spec, folder=folder)
    columns = spec.columns
    times = _times(table, columns.time)
    label, label_times = _labels(table, columns, times=times)
    features = [_feature(table, name) for name in columns.features]
    user, user_names = _users(table, columns.user)
    segment, segments = _names(table, columns.segment)
    group, groups = _names(table, columns.group)
    scores = {model: _score(table, name) for model, name in columns.scores.items()}
    latencies = {model: _latency(table, name) for model, name in columns.latencies.items()}
    known = () if user_names is None else (user,)
    parts = [*(values for values, _ in features), *known, segment, group, label, label_times]
    _refuse_repeats(table, times=times, parts=[*parts, *scores.values(), *latencies.values()])
    at = _on_clock(table, times, start=int(times[0]), speed=spec.speed)
    return Recording(
        at=at,
        feature_names=tuple(columns.features),
        features=np.column_stack([values for values, _ in features]),
        categories={name: words for name, (_, words) in zip(columns.features, features, strict=True) if words},
        user=user,
        users=len(at) if user_names is None else len(user_names),
        user_names=user_names,
        segment=segment,
        segments=segments,
        group=group,
        groups=groups,
        label=label,
        label_at=np.where(label < 0, -1, _on_clock(table, label_times, start=int(times[0]), speed=spec.speed)),
        scores=scores,
        latencies=latencies,
        began=int(times[0]) / NS_PER_SECOND if _is_instant(table, columns.time) else None,
    )


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
class _Table:
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


# The file


def _table(path: Path, *, spec: Replay, folder: Path) -> _Table:
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
    return _Table(file=str(path), frame=frame)


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


# Values


def _words(table: _Table, column: str) -> "pl.Series":
    """A column as text, missing where it is empty."""
    import polars as pl

    series = table.frame[column]
    if not (series.dtype.is_numeric() or series.dtype in (pl.String, pl.Categorical, pl.Enum, pl.Boolean, pl.Null)):
        raise table.wrong(f"holds {str(series.dtype).lower()}; write numbers, text or booleans", column=column)
    text = (series.fill_nan(None) if series.dtype.is_float() else series).cast(pl.String)
    text = text.set(text == "", None)
    lower = text.str.to_lowercase()
    return lower if lower.is_in(["true", "false"]).all() else text


def _numbers(table: _Table, column: str) -> "pl.Series | None":
    """A column as float64 if all it says is numbers, else nothing."""
    import polars as pl

    series = table.frame[column]
    if series.dtype == pl.Float32:
        return series.cast(pl.String).cast(pl.Float64)  # 0.1 stays 0.1, as a text format would have it
    if series.dtype.is_numeric():
        return series.cast(pl.Float64)
    words = _words(table, column)
    numbers = words.cast(pl.Float64, strict=False)
    return numbers if numbers.null_count() == words.null_count() else None


def _floats(table: _Table, column: str, *, least: float, most: float, ask: str) -> npt.NDArray[np.float64]:
    """A column of numbers, none missing, all within the limits."""
    numbers = _numbers(table, column)
    if numbers is None:
        import polars as pl

        words = _words(table, column)
        bad = words.is_not_null() & words.cast(pl.Float64, strict=False).is_null()
        raise table.wrong(f'"{words.filter(bad)[0]}" is not a number; {ask}', column=column, mask=bad.to_numpy())
    values = numbers.fill_null(np.nan).to_numpy()
    table.refuse(np.isnan(values), f"is empty; {ask}", column=column)
    table.refuse((values < least) | (values > most) | np.isinf(values), f"{{}} is out of range; {ask}", column=column)
    return values


def _score(table: _Table, column: str) -> npt.NDArray[np.float32]:
    ask = "a score is a number from 0 to 1 on every row"
    return _floats(table, column, least=0.0, most=1.0, ask=ask).astype(np.float32)


def _latency(table: _Table, column: str) -> npt.NDArray[np.int64]:
    ask = "a latency is seconds, 0 or more, on every row"
    return _nanoseconds(_floats(table, column, least=0.0, most=1e9, ask=ask))


def _feature(table: _Table, column: str) -> tuple[npt.NDArray[np.float64], tuple[str, ...]]:
    """A feature as numbers, or as codes into its sorted categories."""
    import polars as pl

    numbers = _numbers(table, column)
    if numbers is None:
        words = _words(table, column)
        categories = words.drop_nulls().unique().sort().to_list()
        numbers = words.cast(pl.Enum(categories)).to_physical().cast(pl.Float64)
        return numbers.fill_null(np.nan).to_numpy(), tuple(categories)
    values = numbers.fill_null(np.nan).to_numpy()
    table.refuse(np.isinf(values), "{} is not finite; leave it empty where it is unknown", column=column)
    return values, ()


def _coded(table: _Table, column: str) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """A column as codes into its sorted distinct values, none missing."""
    import polars as pl

    words = _words(table, column)
    table.refuse(words.is_null().to_numpy(), 'is empty; fill it, for example with "unknown"', column=column)
    names = words.unique().sort().to_list()
    return words.cast(pl.Enum(names)).to_physical().cast(pl.Int32).to_numpy(), tuple(names)


def _users(table: _Table, column: str | None) -> tuple[npt.NDArray[np.int32], tuple[str, ...] | None]:
    if column is None:
        return np.arange(len(table.frame), dtype=np.int32), None
    return _coded(table, column)


def _names(table: _Table, column: str | None) -> tuple[npt.NDArray[np.uint8], tuple[str, ...]]:
    """A segment or group column; everybody is in "all" where none is named."""
    if column is None:
        return np.zeros(len(table.frame), dtype=np.uint8), ("all",)
    codes, names = _coded(table, column)
    if len(names) > MOST_NAMES:
        raise table.wrong(f"{len(names)} distinct values; at most {MOST_NAMES}, name a coarser column", column=column)
    return codes.astype(np.uint8), names


# Times


def _is_instant(table: _Table, column: str) -> bool:
    """Whether a column says when by timestamps, not by seconds."""
    import polars as pl

    series = table.frame[column]
    if isinstance(series.dtype, (pl.Datetime, pl.Date)):
        return True
    return _numbers(table, column) is None


def _nanoseconds(seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    whole = np.floor(seconds)
    return whole.astype(np.int64) * NS_PER_SECOND + np.rint((seconds - whole) * NS_PER_SECOND).astype(np.int64)


def _moments(table: _Table, column: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Nanoseconds of a time column, and where they are missing; naive timestamps are UTC."""
    if _is_instant(table, column):
        return _instants(table, column)
    numbers = _numbers(table, column)
    assert numbers is not None
    values = numbers.fill_null(np.nan).to_numpy()
    missing = np.isnan(values)
    table.refuse(np.abs(values) > 9.2e9, "{} is no time in seconds; divide milliseconds by 1000", column=column)
    return _nanoseconds(np.where(missing, 0.0, values)), missing


def _instants(table: _Table, column: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    import polars as pl

    series = table.frame[column]
    missing = series.is_null().to_numpy()
    if isinstance(series.dtype, pl.Date):
        series = series.cast(pl.Datetime("ms"))
    if not isinstance(series.dtype, pl.Datetime):
        return _iso(table, column)
    values, unit = series.to_physical().fill_null(0).to_numpy(), _UNIT_NS[series.dtype.time_unit]
    table.refuse(np.abs(values) > _LATEST // unit, "{} is not between the years 1678 and 2261", column=column)
    return values * unit, missing


def _iso(table: _Table, column: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """ISO 8601 text as nanoseconds, exact to the last digit written."""
    import polars as pl

    words = _words(table, column)
    parts = words.str.extract_groups(_ISO).struct.unnest()
    parts.columns = ["date", "hour", "minute", "second", "fraction", "zone_hour", "zone_minute"]
    days = parts["date"].str.to_date("%Y-%m-%d", strict=False)
    fraction = parts["fraction"].fill_null("0").str.pad_end(9, "0").cast(pl.Int64).to_numpy()
    hour, minute, second, ahead, beside = (
        parts[name].cast(pl.Int64).fill_null(0).to_numpy()
        for name in ("hour", "minute", "second", "zone_hour", "zone_minute")
    )
    bad = words.is_not_null().to_numpy() & days.is_null().to_numpy()
    bad |= (hour > 23) | (minute > 59) | (second > 60) | (np.abs(ahead) > 14) | (beside > 59)
    table.refuse(bad, '"{}" is no time; write it as "2025-01-31T12:00:00Z" or in seconds', column=column)
    table.refuse(
        ~days.dt.year().fill_null(2000).is_between(1678, 2261).to_numpy(),
        "{} is not between the years 1678 and 2261",
        column=column,
    )
    west = parts["zone_hour"].fill_null("+").str.starts_with("-").to_numpy()
    zone = ahead * 60 + np.where(west, -beside, beside)
    since = days.to_physical().cast(pl.Int64).fill_null(0).to_numpy() * 86_400
    seconds = since + hour * 3_600 + (minute - zone) * 60 + second
    return seconds * NS_PER_SECOND + fraction, words.is_null().to_numpy()


def _times(table: _Table, column: str) -> npt.NDArray[np.int64]:
    """When requests arrived, in order, as the file says it."""
    times, missing = _moments(table, column)
    table.refuse(missing, "is empty; every request needs a time", column=column)
    back = np.append(False, np.diff(times) < 0)
    if back.any():
        row = int(back.argmax())
        earlier, than = table.frame[column][row], table.frame[column][row - 1]
        raise table.wrong(f'{earlier} comes after {than} of row {row}; sort it by "{column}"', column=column, mask=back)
    return times


def _labels(
    table: _Table, columns: ReplayColumns, *, times: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int64]]:
    """Labels (−1 where none came) and when they became known, on the clock of the file."""
    if columns.label is None:
        if columns.label_time is not None:
            raise table.wrong("says when labels came but no label is named; name it too", column=columns.label_time)
        return np.full(len(times), -1, dtype=np.int8), times
    label = _label(table, columns.label)
    if columns.label_time is None:
        return label, times
    return label, _label_times(table, columns, times=times, unlabelled=label < 0)


def _label(table: _Table, column: str) -> npt.NDArray[np.int8]:
    import polars as pl

    words = _words(table, column).replace({"true": "1", "false": "0"})
    values = words.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    empty = words.is_null().to_numpy() | (words.str.to_lowercase() == "nan").fill_null(False).to_numpy()
    table.refuse(~(empty | (values == 0) | (values == 1)), '"{}" is no label; write 0, 1 or nothing', column=column)
    return np.where(empty, -1, np.nan_to_num(values)).astype(np.int8)


def _label_times(
    table: _Table, columns: ReplayColumns, *, times: npt.NDArray[np.int64], unlabelled: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    assert columns.label_time is not None
    column = columns.label_time
    moments, missing = _moments(table, column)
    if not missing.all() and _is_instant(table, column) != _is_instant(table, columns.time):
        why = f'is not on the clock of "{columns.time}"; write both as timestamps or both in seconds'
        raise table.wrong(why, column=column)
    missing = missing | unlabelled  # a case that was closed without a verdict
    no_time = f'is empty though "{columns.label}" has a label; fill it, or empty both'
    table.refuse(missing & ~unlabelled, no_time, column=column)
    early = f'{{}} is earlier than the request ("{columns.time}"); a label comes after its request'
    table.refuse(~missing & (moments < times), early, column=column)
    return np.where(missing, times, moments)


def _on_clock(table: _Table, moments: npt.NDArray[np.int64], *, start: int, speed: float) -> npt.NDArray[np.int64]:
    """Moments as nanoseconds of the flight, at the replay's speed."""
    last = int(moments.max()) - start
    if last / speed >= _LATEST:
        raise RecordingError(
            f"{table.file}: it lasts {last / speed / 3.15e16:.0f} years at speed {speed:g}; raise speed"
        )
    since = moments - start
    return since // int(speed) if speed.is_integer() and speed < 2**53 else np.floor(since / speed).astype(np.int64)


def _refuse_repeats(table: _Table, *, times: npt.NDArray[np.int64], parts: list[npt.NDArray[np.generic]]) -> None:
    """Requests may share an instant; a row that repeats another in every mapped column was written twice."""
    import polars as pl

    same = np.diff(times) == 0
    rows = np.flatnonzero(np.append(False, same) | np.append(same, False))
    frame = pl.DataFrame({str(index): np.asarray(part)[rows] for index, part in enumerate([times, *parts])})
    repeats = ~frame.select(pl.struct(pl.all()).is_first_distinct()).to_series().to_numpy() if len(rows) else same[:0]
    if repeats.any():
        row = int(rows[int(repeats.argmax())]) + 1
        raise RecordingError(
            f"{table.file} row {row}: repeats an earlier row in every mapped column; remove one of them"
        )
