"""A family that flies in a blink, and a store of its own."""

from pathlib import Path

import pytest

from sandbox.drill.family import Family
from sandbox.record.store import Store
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text

REPOSITORY = Path(__file__).resolve().parents[2]
TINY = """
format = 1

[scenario]
title    = "It goes out at noon"
duration = "24m"

[traffic]
kind = "steady"
mean = "25/s"

[users]
count = 3000

[[segments]]
name  = "eu"
share = "50%"

[[segments]]
name  = "us"
share = "50%"

[models.incumbent]
kind = "synthetic"
auc  = 0.75

[models.candidate]
kind = "synthetic"
auc  = 0.88

[labels]
delay = "1m"

[ramp]
steps   = ["20%", "50%"]
bake    = "6m"
on_fail = "hold"

[[gates]]
name   = "failures few"
kind   = "threshold"
metric = "failures.rate"
max    = "8%"

[[alerts]]
name = "candidate fails"
expr = "failures.rate{arm=candidate} > 4%"

[notify]
to         = "on-call"
group_wait = "0s"

[record]
requests = "none"

[drill]
briefing = "The new model goes out at noon."
teaches  = "the least there is"
hints    = ["Look at both."]

[[drill.cases]]
name   = "nothing"
faults = [{ kind = "none", at = "7m" }]

[[drill.cases]]
name   = "errors"
faults = [{ kind = "errors", model = "candidate", at = { between = ["7m", "9m"] }, rate = "25%" }]
hints  = ["Does it last?"]

[[drill.cases]]
name   = "one side"
faults = [{ kind = "errors", model = "candidate", at = "7m", rate = "40%", segments = { one_of = [["eu"], ["us"]] } }]
"""
BUDGET = 8


@pytest.fixture(scope="session")
def family() -> Family:
    return Family.of(Plan(name="tiny", text=TINY, document=read_text(TINY, name="tiny.toml")))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return path
