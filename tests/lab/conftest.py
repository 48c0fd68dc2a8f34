"""Scenarios that fly in a blink, on disk as orders name them."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TINY = """
format = 1
[scenario]
title = "Tiny"
seed = 3
duration = "5m"
[traffic]
kind = "steady"
mean = "20/s"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[ramp]
steps = ["shadow", "50%"]
bake = "2m"
[record]
requests = "all"
"""


@pytest.fixture
def scenario(tmp_path):
    """Writes a scenario: the tiny one, with more at its end."""

    def write(more: str = '[expect]\noutcome = "promoted"\n', *, name: str = "tiny", text: str = TINY) -> Path:
        path = tmp_path / f"{name}.toml"
        path.write_text(text + more)
        return path

    return write


@pytest.fixture(autouse=True)
def workers_find_the_sources(monkeypatch):
    """Workers start anew, with the path of the environment."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
