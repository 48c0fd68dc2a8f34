"""Each import contract fails, and it alone where it can be alone, when its own violation is planted."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tomli

ROOT = Path(__file__).resolve().parents[2]

PLANTED = {
    "rooms": ("sandbox/base/arms.py", "import sandbox.report"),
    "no-cockpit-below": ("sandbox/cli/__init__.py", "import textual"),
    "rich-in-cli-only": ("sandbox/report/__init__.py", "import rich"),
    "blind-judges": ("sandbox/decide/gates/threshold.py", "import sandbox.base.truth"),
    "no-database-in-the-engine": ("sandbox/world/world.py", "import polars"),
    "drifts-are-islands": ("sandbox/world/drift/prior.py", "import sandbox.world.drift.covariate"),
    "faults-are-islands": ("sandbox/world/faults/errors.py", "import sandbox.world.faults.latency"),
    "traffic-kinds-are-islands": ("sandbox/world/traffic/steady.py", "import sandbox.world.traffic.diurnal"),
    "models-are-islands": ("sandbox/world/models/logged.py", "import sandbox.world.models.synthetic"),
    "gates-are-islands": ("sandbox/decide/gates/no_worse.py", "import sandbox.decide.gates.threshold"),
    "report-reads-flights": ("sandbox/report/harm.py", "import sandbox.run.session"),
    "alerts-are-islands": ("sandbox/decide/alerts/rule.py", "import sandbox.decide.alerts.cusum"),
    "one-bridge": ("tui/widgets/chart.py", "import sandbox.run.session"),
    "no-cycles": ("sandbox/base/units.py", "import sandbox.base.spec_cycle"),
}
"""Contract id to the file that offends and the line that does it."""

CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomli.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


def broken_in(tree: Path) -> set[str]:
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache"],
        cwd=tree, env=os.environ | {"PYTHONPATH": str(tree), "NO_COLOR": "1"}, capture_output=True, text=True,
    )
    lines = re.findall(r"^(.+?) (KEPT|BROKEN)$", done.stdout, re.MULTILINE)
    assert len(lines) == len(CONTRACTS), done.stdout + done.stderr
    broken = {name for name, word in lines if word == "BROKEN"}
    assert (done.returncode == 0) is (not broken)
    return broken


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("sandbox", "tui"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_has_a_planted_violation() -> None:
    assert set(PLANTED) == set(CONTRACTS)


def test_the_tree_as_it_stands_keeps_every_contract(tree: Path) -> None:
    assert broken_in(tree) == set()


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_violation_fails_the_contract_meant(tree: Path, contract: str) -> None:
    file, line = PLANTED[contract]
    if contract == "no-cycles":
        (tree / "sandbox/base/spec_cycle.py").write_text("import sandbox.base.units\n")
    offender = tree / file
    offender.write_text(offender.read_text() + f"\n{line}\n")
    assert CONTRACTS[contract] in broken_in(tree)
