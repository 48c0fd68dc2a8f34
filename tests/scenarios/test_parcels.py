"""The made-up week of parcels: made again it is the same, and what sinks its candidates is what the stories say."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import onnxruntime
import polars as pl
import pytest
import tomli

from sandbox.lab.flights import prepare
from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
PARCELS = SCENARIOS / "parcels"
DAYS = pl.col("handed_in").dt.ordinal_day() - 153


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the script has made everything anew."""
    spec = importlib.util.spec_from_file_location("make", PARCELS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    made: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    made.HERE = tmp_path_factory.mktemp("parcels")
    made.main()
    folder: Path = made.HERE
    return folder


def test_made_again_the_week_and_its_models_are_the_same(again: Path) -> None:
    bundled, anew = (pl.read_parquet(folder / "week.parquet") for folder in (PARCELS, again))
    assert anew.drop("today", "by_heart").equals(bundled.drop("today", "by_heart"))
    # A sum in another order may move a rounded score by its last digit.
    for name in ("today", "by_heart"):
        assert np.abs(anew[name].to_numpy() - bundled[name].to_numpy()).max() <= 0.0011
    for name in ("pipeline", "last_step"):
        assert np.allclose(scored(again, name), scored(PARCELS, name), atol=1e-4)


def scored(folder: Path, name: str) -> np.ndarray:
    week = pl.read_parquet(PARCELS / "week.parquet").select("distance_km", "weight_kg", "backlog", "rain_mm")
    session = onnxruntime.InferenceSession(folder / f"{name}.onnx")
    found: np.ndarray = session.run(["probabilities"], {"features": week.to_numpy().astype(np.float32)})[0][:, 1]
    return found


def brier(week: pl.DataFrame, score: str) -> float:
    return float(((week[score] - week["late"]) ** 2).mean())  # type: ignore[arg-type]


def test_what_was_learnt_by_heart_looks_better_over_the_week_and_is_worse_since_thursday() -> None:
    week = pl.read_parquet(PARCELS / "week.parquet")
    later = week.filter(DAYS >= 3)
    assert brier(week, "by_heart") < brier(week, "today")
    assert brier(later, "by_heart") > 1.3 * brier(later, "today")


def test_the_same_model_exported_whole_is_promoted() -> None:
    raw = tomli.loads((SCENARIOS / "not-the-notebook.toml").read_text())
    raw["models"]["candidate"]["path"] = "parcels/pipeline.onnx"
    document = Document.model_validate(raw)
    assert list(document.problems()) == []
    ready = prepare(Plan(name="whole", text="", document=document, folder=SCENARIOS))
    flight = fly(ready.plan, recording=ready.recording)
    assert flight.outcome == "promoted"
