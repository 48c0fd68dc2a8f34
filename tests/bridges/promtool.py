"""The real promtool, where it is installed."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.bridges.promtool import Case, export

PROMTOOL = shutil.which("promtool")
MISSING = "promtool is not installed, so alerts were not held to Prometheus; apt-get install prometheus"
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason=MISSING)


def version() -> int:
    """Its major version."""
    said = subprocess.run([str(PROMTOOL), "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"version (\d+)\.", said.stdout + said.stderr)
    assert found
    return int(found[1])


def write(case: Case, folder: Path) -> Path:
    """The files of a case; the path of its tests."""
    files = export(case)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rules.yml").write_text(files.rules)
    (folder / "tests.yml").write_text(files.tests)
    return folder / "tests.yml"


def disagreed(cases: Sequence[Case], folder: Path) -> dict[str, str]:
    """What promtool says against each case that it does not pass, all in one run."""
    paths = {str(write(case, folder / str(number))): case.title for number, case in enumerate(cases)}
    run = subprocess.run([str(PROMTOOL), "test", "rules", *paths], capture_output=True, text=True)
    said = run.stdout + run.stderr
    assert "no file match pattern" not in said
    parts = dict(re.findall(r"Unit Testing:\s+(\S+)\n(.*?)(?=Unit Testing:|\Z)", said, re.DOTALL))
    verdicts = {path: "SUCCESS" in part for path, part in parts.items()}
    if len(verdicts) != len(paths):  # promtool prints successes on stdout and failures on stderr
        verdicts = {path: _passes(path) for path in paths}
    assert (run.returncode == 0) is all(verdicts.values()), said
    return {paths[path]: parts.get(path, "")[:2_000] for path, passed in verdicts.items() if not passed}


def _passes(path: str) -> bool:
    return subprocess.run([str(PROMTOOL), "test", "rules", path], capture_output=True).returncode == 0
