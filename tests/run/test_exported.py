"""Exported models answer as the library that trained them does."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from sandbox.base.recording import FeatureColumns
from sandbox.run.errors import RigError
from sandbox.run.exported import exported
from sandbox.run.rig import inputs, world_spec
from sandbox.run.session import fly
from sandbox.scenario.read import read_plan
from sandbox.world.models.onnx import Onnx
from sandbox.world.synthetic_day import SyntheticDay

SCENARIO = """
format = 1
[scenario]
title = "Exported"
duration = "5m"
[traffic]
kind = "steady"
mean = "20/s"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "onnx"
path = "model.onnx"
"""


def trained() -> tuple[LogisticRegression, np.ndarray]:
    draw = np.random.default_rng(1)
    features = draw.standard_normal((2_000, 8)).astype(np.float32)
    return LogisticRegression().fit(features, draw.random(2_000) < 1 / (1 + np.exp(-features[:, 0]))), features


def written(folder: Path, model: Any, **options: Any) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(to_onnx(model, **({"options": {"zipmap": False}} | options)).SerializeToString())
    return path


def columns_of(features: np.ndarray) -> FeatureColumns:
    names = tuple(f"f{place}" for place in range(1, features.shape[1] + 1))
    return FeatureColumns(names=names, matrix=features, categories={})


def score(path: Path, features: FeatureColumns, **keys: Any) -> np.ndarray:
    return np.asarray(exported(Onnx(path=path.name, **keys), "candidate", path=path)(features))


def test_one_matrix_of_features_gives_the_probabilities_of_scikit_learn(tmp_path: Path) -> None:
    model, features = trained()
    found = score(written(tmp_path, model, X=features[:1]), columns_of(features))
    np.testing.assert_allclose(found, model.predict_proba(features)[:, 1], atol=2e-6)


def test_one_input_a_feature_is_fed_by_name_and_text_stays_text(tmp_path: Path) -> None:
    draw = np.random.default_rng(2)
    amount, country = draw.standard_normal(500).astype(np.float32), draw.choice(["at", "de"], 500)
    rows = np.empty((500, 2), dtype=object)
    rows[:, 0], rows[:, 1] = amount, country
    encode = ColumnTransformer([("amount", "passthrough", [0]), ("country", OneHotEncoder(), [1])])
    label = draw.random(500) < np.where(country == "at", 0.8, 0.2)
    model = make_pipeline(encode, LogisticRegression()).fit(rows, label)
    path = written(tmp_path, model, initial_types=[
        ("amount", FloatTensorType([None, 1])), ("country", StringTensorType([None, 1])),
    ])
    columns = FeatureColumns(
        names=("country", "amount"), matrix=np.stack([country == "de", amount], axis=1).astype(np.float64),
        categories={"country": ("at", "de")},
    )
    np.testing.assert_allclose(score(path, columns), model.predict_proba(rows)[:, 1], atol=2e-6)


def test_an_exported_model_flies_and_its_file_is_in_the_record(tmp_path: Path) -> None:
    model, features = trained()
    path = written(tmp_path, model, X=features[:1])
    (tmp_path / "rollout.toml").write_text(SCENARIO)
    plan = read_plan(tmp_path / "rollout.toml")
    block = SyntheticDay(world_spec(plan, seed=1, recording=None)).block(0)
    assert block.features is not None
    np.testing.assert_allclose(block.opinion(1).score, model.predict_proba(block.features)[:, 1], atol=2e-6)
    before = inputs(plan)
    assert list(before) == ["model of candidate model.onnx"]
    assert fly(plan).truth.requests.sum() > 1_000
    path.write_bytes(path.read_bytes() + b" ")
    assert inputs(plan) != before


@pytest.mark.parametrize(("keys", "said"), [
    ({"output": "nothing"}, "has no output nothing; it has label, probabilities"),
    ({"output": "label"}, "output label is no tensor of numbers"),
])
def test_an_output_that_is_not_there_is_said(tmp_path: Path, keys: dict[str, Any], said: str) -> None:
    model, features = trained()
    path = written(tmp_path, model, X=features[:1])
    with pytest.raises(RigError, match=said):
        score(path, columns_of(features), **keys)


def test_what_cannot_be_loaded_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.onnx").write_text("no model")
    with pytest.raises(RigError, match=r"models.candidate.path: model.onnx: cannot be loaded: "):
        score(tmp_path / "model.onnx", columns_of(np.zeros((1, 8))))
    with pytest.raises(RigError, match="there is no file"):
        score(tmp_path / "other.onnx", columns_of(np.zeros((1, 8))))
    model, features = trained()
    path = written(tmp_path, model, X=features[:1], options={})
    with pytest.raises(RigError, match="export it without zipmap"):
        score(path, columns_of(features), output="output_probability")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(RigError, match=r"pip install 'greenroom\[onnx\]'"):
        score(path, columns_of(features))
