"""A replayed flight is a function of what was recorded, not of how the file stores it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sandbox.lab import fault_drill as faults
from sandbox.run.session import Session, fly
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_plan, read_text
from sandbox.scenario.recorded_file import RecordingError
from sandbox.scenario.replay import read_recording
from sandbox.world.traffic.replay import Replay

TEXT = """
format = 1
[scenario]
title = "A day again"
seed = 5
duration = "6m"
tick = "30s"
[traffic]
kind = "replay"
path = "day.parquet"
speed = 2
[traffic.columns]
time = "asked_at"
features = ["amount", "country", "fresh"]
user = "who"
segment = "plan"
group = "group"
label = "fraud"
label_time = "known_at"
scores = { incumbent = "old", candidate = "new" }
latencies = { candidate = "took" }
[models.incumbent]
kind = "logged"
[models.candidate]
kind = "logged"
[[faults]]
kind = "errors"
model = "candidate"
rate = "5%"
at = "2m"
[ramp]
steps = ["20%", "60%"]
bake = "2m"
[[gates]]
kind = "no-worse"
metric = "quality.brier"
margin = "50%"
dry_run = true
"""
ROWS = 3_000
START = datetime(2025, 1, 31, 12, tzinfo=UTC)


def day() -> pl.DataFrame:
    draw = np.random.default_rng(7)
    asked = np.sort(draw.integers(0, 700_000, ROWS)).tolist()
    labelled = draw.random(ROWS) < 0.9
    waits = draw.integers(0, 60_000, ROWS).tolist()
    known = [START + timedelta(milliseconds=at + wait) for at, wait in zip(asked, waits, strict=True)]
    return pl.DataFrame({
        "asked_at": [START + timedelta(milliseconds=at) for at in asked],
        "amount": [None if one < 0.05 else one for one in draw.random(ROWS).round(4).tolist()],
        "country": [("se", "de", None)[one] for one in draw.integers(0, 3, ROWS).tolist()],
        "fresh": (draw.random(ROWS) < 0.5).tolist(),
        "who": draw.integers(0, 400, ROWS).tolist(),
        "plan": [("pro", "free")[one] for one in draw.integers(0, 2, ROWS).tolist()],
        "group": draw.integers(1, 3, ROWS).tolist(),
        "fraud": [int(one) if there else None for one, there in zip(draw.random(ROWS) < 0.3, labelled, strict=True)],
        "known_at": [at if there else None for at, there in zip(known, labelled, strict=True)],
        "old": draw.random(ROWS).round(3).tolist(),
        "new": draw.random(ROWS).round(3).tolist(),
        "took": draw.random(ROWS).round(3).tolist(),
        "ignored": draw.random(ROWS).tolist(),
    })


def plan() -> Plan:
    return Plan(name="day", text=TEXT, document=read_text(TEXT, name="day.toml"))


def digest_of(path: Path) -> str:
    spec = plan().document.traffic
    assert isinstance(spec, Replay)
    recording = read_recording(spec.model_copy(update={"path": path.name}), folder=path.parent)
    return fly(plan(), recording=recording).digest


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of the day from one plain Parquet file."""
    path = tmp_path_factory.mktemp("day") / "day.parquet"
    day().write_parquet(path)
    return digest_of(path)


WRITTEN: dict[str, Callable[[Path], Path]] = {
    "row groups of 1": lambda folder: parquet(folder, row_group_size=1),
    "row groups of 7": lambda folder: parquet(folder, row_group_size=7),
    "one row group": lambda folder: parquet(folder, row_group_size=ROWS),
    "uncompressed": lambda folder: parquet(folder, compression="uncompressed", statistics=False),
    "small pages": lambda folder: parquet(folder, compression="zstd", data_page_size=64),
    "columns the other way round": lambda folder: parquet(folder, frame=day().select(reversed(day().columns))),
    "without what nobody reads": lambda folder: parquet(folder, frame=day().drop("ignored")),
    "narrower types": lambda folder: parquet(folder, frame=day().cast({"who": pl.Int32, "group": pl.UInt8})),
    "words by code": lambda folder: parquet(
        folder, frame=day().cast({"country": pl.Categorical, "plan": pl.Categorical})
    ),
    "in another time unit": lambda folder: parquet(folder, frame=day().cast({"asked_at": pl.Datetime("ns", "UTC")})),
    "CSV": lambda folder: text(folder / "day.csv", day().write_csv()),
    "CSV, columns the other way round": lambda folder: text(
        folder / "day.csv", day().select(reversed(day().columns)).write_csv()
    ),
    "CSV, every field quoted": lambda folder: text(folder / "day.csv", day().write_csv(quote_style="always")),
    "CSV, lines as Windows ends them": lambda folder: text(
        folder / "day.csv", day().write_csv(line_terminator="\r\n")
    ),
    "JSON lines": lambda folder: text(folder / "day.jsonl", day().write_ndjson()),
    "JSON lines, keys the other way round": lambda folder: text(
        folder / "day.jsonl", day().select(reversed(day().columns)).write_ndjson()
    ),
}


def parquet(folder: Path, frame: pl.DataFrame | None = None, **how: object) -> Path:
    (day() if frame is None else frame).write_parquet(folder / "day.parquet", **how)
    return folder / "day.parquet"


def text(path: Path, written: str) -> Path:
    path.write_bytes(written.encode())
    return path


@pytest.mark.parametrize("how", WRITTEN)
def test_how_the_rows_are_stored_changes_no_bit(stored: str, tmp_path: Path, how: str) -> None:
    assert digest_of(WRITTEN[how](tmp_path)) == stored


@pytest.mark.parametrize("column", [name for name in day().columns if name not in ("ignored", "asked_at", "known_at")])
def test_a_column_shifted_by_a_row_is_another_flight(stored: str, tmp_path: Path, column: str) -> None:
    """The law above is about something: each of these columns reaches the digest."""
    values = day()[column].to_list()
    other = day().with_columns(pl.Series(column, [values[-1], *values[:-1]]))
    if column == "fraud":
        other = other.with_columns(pl.when(pl.col("fraud").is_null()).then(None).otherwise(
            pl.coalesce("known_at", pl.col("asked_at") + pl.duration(seconds=9))).alias("known_at"))
    assert digest_of(parquet(tmp_path, frame=other)) != stored


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_rows_out_of_order_are_refused_with_the_first_of_them_in_every_format(tmp_path: Path, ending: str) -> None:
    rows = day()
    mixed = pl.concat([rows[:1000], rows[1500:], rows[1000:1500]])
    path = tmp_path / f"day.{ending}"
    write = {"parquet": mixed.write_parquet, "csv": mixed.write_csv, "jsonl": mixed.write_ndjson}[ending]
    write(path)
    with pytest.raises(RecordingError, match=r'row 2501 column "asked_at": .* comes after .* of row 2500; sort it by'):
        digest_of(path)


def test_a_scenario_that_names_its_file_flies_it(stored: str, tmp_path: Path) -> None:
    (tmp_path / "day.toml").write_text(TEXT)
    parquet(tmp_path)
    read = read_plan(tmp_path / "day.toml")
    assert isinstance(read.document.traffic, Replay)
    assert fly(read, recording=read_recording(read.document.traffic, folder=read.folder)).digest == stored


def test_a_recording_of_an_instant_flies_as_one_block(tmp_path: Path) -> None:
    rows = read_recording(plan().document.traffic, folder=parquet(tmp_path, day().head(1)).parent)
    session = Session(plan(), recording=rows)
    flight = session.finish()
    assert session.world.day.block(0).end == flight.ended_at
    assert flight.truth.requests.sum() == 1


@pytest.mark.parametrize("kind", faults.NAMES)
def test_every_fault_flies_on_a_replay_and_loses_nobody(kind: str, tmp_path: Path) -> None:
    day().write_parquet(tmp_path / "day.parquet")
    table = faults.settings(kind) | {"at": "2m", "lasts": "90s"}
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    extra = """
[services.candidate]
follow_share = true
[services.incumbent]
follow_share = true
[notify]
[[alerts]]
name = "any"
expr = "traffic.rate{arm=candidate} > 0.1"
"""
    old = TEXT[TEXT.index("[[faults]]"):TEXT.index("[ramp]")]
    shadowed = TEXT.replace('"20%", "60%"', '"shadow", "60%"')
    text = shadowed.replace(old, "[[faults]]\n" + "\n".join(lines) + "\n") + extra
    plan = Plan(name="day", text=text, document=read_text(text, name="day.toml"))
    assert isinstance(plan.document.traffic, Replay)
    recording = read_recording(plan.document.traffic, folder=tmp_path)
    truth = fly(plan, recording=recording).truth
    assert truth.statuses.sum() == truth.requests.sum() == (recording.at < plan.document.scenario.duration).sum()
