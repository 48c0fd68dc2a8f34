"""Recorded columns as arrays: judged by what they say, with the row and the column of whatever cannot be meant."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sandbox.base.units import NS_PER_SECOND
from sandbox.scenario.recorded_file import RecordedTable
from sandbox.world.traffic.replay import ReplayColumns

if TYPE_CHECKING:
    import polars as pl

MOST_NAMES = 255

_LATEST = np.iinfo(np.int64).max
_UNIT_NS = {"ns": 1, "us": 1_000, "ms": 1_000_000}
_ISO = r"^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(?:Z|z|([+-]\d{2}):?(\d{2})?)?$"


def _words(table: RecordedTable, column: str) -> "pl.Series":
    """A column as text, missing where it is empty."""
    import polars as pl

    series = table.frame[column]
    if not (series.dtype.is_numeric() or series.dtype in (pl.String, pl.Categorical, pl.Enum, pl.Boolean, pl.Null)):
        raise table.wrong(f"holds {str(series.dtype).lower()}; write numbers, text or booleans", column=column)
    text = (series.fill_nan(None) if series.dtype.is_float() else series).cast(pl.String)
    text = text.set(text == "", None)
    lower = text.str.to_lowercase()
    return lower if lower.is_in(["true", "false"]).all() else text


def _numbers(table: RecordedTable, column: str) -> "pl.Series | None":
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


def _floats(table: RecordedTable, column: str, *, least: float, most: float, ask: str) -> npt.NDArray[np.float64]:
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


def scores_of(table: RecordedTable, column: str) -> npt.NDArray[np.float32]:
    """(n,) what a model said; raises RecordingError."""
    ask = "a score is a number from 0 to 1 on every row"
    return _floats(table, column, least=0.0, most=1.0, ask=ask).astype(np.float32)


def latencies_of(table: RecordedTable, column: str) -> npt.NDArray[np.int64]:
    """(n,) ns how long an answer took, of seconds; raises RecordingError."""
    ask = "a latency is seconds, 0 or more, on every row"
    return _nanoseconds(_floats(table, column, least=0.0, most=1e9, ask=ask))


def feature_of(table: RecordedTable, column: str) -> tuple[npt.NDArray[np.float64], tuple[str, ...]]:
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


def _coded(table: RecordedTable, column: str) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """A column as codes into its sorted distinct values, none missing."""
    import polars as pl

    words = _words(table, column)
    table.refuse(words.is_null().to_numpy(), 'is empty; fill it, for example with "unknown"', column=column)
    names = words.unique().sort().to_list()
    return words.cast(pl.Enum(names)).to_physical().cast(pl.Int32).to_numpy(), tuple(names)


def users_of(table: RecordedTable, column: str | None) -> tuple[npt.NDArray[np.int32], tuple[str, ...] | None]:
    """(n,) the user's number, and what users are called; everybody is somebody else where no column says."""
    if column is None:
        return np.arange(len(table.frame), dtype=np.int32), None
    return _coded(table, column)


def names_of(table: RecordedTable, column: str | None) -> tuple[npt.NDArray[np.uint8], tuple[str, ...]]:
    """A segment or group column; everybody is in "all" where none is named."""
    if column is None:
        return np.zeros(len(table.frame), dtype=np.uint8), ("all",)
    codes, names = _coded(table, column)
    if len(names) > MOST_NAMES:
        raise table.wrong(f"{len(names)} distinct values; at most {MOST_NAMES}, name a coarser column", column=column)
    return codes.astype(np.uint8), names


# Times


def is_instant(table: RecordedTable, column: str) -> bool:
    """Whether a column says when by timestamps, not by seconds."""
    import polars as pl

    series = table.frame[column]
    if isinstance(series.dtype, (pl.Datetime, pl.Date)):
        return True
    return _numbers(table, column) is None


def _nanoseconds(seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    whole = np.floor(seconds)
    return whole.astype(np.int64) * NS_PER_SECOND + np.rint((seconds - whole) * NS_PER_SECOND).astype(np.int64)


def _moments(table: RecordedTable, column: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Nanoseconds of a time column, and where they are missing; naive timestamps are UTC."""
    if is_instant(table, column):
        return _instants(table, column)
    numbers = _numbers(table, column)
    assert numbers is not None
    values = numbers.fill_null(np.nan).to_numpy()
    missing = np.isnan(values)
    table.refuse(np.abs(values) > 9.2e9, "{} is no time in seconds; divide milliseconds by 1000", column=column)
    return _nanoseconds(np.where(missing, 0.0, values)), missing


def _instants(table: RecordedTable, column: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
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


def _iso(table: RecordedTable, column: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
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


def times_of(table: RecordedTable, column: str) -> npt.NDArray[np.int64]:
    """When requests arrived, in order, as the file says it."""
    times, missing = _moments(table, column)
    table.refuse(missing, "is empty; every request needs a time", column=column)
    back = np.append(False, np.diff(times) < 0)
    if back.any():
        row = int(back.argmax())
        earlier, than = table.frame[column][row], table.frame[column][row - 1]
        raise table.wrong(f'{earlier} comes after {than} of row {row}; sort it by "{column}"', column=column, mask=back)
    return times


def labels_of(
    table: RecordedTable, columns: ReplayColumns, *, times: npt.NDArray[np.int64]
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


def _label(table: RecordedTable, column: str) -> npt.NDArray[np.int8]:
    import polars as pl

    words = _words(table, column).replace({"true": "1", "false": "0"})
    values = words.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    empty = words.is_null().to_numpy() | (words.str.to_lowercase() == "nan").fill_null(False).to_numpy()
    table.refuse(~(empty | (values == 0) | (values == 1)), '"{}" is no label; write 0, 1 or nothing', column=column)
    return np.where(empty, -1, np.nan_to_num(values)).astype(np.int8)


def _label_times(
    table: RecordedTable, columns: ReplayColumns, *, times: npt.NDArray[np.int64], unlabelled: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    assert columns.label_time is not None
    column = columns.label_time
    moments, missing = _moments(table, column)
    if not missing.all() and is_instant(table, column) != is_instant(table, columns.time):
        why = f'is not on the clock of "{columns.time}"; write both as timestamps or both in seconds'
        raise table.wrong(why, column=column)
    missing = missing | unlabelled  # a case that was closed without a verdict
    no_time = f'is empty though "{columns.label}" has a label; fill it, or empty both'
    table.refuse(missing & ~unlabelled, no_time, column=column)
    early = f'{{}} is earlier than the request ("{columns.time}"); a label comes after its request'
    table.refuse(~missing & (moments < times), early, column=column)
    return np.where(missing, times, moments)
