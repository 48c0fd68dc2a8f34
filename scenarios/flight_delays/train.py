"""Trains the two models on January to April and writes May to December as the recording to replay.

    python scenarios/flight_delays/train.py

Writes flights.parquet, incumbent.joblib, candidate.joblib and SOURCE.json to the user's cache, and does nothing where
they are there and made from the same inputs. The month is no feature: it would be a new word in every month replayed.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that the file runs as a script

from flight_delays import features as known
from flight_delays import schedule
from flight_delays.score import cache_folder, encoded, scores_of_schedule, scores_of_trees

SEED = 7
TRAINED_BEFORE = datetime(2013, 5, 1, 4, tzinfo=UTC)
"""Midnight of 1 May in New York: only labels known by then are learnt from, only flights from then on are replayed."""

OUTPUTS = ("flights.parquet", "incumbent.joblib", "candidate.joblib")
SLOPES = ("distance", "block")
TREES = {
    "max_iter": 150,
    "learning_rate": 0.06,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 100,
    "l2_regularization": 1.0,
    "early_stopping": False,
}

Columns = Mapping[str, npt.NDArray[Any]]
Floats = npt.NDArray[np.float64]


def main() -> None:
    """Makes what is missing and prints how good the models are on flights they never saw."""
    folder = cache_folder()
    try:
        inputs = _inputs()
        source = _finished(folder, inputs=inputs)
        if source is None:
            source = _made(folder, inputs=inputs)
        else:
            print(f"{folder} is up to date")
    except (schedule.MissingDataError, OSError) as error:
        sys.exit(f"flight_delays: {error}")
    except ModuleNotFoundError as error:
        sys.exit(f"flight_delays: {error.name} is not installed; install it with: {schedule.INSTALL}")
    _print(source)


def _inputs() -> dict[str, Any]:
    """All that decides what is made: the data, the code, the versions, the seed."""
    here, data = Path(__file__).parent, schedule.data_folder()
    packages = ("numpy", "polars", "scipy", "scikit-learn", "joblib")
    try:
        versions = {name: importlib.metadata.version(name) for name in packages}
    except importlib.metadata.PackageNotFoundError as error:
        raise ModuleNotFoundError(str(error), name=error.name) from None
    code = {name: _sha256(here / name) for name in ("schedule.py", "features.py", "score.py", "train.py")}
    files = {name: _sha256(data / name) for name in ("flights.csv.zip", "weather.csv", "airports.csv")}
    return {
        "data": {"package": schedule.PACKAGE, "version": schedule.data_version(), "licence": "CC0", "sha256": files},
        "code": code,
        "versions": {"python": platform.python_version(), **versions},
        "seed": SEED,
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _finished(folder: Path, *, inputs: dict[str, Any]) -> dict[str, Any] | None:
    """What SOURCE.json says, if it still holds."""
    try:
        source: dict[str, Any] = json.loads((folder / "SOURCE.json").read_text())
        whole = all(_sha256(folder / name) == source["outputs"][name] for name in OUTPUTS)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return source if whole and source.get("inputs") == inputs else None


def _made(folder: Path, *, inputs: dict[str, Any]) -> dict[str, Any]:
    """Trains, measures and writes everything, SOURCE.json last."""
    flights = _flights()
    taught = flights.filter(pl.col("known_at") < TRAINED_BEFORE)
    replayed = flights.filter(pl.col("scheduled_at") >= TRAINED_BEFORE)
    for library in ("sklearn.ensemble", "sklearn.linear_model"):
        import_module(library)  # only what is loaded can be limited
    with import_module("threadpoolctl").threadpool_limits(limits=1):  # sums in one order: the same models every time
        models = {"incumbent": train_incumbent(taught), "candidate": train_candidate(taught)}
    dump = import_module("joblib").dump
    folder.mkdir(parents=True, exist_ok=True)
    columns = ("scheduled_at", "flight", *known.FEATURES, "late", "known_at")
    recording = replayed.select(columns).with_columns(pl.col(known.RECENT).fill_nan(None))
    _write(folder / "flights.parquet", recording.write_parquet)
    for name, model in models.items():
        _write(folder / f"{name}.joblib", partial(dump, model))
    source = {
        "inputs": inputs,
        "outputs": {name: _sha256(folder / name) for name in OUTPUTS},
        "trained_on": {"flights": taught.height, "labels_known_before": TRAINED_BEFORE.isoformat()},
        "replayed": {"flights": replayed.height, "labelled": replayed["late"].count()},
        "held_out": _held_out(replayed, models=models),
    }
    _write(folder / "SOURCE.json", lambda path: path.write_text(json.dumps(source, indent=2) + "\n"))
    return source


def _flights() -> pl.DataFrame:
    data = schedule.data_folder()
    flights = schedule.flights_on_schedule(schedule.read_flights(data), schedule.read_airports(data))
    return known.with_features(flights, schedule.weather_by_hour(schedule.read_weather(data)))


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Writes beside and renames, so that a file is there whole or not at all."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".making-") as aside:
        write(Path(aside) / path.name)
        os.replace(Path(aside) / path.name, path)


def _columns(flights: pl.DataFrame) -> Columns:
    """The features as a model is given them: words as text, numbers as float64."""
    return {
        name: flights[name].to_numpy()
        if name in known.CATEGORIES
        else flights[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        for name in known.FEATURES
    }


def _codes(flights: pl.DataFrame) -> dict[str, dict[object, float]]:
    """Each word of the training months and its code."""
    return {
        name: {word: float(code) for code, word in enumerate(flights[name].unique().sort())}
        for name in known.CATEGORIES
    }


def train_incumbent(flights: pl.DataFrame) -> dict[str, Any]:
    """A logistic regression on the schedule, as what each word and number adds to the log-odds."""
    one_hot = tuple(name for name in known.SCHEDULE if name not in SLOPES)
    columns, codes = _columns(flights), _codes(flights)
    encoder = import_module("sklearn.preprocessing").OneHotEncoder()
    indicators = encoder.fit_transform(encoded(columns, names=one_hot, words=codes))
    means = {name: float(columns[name].mean()) for name in SLOPES}
    scales = {name: float(columns[name].std()) for name in SLOPES}
    numbers = np.column_stack([(columns[name] - means[name]) / scales[name] for name in SLOPES])
    matrix = import_module("scipy.sparse").hstack([indicators, numbers]).tocsr()
    fitted = (
        import_module("sklearn.linear_model").LogisticRegression(C=0.1, max_iter=1_000).fit(matrix, flights["late"])
    )
    effects = iter(fitted.coef_[0].tolist())
    tables = {}
    for name, values in zip(one_hot, encoder.categories_, strict=True):
        spelled = {code: word for word, code in codes.get(name, {}).items()}
        tables[name] = {spelled.get(value, value): next(effects) for value in values.tolist()}
    slopes = {name: (means[name], scales[name], next(effects)) for name in SLOPES}
    return {"intercept": float(fitted.intercept_[0]), "words": tables, "slopes": slopes}


def train_candidate(flights: pl.DataFrame) -> dict[str, Any]:
    """Boosted trees on schedule, weather and recent delays."""
    codes = _codes(flights)
    matrix = encoded(_columns(flights), names=known.FEATURES, words=codes)
    categorical = [name in known.CATEGORIES for name in known.FEATURES]
    trees = import_module("sklearn.ensemble").HistGradientBoostingClassifier
    fitted = trees(random_state=SEED, categorical_features=categorical, **TREES).fit(matrix, flights["late"].to_numpy())
    return {"features": known.FEATURES, "words": codes, "trees": fitted}


def _held_out(flights: pl.DataFrame, *, models: dict[str, Any]) -> dict[str, dict[str, float]]:
    """How the models do on the replayed flights whose label ever came."""
    labelled = flights.filter(pl.col("late").is_not_null())
    late, columns = labelled["late"].to_numpy(), _columns(labelled)
    scores = {
        "incumbent": scores_of_schedule(models["incumbent"], columns),
        "candidate": scores_of_trees(models["candidate"], columns),
    }
    auc = import_module("sklearn.metrics").roc_auc_score
    return {
        name: {
            "auc": round(float(auc(late, score)), 4),
            "brier": round(float(np.mean((score - late) ** 2)), 4),
            "mean_score": round(float(score.mean()), 4),
            "late": round(float(late.mean()), 4),
        }
        for name, score in scores.items()
    }


def _print(source: dict[str, Any]) -> None:
    trained, replayed = source["trained_on"]["flights"], source["replayed"]["flights"]
    print(f"trained on {trained:,} flights, January to April; to replay: {replayed:,}, May to December")
    for name, seen in source["held_out"].items():
        print(
            f"  {name}  AUC {seen['auc']:.3f}  Brier {seen['brier']:.4f}  "
            f"mean score {seen['mean_score']:.3f} (late {seen['late']:.3f})"
        )


if __name__ == "__main__":
    main()
