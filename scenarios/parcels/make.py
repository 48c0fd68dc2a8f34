"""Makes the recorded week of parcels that two scenarios replay, and the two files its new model was exported to.

    python scenarios/parcels/make.py

Nothing in it is real: the parcels are drawn here, and the models that scored them are trained here. What it writes
stands beside it, so that nobody has to run it. It needs scikit-learn and skl2onnx.
"""

from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

HERE = Path(__file__).resolve().parent
SEED = 20
WEEKS = 2
PARCELS = 12_000
"""How many are handed in a week. In the first today's model was trained; the second is the recorded one."""

MONDAY = datetime(2025, 6, 2, tzinfo=UTC)
DAY = 86_400
TRAINED_UNTIL = 3 * DAY
"""The new model that "learnt the week by heart" saw its days up to Wednesday night."""

FEATURES = ("distance_km", "weight_kg", "backlog", "rain_mm")
TODAYS = ("distance_km", "weight_kg")

Floats = npt.NDArray[np.float64]


def main() -> None:
    """Draws both weeks, trains the models and writes the recording and the exported files."""
    before, week = (drawn(np.random.default_rng([SEED, number])) for number in range(WEEKS))
    linear = import_module("sklearn.linear_model").LogisticRegression
    scaler = import_module("sklearn.preprocessing").StandardScaler
    pipeline = import_module("sklearn.pipeline").make_pipeline
    today = pipeline(scaler(), linear()).fit(before.select(TODAYS).to_numpy(), before["late"])
    notebook = pipeline(scaler(), linear()).fit(before.select(FEATURES).to_numpy(), before["late"])
    by_heart = import_module("sklearn.tree").DecisionTreeClassifier(min_samples_leaf=3, random_state=SEED)
    seen = week.filter(pl.col("handed_in") < TRAINED_UNTIL)
    by_heart.fit(seen.select(FEATURES).to_numpy(), seen["late"])
    scored = week.with_columns(
        today=pl.Series(scores(today, week, TODAYS)), by_heart=pl.Series(scores(by_heart, week, FEATURES))
    )
    recording(scored).write_parquet(HERE / "week.parquet", compression="zstd", compression_level=19)
    export(notebook, HERE / "pipeline.onnx")
    export(notebook[-1], HERE / "last_step.onnx")


def drawn(luck: np.random.Generator) -> pl.DataFrame:
    """A week of parcels by the second at which they were handed in."""
    day = luck.integers(0, 7, PARCELS)
    hour = luck.beta(4, 4, PARCELS) * 24
    handed_in = np.sort(np.floor(day * DAY + hour * 3_600))
    sender = np.floor(3_000 * luck.random(PARCELS) ** 1.6)
    distance, weight = luck.gamma(2, 90, PARCELS), luck.gamma(1.5, 3, PARCELS)
    backlog = 400 + 300 * np.sin(2 * np.pi * handed_in / DAY) + 80 * luck.standard_normal(PARCELS)
    rain = np.where(luck.random(PARCELS) < 0.3, luck.exponential(6, PARCELS), 0.0)
    odds = -3.2 + 0.006 * distance + 0.05 * weight + 0.002 * backlog + 0.16 * rain
    late = luck.random(PARCELS) < 1 / (1 + np.exp(-odds))
    known = handed_in + np.floor(luck.gamma(6, 3, PARCELS) * 3_600)
    return pl.DataFrame(
        {
            "handed_in": handed_in.astype(np.int64), "sender": sender.astype(np.int64),
            "region": np.array(["north", "south"])[(sender % 3 == 0).astype(int)],
            "distance_km": distance.round(0), "weight_kg": weight.round(1), "backlog": backlog.round(0),
            "rain_mm": rain.round(1), "late": late, "known": known.astype(np.int64),
        }
    )


def scores(model: Any, parcels: pl.DataFrame, features: tuple[str, ...]) -> Floats:
    """The chance of being late that a model gives each parcel."""
    found: Floats = model.predict_proba(parcels.select(features).to_numpy())[:, 1].round(3)
    return found


def recording(week: pl.DataFrame) -> pl.DataFrame:
    """The week as a log would hold it: times of the day, the label and when it was known, what both models said."""
    moments = (
        (pl.lit(MONDAY) + pl.duration(seconds=pl.col(column))).cast(pl.Datetime("ms", "UTC")).alias(column)
        for column in ("handed_in", "known")
    )
    return week.with_columns(*moments, pl.col("late").cast(pl.Int8))


def export(model: Any, path: Path) -> None:
    """Writes a model as ONNX, its answer as one tensor of chances."""
    types, convert = import_module("skl2onnx.common.data_types"), import_module("skl2onnx").to_onnx
    takes = [("features", types.FloatTensorType([None, len(FEATURES)]))]
    path.write_bytes(convert(model, initial_types=takes, options={"zipmap": False}).SerializeToString())


if __name__ == "__main__":
    main()
