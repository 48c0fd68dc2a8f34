"""Every bundled scenario is flown, and what its [expect] says comes out."""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.cli.scenario_page import FAMILIES, unflown
from sandbox.cli.scenarios import bundled
from sandbox.lab.flights import prepare
from sandbox.report.expectations import exit_code
from sandbox.report.scorecard import score
from sandbox.run.session import fly
from sandbox.scenario.read import read_plan

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
BUNDLED = list(bundled())
MADE_FIRST = {"flight-delays"}
"""Replays whose recording has to be made; that of the others is bundled."""


@pytest.fixture(scope="session")
def real_flights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder in which both models were trained and the recording was made."""
    import os

    cache = tmp_path_factory.mktemp("cache")
    train = SCENARIOS / "flight_delays" / "train.py"
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    done = subprocess.run([sys.executable, str(train)], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return cache


@pytest.mark.parametrize("path", [path for path in BUNDLED if path.stem not in MADE_FIRST], ids=lambda path: path.stem)
def test_a_bundled_scenario_comes_out_as_it_says(path: Path) -> None:
    ready = prepare(read_plan(path))
    flight = fly(ready.plan, recording=ready.recording, inputs=ready.inputs)
    card = score(flight)
    assert card.expectations, "a bundled scenario asserts something"
    assert exit_code(card.expectations) == 0, card.expectations


def test_the_real_rollout_comes_out_as_it_says(real_flights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(real_flights))
    ready = prepare(read_plan(SCENARIOS / "flight-delays.toml"))
    flight = fly(ready.plan, recording=ready.recording)
    card = score(flight)
    assert exit_code(card.expectations) == 0, card.expectations
    assert int(flight.truth.requests.sum()) > 200_000
    right = flight.truth.right.sum(axis=0) / flight.truth.judged.sum(axis=0)
    assert right[1] > right[0] + 0.03, "gradient boosting with the weather is the better model on real flights"


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_a_bundled_scenario_opens_with_its_lesson(path: Path) -> None:
    header = path.read_text().split("format = 1")[0]
    assert all(line.startswith("#") for line in header.splitlines() if line)
    assert "# Lesson:" in header


@pytest.mark.parametrize("family", FAMILIES)
def test_every_kind_is_flown_by_a_bundled_scenario(family: str) -> None:
    assert unflown(family, [read_plan(path) for path in BUNDLED]) == []
