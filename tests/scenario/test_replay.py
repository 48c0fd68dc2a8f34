"""Recorded files: what they become, whatever their format, and how each malformed one is refused."""

import hashlib
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sandbox.base.recording import FeatureColumns, Recording
from sandbox.scenario.recorded_file import RecordingError, recording_hash
from sandbox.scenario.replay import read_recording
from sandbox.world.traffic.replay import Replay

START = datetime(2025, 1, 31, 12, tzinfo=UTC)
MAPPED: dict[str, object] = {
    "time": "asked_at",
    "features": ["amount", "country", "fresh"],
    "user": "who",
    "segment": "plan",
    "group": "group",
    "label": "fraud",
    "label_time": "known_at",
    "scores": {"incumbent": "score"},
    "latencies": {"incumbent": "took"},
}
FORMATS = ("parquet", "csv", "jsonl")


def rows() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "asked_at": [START + timedelta(seconds=s) for s in (0.0, 0.25, 0.25, 3.000001)],
            "amount": [1.5, 0.1, None, 1e20],
            "country": ["se", None, "de", "se"],
            "fresh": [True, False, None, True],
            "who": [7, 7, 12, 100],
            "plan": ["pro", "free", "free", "pro"],
            "group": [2, 1, 1, 2],
            "fraud": [1, None, 0, 1],
            "known_at": [START + timedelta(seconds=60), None, START + timedelta(seconds=1), START + timedelta(days=2)],
            "score": [0.0, 0.25, 1.0, 0.3],
            "took": [0.0, 0.1, 0.0000001, 2.0],
            "ignored": ["x", "y", "z", ""],
        }
    )


def write(frame: pl.DataFrame, path: Path) -> None:
    match path.suffix:
        case ".parquet":
            frame.write_parquet(path)
        case ".csv":
            frame.write_csv(path)
        case _:
            frame.write_ndjson(path)


def read(path: Path, **changes: object) -> Recording:
    columns = MAPPED | changes
    speed = columns.pop("speed", 1.0)
    spec = Replay.model_validate({"path": path.name, "speed": speed, "columns": columns})
    return read_recording(spec, folder=path.parent)


def assert_same(left: Recording, right: Recording) -> None:
    for field in fields(Recording):
        one, other = getattr(left, field.name), getattr(right, field.name)
        if isinstance(one, np.ndarray):
            assert one.dtype == other.dtype, field.name
            np.testing.assert_array_equal(one, other, err_msg=field.name)
        elif field.name in ("scores", "latencies"):
            assert list(one) == list(other)
            for name in one:
                assert one[name].dtype == other[name].dtype
                np.testing.assert_array_equal(one[name], other[name])
        else:
            assert one == other, field.name


def test_every_column_arrives_as_the_recording_says(tmp_path: Path) -> None:
    write(rows(), tmp_path / "r.parquet")
    seen = read(tmp_path / "r.parquet")
    assert len(seen) == 4
    assert seen.at.tolist() == [0, 250_000_000, 250_000_000, 3_000_001_000]
    assert seen.feature_names == ("amount", "country", "fresh")
    assert seen.categories == {"country": ("de", "se"), "fresh": ("false", "true")}
    np.testing.assert_array_equal(
        seen.features, np.array([[1.5, 1, 1], [0.1, np.nan, 0], [np.nan, 0, np.nan], [1e20, 1, 1]])
    )
    assert seen.user_names == ("100", "12", "7")
    assert (seen.user.tolist(), seen.users, str(seen.user.dtype)) == ([2, 2, 1, 0], 3, "int32")
    assert (seen.segment.tolist(), seen.segments, str(seen.segment.dtype)) == ([1, 0, 0, 1], ("free", "pro"), "uint8")
    assert (seen.group.tolist(), seen.groups) == ([1, 0, 0, 1], ("1", "2"))
    assert seen.label.tolist() == [1, -1, 0, 1]
    assert seen.label_at.tolist() == [60_000_000_000, -1, 1_000_000_000, 172_800_000_000_000]
    assert seen.scores["incumbent"].tolist() == [np.float32(score) for score in (0.0, 0.25, 1.0, 0.3)]
    assert seen.latencies["incumbent"].tolist() == [0, 100_000_000, 100, 2_000_000_000]


def test_a_callable_model_reads_words_and_numbers(tmp_path: Path) -> None:
    write(rows(), tmp_path / "r.parquet")
    seen = read(tmp_path / "r.parquet")
    columns = FeatureColumns(names=seen.feature_names, matrix=seen.features, categories=seen.categories)
    assert columns["country"].tolist() == ["se", "", "de", "se"]


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_rows_in_any_format_are_the_same_recording(tmp_path: Path, ending: str) -> None:
    write(rows(), tmp_path / "r.parquet")
    write(rows(), tmp_path / f"other.{ending}")
    assert_same(read(tmp_path / "r.parquet"), read(tmp_path / f"other.{ending}"))


Reshape = Callable[[pl.DataFrame], pl.DataFrame]
SHAPES: dict[str, Reshape] = {
    "naive": lambda f: f.with_columns(pl.col("asked_at", "known_at").dt.replace_time_zone(None)),
    "elsewhere": lambda f: f.with_columns(pl.col("asked_at", "known_at").dt.convert_time_zone("Asia/Kolkata")),
    "nanoseconds": lambda f: f.with_columns(pl.col("asked_at", "known_at").cast(pl.Datetime("ns", "UTC"))),
    "seconds": lambda f: f.with_columns(pl.col("asked_at", "known_at").dt.epoch("us") / 1e6),
    "text": lambda f: f.with_columns(pl.col("asked_at", "known_at").dt.to_string("iso:strict")),
    "booleans": lambda f: f.with_columns(pl.col("fraud").cast(pl.Boolean)),
    "float labels": lambda f: f.with_columns(pl.col("fraud").cast(pl.Float64).fill_null(float("nan"))),
    "single precision": lambda f: f.with_columns(pl.col("amount", "score", "took").cast(pl.Float32)),
    "categories": lambda f: f.with_columns(pl.col("country", "plan").cast(pl.Categorical)),
    "empty text": lambda f: f.with_columns(pl.col("country").fill_null("")),
    "NaN": lambda f: f.with_columns(pl.col("amount").fill_null(float("nan"))),
}


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_equal_values_of_another_type_are_the_same_recording(tmp_path: Path, shape: str, ending: str) -> None:
    if (shape, ending) in {("NaN", "jsonl"), ("float labels", "jsonl")}:
        return  # JSON has no NaN
    write(rows(), tmp_path / "r.parquet")
    write(SHAPES[shape](rows()), tmp_path / f"other.{ending}")
    plain, other = read(tmp_path / "r.parquet"), read(tmp_path / f"other.{ending}")
    if shape in ("seconds", "single precision"):  # as exact as such a number is
        np.testing.assert_allclose(plain.at, other.at, atol=1_000)
        np.testing.assert_allclose(plain.features, other.features)
    else:
        assert_same(plain, other)


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("2025-01-31T12:00:01Z", 1_000_000_000),
        ("2025-01-31 12:00:00.000000001", 1),
        ("2025-01-31T13:30+01:00", 1_800_000_000_000),
        ("2025-01-31T07:00:02.5-0500", 2_000_000_000 + 500_000_000),
        ("2025-01-31T08:30:00-03:30", 0),
        ("2025-02-01", 43_200_000_000_000),
    ],
)
def test_iso_8601_to_the_nanosecond(tmp_path: Path, text: str, nanoseconds: int) -> None:
    (tmp_path / "r.csv").write_text(f"t,x\n2025-01-31T12:00:00Z,1\n{text},2\n")
    seen = read_columns(tmp_path / "r.csv", time="t", features=["x"])
    assert seen.at.tolist() == [0, nanoseconds]


def read_columns(path: Path, *, speed: float = 1.0, **columns: object) -> Recording:
    spec = Replay.model_validate({"path": path.name, "speed": speed, "columns": columns})
    return read_recording(spec, folder=path.parent)


def test_what_is_not_named_has_a_plain_stand_in(tmp_path: Path) -> None:
    write(rows(), tmp_path / "r.parquet")
    seen = read_columns(tmp_path / "r.parquet", time="asked_at", features=["amount"])
    assert (seen.user.tolist(), seen.users, seen.user_names) == ([0, 1, 2, 3], 4, None)
    assert (seen.segments, seen.groups, seen.segment.tolist()) == (("all",), ("all",), [0, 0, 0, 0])
    assert (seen.label.tolist(), seen.label_at.tolist()) == ([-1] * 4, [-1] * 4)
    assert (seen.scores, seen.latencies) == ({}, {})


def test_a_label_without_a_time_is_known_at_once(tmp_path: Path) -> None:
    write(rows(), tmp_path / "r.parquet")
    seen = read(tmp_path / "r.parquet", label_time=None)
    assert seen.label_at.tolist() == [0, -1, 250_000_000, 3_000_001_000]


@pytest.mark.parametrize(
    ("speed", "at"), [(60.0, [0, 4_166_666, 4_166_666, 50_000_016]), (0.5, [0, 5e8, 5e8, 6_000_002_000])]
)
def test_speed_divides_both_clocks_and_no_latency(tmp_path: Path, speed: float, at: list[int]) -> None:
    write(rows(), tmp_path / "r.parquet")
    seen = read(tmp_path / "r.parquet", speed=speed)
    assert seen.at.tolist() == at
    assert seen.label_at[0] == 60_000_000_000 / speed
    assert seen.latencies["incumbent"][3] == 2_000_000_000


def test_rows_of_one_instant_keep_the_order_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("t,x\n5,3\n5,1\n5,2\n")
    seen = read_columns(tmp_path / "r.csv", time="t", features=["x"])
    assert (seen.at.tolist(), seen.features[:, 0].tolist()) == ([0, 0, 0], [3, 1, 2])


def test_cache_paths_are_below_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "greenroom" / "sub").mkdir(parents=True)
    write(rows(), tmp_path / "greenroom" / "sub" / "r.parquet")
    spec = Replay.model_validate({"path": "cache:sub/r.parquet", "columns": MAPPED})
    assert len(read_recording(spec, folder=tmp_path / "nowhere")) == 4


def test_a_files_hash_is_its_sha_256(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes(b"t,x\n1,2\n")
    assert recording_hash(tmp_path / "r.csv") == hashlib.sha256(b"t,x\n1,2\n").hexdigest()


HEAD = "asked_at,amount,country,fresh,who,plan,group,fraud,known_at,score,took"
GOOD = "2025-01-31T12:00:00Z,1,se,true,a,pro,x,1,2025-01-31T13:00:00Z,0.5,0.1"
LATER = "2025-01-31T12:00:01Z,1,se,true,a,pro,x,0,2025-01-31T13:00:00Z,0.5,0.1"


def csv_with(**changes: str) -> str:
    """One good row and one with some fields changed."""
    names, fields = HEAD.split(","), LATER.split(",")
    return "\n".join(
        [HEAD, GOOD, ",".join(changes.get(name, old) for name, old in zip(names, fields, strict=True)), ""]
    )


MALFORMED: list[tuple[str, str | bytes, str]] = [
    ("r.txt", "x", 'unknown extension ".txt"; greenroom reads .parquet, .csv, .jsonl'),
    ("r.csv", "", "the file is empty"),
    ("r.jsonl", "", "the file is empty"),
    ("r.csv", HEAD + "\n", "the file is empty"),
    ("r.parquet", "PAR1 and then nothing", "unreadable as parquet"),
    ("r.csv", csv_with().encode().replace(b"pro", b"\xff\xfe"), "unreadable as csv"),
    ("r.csv", csv_with().replace(",se,", ',"se,', 1), "unreadable as csv"),
    ("r.csv", csv_with(took="1,2,3"), "unreadable as csv"),
    ("r.csv", f"{HEAD}\n{GOOD}\n2025-01-31T12:00:01Z,1,s", "its last line has 3 of 11 fields; was it cut off?"),
    ("r.jsonl", '{"asked_at": 1}\n{"asked_at": 2, "amo', "unreadable as jsonl"),
    ("r.jsonl", "[1, 2]\n", "unreadable as jsonl"),
    (
        "r.csv",
        csv_with().replace("amount", "amuont"),
        'no column "amount", which traffic.columns.features[0] names; nearest: am',
    ),
    ("r.csv", csv_with().replace("score", "zzz"), "traffic.columns.scores.incumbent names; it has asked_at, amount"),
    ("r.csv", csv_with().replace("took", "look"), "traffic.columns.latencies.incumbent names; nearest: look"),
    ("r.csv", csv_with().replace(HEAD, HEAD + ",who").replace("0.1\n", "0.1,b\n"), 'two columns are called "who"'),
    (
        "r.csv",
        csv_with(asked_at="2025-01-31T11:59:59Z"),
        'column "asked_at": 2025-01-31T11:59:59Z comes after 2025-01-31T12:00:00Z of row 1; sort it by "asked_at"',
    ),
    ("r.csv", csv_with(asked_at=""), 'row 2 column "asked_at": is empty; every request needs a time'),
    ("r.csv", csv_with(asked_at="2025-02-30T00:00:00Z"), 'row 2 column "asked_at": "2025-02-30T00:00:00Z" is no time'),
    ("r.csv", csv_with(asked_at="noon"), 'row 2 column "asked_at": "noon" is no time'),
    ("r.csv", csv_with(asked_at="2025-01-31T25:00:00Z"), 'row 2 column "asked_at": "2025-01-31T25:00:00Z" is no time'),
    (
        "r.csv",
        csv_with(asked_at="2925-01-31T12:00:00Z"),
        'row 2 column "asked_at": 2925-01-31T12:00:00Z is not between',
    ),
    ("r.csv", csv_with(fraud="2"), 'row 2 column "fraud": "2" is no label; write 0, 1 or nothing'),
    ("r.csv", csv_with(fraud="yes"), 'row 2 column "fraud": "yes" is no label; write 0, 1 or nothing'),
    (
        "r.csv",
        csv_with(known_at="2025-01-31T12:00:00.999Z"),
        'row 2 column "known_at": 2025-01-31T12:00:00.999Z is earlier than the request ("asked_at")',
    ),
    ("r.csv", csv_with(known_at=""), 'row 2 column "known_at": is empty though "fraud" has a label'),
    ("r.csv", csv_with(score=""), 'row 2 column "score": is empty; a score is a number from 0 to 1'),
    ("r.csv", csv_with(score="NaN"), 'row 2 column "score": is empty; a score is a number from 0 to 1'),
    ("r.csv", csv_with(score="1.01"), 'row 2 column "score": 1.01 is out of range; a score is a number from 0 to 1'),
    ("r.csv", csv_with(score="-0.1"), 'row 2 column "score": -0.1 is out of range'),
    ("r.csv", csv_with(score="high"), 'row 2 column "score": "high" is not a number'),
    ("r.csv", csv_with(took="-0.001"), 'row 2 column "took": -0.001 is out of range; a latency is seconds, 0 or more'),
    ("r.csv", csv_with(took=""), 'row 2 column "took": is empty; a latency is seconds'),
    ("r.csv", csv_with(took="inf"), 'row 2 column "took": inf is out of range'),
    ("r.csv", csv_with(amount="inf"), 'row 2 column "amount": inf is not finite'),
    ("r.csv", csv_with(plan=""), 'row 2 column "plan": is empty; fill it, for example with "unknown"'),
    ("r.csv", csv_with(who=""), 'row 2 column "who": is empty; fill it'),
    ("r.csv", f"{HEAD}\n{GOOD}\n{LATER}\n{LATER}\n", "row 3: repeats an earlier row in every mapped column"),
]


@pytest.mark.parametrize(("name", "content", "why"), MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_file_is_refused_in_one_clear_line(
    tmp_path: Path, name: str, content: str | bytes, why: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(RecordingError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    assert why in message


def test_a_case_that_was_closed_without_a_verdict_has_no_label(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(csv_with(fraud=""))
    recording = read(tmp_path / "r.csv")
    assert recording.label[1] == -1
    assert recording.label_at[1] == -1


@pytest.mark.parametrize("ending", FORMATS)
def test_too_many_segments_are_refused_in_every_format(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"r.{ending}"
    write(pl.DataFrame({"t": range(256), "plan": [f"p{i}" for i in range(256)]}), path)
    with pytest.raises(RecordingError, match='column "plan": 256 distinct values; at most 255, name a coarser column'):
        read_columns(path, time="t", features=["t"], segment="plan")
    write(pl.DataFrame({"t": range(255), "plan": [f"p{i}" for i in range(255)]}), path)
    assert len(read_columns(path, time="t", features=["t"], group="plan").groups) == 255


ODD: list[tuple[dict[str, object], dict[str, object], str]] = [
    ({"t": [1.0, float("nan")], "x": [1, 2]}, {}, 'row 2 column "t": is empty'),
    ({"t": [1.7e12, 1.8e12], "x": [1, 2]}, {}, 'row 1 column "t": 1700000000000.0 is no time in seconds; divide'),
    ({"t": [1, 2], "x": [[1], [2]]}, {}, 'column "x": holds list(int64); write numbers, text or booleans'),
    ({"t": [1, 2], "x": [START, START]}, {}, 'column "x": holds datetime'),
    ({"t": [1, 2], "x": [1, 2], "k": [START, START]}, {"label": "x", "label_time": "k"}, 'is not on the clock of "t"'),
    ({"t": [1, 2], "x": [1, 2]}, {"label_time": "t"}, 'column "t": says when labels came but no label is named'),
    ({"t": [1e-9, 9e9], "x": [1, 2]}, {"speed": 0.001}, "it lasts 285714 years at speed 0.001; raise speed"),
]


@pytest.mark.parametrize(("data", "mapped", "why"), ODD, ids=range(len(ODD)))
def test_odd_columns_are_refused(tmp_path: Path, data: dict[str, object], mapped: dict[str, object], why: str) -> None:
    if mapped.get("label") == "x":
        data = data | {"x": [0, 1]}
    pl.DataFrame(data).write_parquet(tmp_path / "r.parquet")
    speed = float(str(mapped.get("speed", 1.0)))
    columns = {"time": "t", "features": ["x"]} | {key: mapped[key] for key in mapped if key != "speed"}
    with pytest.raises(RecordingError) as caught:
        read_columns(tmp_path / "r.parquet", speed=speed, **columns)
    assert why in str(caught.value)


def test_a_missing_file_says_the_command_that_makes_it(tmp_path: Path) -> None:
    spec = Replay.model_validate({"path": "r.parquet", "made_by": "fl ights/train.py", "columns": MAPPED})
    with pytest.raises(RecordingError) as caught:
        read_recording(spec, folder=Path("scenarios"))
    assert str(caught.value) == "scenarios/r.parquet: no such file; make it with: python 'scenarios/fl ights/train.py'"


def test_a_missing_file_suggests_what_is_beside_it(tmp_path: Path) -> None:
    write(rows(), tmp_path / "requests.parquet")
    with pytest.raises(RecordingError, match=r"request.parquet: no such file; nearest: requests.parquet"):
        read(tmp_path / "request.parquet")
