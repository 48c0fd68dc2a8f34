"""Recorded files read into columns: Parquet, CSV or JSON lines, the same rows giving the same recording.

CSV has no types, so text is judged by what it says, in every format: a text column of numbers only is numbers, one of
true and false only is booleans, an empty text is missing. Rows are counted from 1, a CSV header not included.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from sandbox.base.recording import Recording
from sandbox.base.units import NS_PER_SECOND
from sandbox.scenario.recorded_columns import (
    feature_of,
    is_instant,
    labels_of,
    latencies_of,
    names_of,
    scores_of,
    times_of,
    users_of,
)
from sandbox.scenario.recorded_file import RecordedTable, RecordingError, located, read_table
from sandbox.world.traffic.replay import Replay

_LATEST = np.iinfo(np.int64).max


def read_recording(spec: Replay, *, folder: Path) -> Recording:
    """The recorded file of a replay as columns; raises RecordingError.

    Without `label_time` a label counts as known at once (`label_at` equals `at`): `[labels]` adds its delays on top.
    """
    path = located(spec.path, folder=folder)
    table = read_table(path, spec=spec, folder=folder)
    columns = spec.columns
    times = times_of(table, columns.time)
    label, label_times = labels_of(table, columns, times=times)
    features = [feature_of(table, name) for name in columns.features]
    user, user_names = users_of(table, columns.user)
    segment, segments = names_of(table, columns.segment)
    group, groups = names_of(table, columns.group)
    scores = {model: scores_of(table, name) for model, name in columns.scores.items()}
    latencies = {model: latencies_of(table, name) for model, name in columns.latencies.items()}
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
        began=int(times[0]) / NS_PER_SECOND if is_instant(table, columns.time) else None,
    )


def _on_clock(
    table: RecordedTable, moments: npt.NDArray[np.int64], *, start: int, speed: float
) -> npt.NDArray[np.int64]:
    """Moments as nanoseconds of the flight, at the replay's speed."""
    last = int(moments.max()) - start
    if last / speed >= _LATEST:
        raise RecordingError(
            f"{table.file}: it lasts {last / speed / 3.15e16:.0f} years at speed {speed:g}; raise speed"
        )
    since = moments - start
    return since // int(speed) if speed.is_integer() and speed < 2**53 else np.floor(since / speed).astype(np.int64)


def _refuse_repeats(
    table: RecordedTable, *, times: npt.NDArray[np.int64], parts: list[npt.NDArray[np.generic]]
) -> None:
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
