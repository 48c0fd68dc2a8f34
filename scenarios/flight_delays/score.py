"""The two models as functions of a batch of flights: the probability that each arrives late.

Every step works on one row at a time, so a row's score does not depend on which rows it is asked with.
"""

import json
import os
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Columns = Mapping[str, npt.NDArray[Any]]


def cache_folder() -> Path:
    """Where `train.py` leaves what it makes."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(home) if home else Path.home() / ".cache") / "greenroom" / "flight_delays"


def incumbent(features: Columns) -> Floats:
    """P(late) by the logistic regression on the schedule."""
    return scores_of_schedule(_artefact("incumbent"), features)


def candidate(features: Columns) -> Floats:
    """P(late) by the boosted trees on schedule, weather and recent delays."""
    return scores_of_trees(_artefact("candidate"), features)


def scores_of_schedule(model: Mapping[str, Any], features: Columns) -> Floats:
    """Sum of what each word and number of the schedule adds, through the logistic function; unknown words add 0."""
    total: Floats | None = None
    for name, effects in model["words"].items():
        added = _looked_up(features[name], effects, unknown=0.0)
        total = added if total is None else total + added
    for name, (mean, scale, slope) in model["slopes"].items():
        added = (np.asarray(features[name], dtype=np.float64) - mean) * (slope / scale)
        total = added if total is None else total + added
    assert total is not None
    return np.asarray(1.0 / (1.0 + np.exp(-(total + model["intercept"]))), dtype=np.float64)


def scores_of_trees(model: Mapping[str, Any], features: Columns) -> Floats:
    """The trees' probabilities, on one thread: batches are too small to share."""
    matrix = encoded(features, names=model["features"], words=model["words"])
    if not len(matrix):
        return np.empty(0)
    with _threads().limit(limits=1, user_api="openmp"):
        return np.asarray(model["trees"].predict_proba(matrix)[:, 1], dtype=np.float64)


def encoded(features: Columns, *, names: tuple[str, ...], words: Mapping[str, Mapping[object, float]]) -> Floats:
    """The features as a matrix: numbers as they are, words as their codes, NaN where never seen."""
    columns = [
        _looked_up(features[name], words[name], unknown=np.nan)
        if name in words
        else np.asarray(features[name], dtype=np.float64)
        for name in names
    ]
    return np.column_stack(columns)


def _looked_up(column: npt.NDArray[Any], values: Mapping[object, float], *, unknown: float) -> Floats:
    return np.fromiter((values.get(word, unknown) for word in column.tolist()), dtype=np.float64, count=len(column))


@cache
def _threads() -> Any:
    return import_module("threadpoolctl").ThreadpoolController()


@cache
def _artefact(name: str) -> Any:
    folder = cache_folder()
    path = folder / f"{name}.joblib"
    try:
        _refuse_other_version(folder)
        return import_module("joblib").load(path)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{error.filename}: no such file; make it with: {_command()}") from None
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f'{error.name} is missing; install it with: pip install "greenroom[flights]"'
        ) from None


def _refuse_other_version(folder: Path) -> None:
    """A stored model is only sure to answer the same with the scikit-learn that made it."""
    made_with = json.loads((folder / "SOURCE.json").read_text())["inputs"]["versions"]["scikit-learn"]
    here = import_module("sklearn").__version__
    if made_with != here:
        raise RuntimeError(
            f"{folder}: made with scikit-learn {made_with}, here is {here}; make it anew with: {_command()}"
        )


def _command() -> str:
    return f"python {Path(__file__).with_name('train.py')}"
