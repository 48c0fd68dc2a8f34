"""What is known about a flight at its scheduled departure, and nothing that is known later.

Weather is that of the whole hour before the scheduled one. Delays of other flights count from the moment they were
known: a departure once it left, an arrival once it landed, both strictly before the flight's own scheduled departure.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

SCHEDULE = ("carrier", "origin", "dest", "hour", "weekday", "distance", "block")
WEATHER = ("temp", "humid", "wind_speed", "precip", "pressure", "visib")
RECENT = (
    "origin_leaving_delay",
    "origin_arrival_delay",
    "origin_late_share",
    "carrier_leaving_delay",
    "carrier_arrival_delay",
    "carrier_late_share",
    "plane_delay",
)
CATEGORIES = ("carrier", "origin", "dest")
FEATURES = (*SCHEDULE, *WEATHER, *RECENT)

LEFT_WINDOW = 90
LANDED_WINDOW = 180
"""Minutes before a scheduled departure in which others' departures and landings count as recent."""


def with_features(flights: pl.DataFrame, weather: pl.DataFrame) -> pl.DataFrame:
    """The flights with every feature beside them, in their order."""
    at = _minutes(flights["scheduled_at"])
    recent: dict[str, npt.NDArray[np.float64]] = {}
    for who in ("origin", "carrier"):
        group = flights[who].cast(pl.Categorical).to_physical().to_numpy()
        for name, when, value, window in (
            (f"{who}_leaving_delay", "left_at", "dep_delay", LEFT_WINDOW),
            (f"{who}_arrival_delay", "known_at", "arr_delay", LANDED_WINDOW),
            (f"{who}_late_share", "known_at", "late", LANDED_WINDOW),
        ):
            events = (group, _minutes(flights[when]), flights[value].fill_null(0).cast(pl.Int64).to_numpy())
            recent[name] = _recent_mean(at, group, events=events, window=window)
    recent["plane_delay"] = _plane_delay(flights)
    return _with_weather(flights, weather).with_columns(pl.Series(name, recent[name]) for name in RECENT)


def _minutes(instants: pl.Series) -> npt.NDArray[np.int64]:
    """Whole minutes of instants, −1 where there is none."""
    return (instants.dt.epoch("s") // 60).fill_null(-1).to_numpy()


def _recent_mean(
    at: npt.NDArray[np.int64],
    asks: npt.NDArray[np.integer],
    *,
    events: tuple[npt.NDArray[np.integer], npt.NDArray[np.int64], npt.NDArray[np.int64]],
    window: int,
) -> npt.NDArray[np.float64]:
    """Mean value of the events of one's own group in [at − window, at), NaN where there was none.

    Events are (group, minute known or −1, value); sums are of integers, so they are exact.
    """
    groups, moments, values = events
    means = np.full(len(at), np.nan)
    for group in np.unique(asks):
        inside = np.flatnonzero((groups == group) & (moments >= 0))
        inside = inside[np.argsort(moments[inside], kind="stable")]
        mine = np.flatnonzero(asks == group)
        sums = np.append(0, np.cumsum(values[inside]))
        first, end = (np.searchsorted(moments[inside], at[mine] - back, side="left") for back in (window, 0))
        some = end > first
        first, end = first[some], end[some]
        means[mine[some]] = (sums[end] - sums[first]) / (end - first)
    return means


def _plane_delay(flights: pl.DataFrame) -> npt.NDArray[np.float64]:
    """Arrival delay of the same plane's last flight that landed before, NaN where none is known."""
    landed = flights.filter(pl.col("known_at").is_not_null() & pl.col("tailnum").is_not_null())
    landed = landed.select("tailnum", "known_at", plane_delay="arr_delay").sort("known_at", "tailnum", "plane_delay")
    last = flights.select("tailnum", "scheduled_at").join_asof(
        landed,
        left_on="scheduled_at",
        right_on="known_at",
        by="tailnum",
        strategy="backward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    return last["plane_delay"].cast(pl.Float64).fill_null(np.nan).to_numpy()


def _with_weather(flights: pl.DataFrame, weather: pl.DataFrame) -> pl.DataFrame:
    before = pl.col("scheduled_at").dt.truncate("1h") - pl.duration(hours=1)
    hourly = weather.select("origin", pl.col("began_at").alias("weather_at"), *WEATHER)
    asked = flights.with_columns(before.alias("weather_at"))
    return asked.join(hourly, on=["origin", "weather_at"], how="left", maintain_order="left").drop("weather_at")
