"""What an installed greenroom opens beside its code is in the wheel."""

import re
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel() -> set[str]:
    return {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}


def opened() -> set[str]:
    """The files that modules name as lying beside them."""
    found = set()
    for module in (ROOT / "sandbox").rglob("*.py"):
        for name in re.findall(r"""__file__\)\.with_name\(["'](.+?)["']\)""", module.read_text()):
            found.add(module.with_name(name).relative_to(ROOT).as_posix())
    return found


def test_every_file_that_a_module_opens_beside_itself_is_in_the_wheel(wheel: set[str]) -> None:
    assert {"sandbox/cli/starter.toml", "sandbox/record/schema.sql", "sandbox/record/views.sql"} <= opened()
    assert opened() <= wheel


def test_every_bundled_scenario_is_in_the_wheel_where_the_command_line_looks_for_it(wheel: set[str]) -> None:
    bundled = [path for path in (ROOT / "scenarios").rglob("*") if path.suffix in (".toml", ".py")]
    assert len(bundled) > 8
    assert {f"sandbox/{path.relative_to(ROOT).as_posix()}" for path in bundled} <= wheel


def test_nothing_but_the_packages_is_in_the_wheel(wheel: set[str]) -> None:
    assert {path.split("/")[0] for path in wheel} == {"sandbox", "tui"}
    made = [path for path in wheel if "__pycache__" in path or path.endswith((".pyc", ".parquet", ".joblib", ".onnx"))]
    parcels = ["last_step.onnx", "pipeline.onnx", "week.parquet"]
    assert sorted(made) == [f"sandbox/scenarios/parcels/{name}" for name in parcels]


def test_a_wheel_made_from_the_sdist_holds_the_same(wheel: set[str]) -> None:
    sdist = {file.distribution_path for file in SdistBuilder(str(ROOT)).recurse_included_files()}
    assert {path.removeprefix("sandbox/") if path.startswith("sandbox/scenarios/") else path for path in wheel} <= sdist
    assert "README.md" in sdist
