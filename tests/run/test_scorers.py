"""The function behind a callable model is the one in its own scenario's folder."""

import sys
from pathlib import Path

import pytest

from sandbox.run import scorers
from sandbox.run.errors import RigError
from sandbox.run.scorers import load_scorer
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_plan
from sandbox.world.models.callable import Callable
from sandbox.world.spec import Scorer

SCENARIO = """
format = 1
[scenario]
title = "Namesakes"
duration = "5m"
[traffic]
kind = "steady"
mean = "20/s"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "callable"
target = "model:score"
"""


@pytest.fixture(autouse=True)
def tidy(monkeypatch):
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(scorers, "_folders", set())
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def a_team(folder: Path, answer: float) -> Plan:
    folder.mkdir()
    (folder / "weights.py").write_text(f"ANSWER = {answer}\n")
    (folder / "model.py").write_text("import weights\n\ndef score(features):\n    return weights.ANSWER\n")
    (folder / "rollout.toml").write_text(SCENARIO)
    return read_plan(folder / "rollout.toml")


def scorer_of(plan: Plan) -> Scorer:
    model = plan.document.models["candidate"]
    assert isinstance(model, Callable)
    return load_scorer(model, "candidate", folder=plan.folder)


def test_two_scenarios_whose_modules_share_a_name_each_fly_their_own(tmp_path):
    one, other = a_team(tmp_path / "one", 0.1), a_team(tmp_path / "other", 0.9)
    assert [scorer_of(plan)({}) for plan in (one, other, one, other)] == [0.1, 0.9, 0.1, 0.9]


def test_a_namesake_of_a_library_in_some_folder_pushes_nothing_out(tmp_path):
    plan = a_team(tmp_path / "one", 0.1)
    (tmp_path / "one" / "json.py").write_text("")
    import json

    scorer_of(a_team(tmp_path / "other", 0.9))
    scorer_of(plan)
    assert sys.modules["json"] is json


@pytest.mark.parametrize(("text", "says"), [
    ("def other(features): ...", "has no function score"),
    ("score = 3", "is not a function"),
    ("import nowhere_to_be_found", "cannot be imported from .*ModuleNotFoundError: No module named 'nowhere"),
    ("def score(:", "cannot be imported from .*SyntaxError"),
])
def test_what_cannot_be_imported_is_said(tmp_path, text, says):
    plan = a_team(tmp_path / "one", 0.1)
    (tmp_path / "one" / "model.py").write_text(text)
    with pytest.raises(RigError, match=says):
        scorer_of(plan)
