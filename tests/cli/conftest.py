"""A home of one's own for every test, and a scenario that flies in a blink."""

import tempfile
from pathlib import Path

import pytest

from sandbox.cli import main

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


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Nothing of the user's is read or written."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("GREENROOM_STORE", "GREENROOM_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where a bug leaves its traceback
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def tiny(tmp_path):
    """Writes the tiny scenario, with more at its end."""

    def write(more: str = '[expect]\noutcome = "promoted"\n', *, name: str = "tiny.toml", text: str = TINY) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + more)
        return Path(name)

    return write


@pytest.fixture
def greenroom(capsys):
    """Runs one command: (exit code, stdout, stderr)."""

    def run(*argv: object) -> tuple[int, str, str]:
        code = main([str(one) for one in argv])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
