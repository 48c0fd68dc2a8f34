"""`check`, `show`, `new`, `kinds`, `schema`, `list`: what happens before anything flies."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sandbox.cli.scenarios import bundled, bundled_folder, lesson

REPOSITORY = Path(__file__).resolve().parents[2]
HEAVY = ("polars", "duckdb", "numba", "scipy", "simpy", "textual", "rich", "sandbox.world.world", "sandbox.run.session")


def test_check_imports_no_engine(tiny):
    file = tiny().resolve()
    code = (
        "import sys; from sandbox.cli import main; code = main(['check', sys.argv[1]]); "
        f"print([name for name in {HEAVY!r} if name in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "[]"


def test_check_says_that_a_file_is_fine(greenroom, tiny):
    gate = '[[gates]]\nkind = "threshold"\nmetric = "failures.rate"\nmax = "5%"\n[expect]\noutcome = "promoted"\n'
    assert greenroom("check", tiny(gate)) == (0, "tiny.toml: fine (Tiny)\n", "")


def test_check_says_what_flies_the_releases_that_run_leaves_out(greenroom):
    code, said, _ = greenroom("check", "--strict", "small-steps")
    assert (code, said.splitlines()[-1]) == (0, (
        "small-steps: run flies the first release alone; 2 more releases (second, third): greenroom program small-steps"
    ))


def test_check_warns_of_a_plan_that_cannot_work_and_strict_makes_it_a_mistake(greenroom, tiny):
    said = (
        "tiny.toml:14  step-unguarded  ramp: no gate may decide and no alert may act: only time promotes; "
        "add a gate that is not a dry run\ntiny.toml: can fly, 1 warning (Tiny)\n"
    )
    assert greenroom("check", tiny()) == (0, said, "")
    assert greenroom("check", tiny(), "--strict") == (3, said, "")


def test_what_somebody_has_weighed_is_not_said_again_and_what_nothing_needs_is(greenroom, tiny):
    allow = '[lint]\nallow = [{ rule = "step-unguarded", reason = "a test" }]\n[expect]\noutcome = "promoted"\n'
    assert greenroom("check", tiny(allow), "--strict") == (0, "tiny.toml: fine (Tiny)\n", "")
    code, out, _ = greenroom("check", tiny(allow.replace("step-unguarded", "silence-passes")), "--strict")
    assert code == 3
    assert "lint.allow[0]: silence-passes finds nothing here; remove it" in out


def test_check_says_every_mistake_of_every_file(greenroom, tiny):
    one = tiny('[expect]\noutcome = "landed"\nharm = 3\n', name="one.toml")
    two = tiny("[ramps]\n", name="two.toml")
    code, out, err = greenroom("check", one, two)
    assert (code, out) == (3, "")
    assert "one.toml:" in err
    assert "two.toml:" in err
    assert 'no key "ramps"' in err
    assert err.splitlines()[-1].startswith("3 mistakes")


@pytest.mark.parametrize("name", ["nowhere.toml", "god-at-one-percent"])
def test_a_file_that_is_not_there(greenroom, name):
    code, out, err = greenroom("check", name)
    assert (code, out) == (2, "")
    assert f"no scenario file {name}" in err
    assert "Traceback" not in err


def test_a_near_miss_is_named(greenroom):
    assert "nearest bundled: good-at-one-percent" in greenroom("check", "god-at-one-percent")[2]


def test_a_folder_is_no_scenario(greenroom, home):
    assert greenroom("check", home)[0] == 2


def test_every_bundled_scenario_is_fine_and_has_a_lesson(greenroom):
    stems = [path.stem for path in bundled()]
    assert greenroom("check", *stems)[0] == 0
    assert all(lesson(path.read_text()) for path in bundled())
    listed = greenroom("list")[1]
    assert all(stem in listed for stem in stems)


def test_what_show_prints_is_the_same_plan(greenroom, tiny, tmp_path):
    whole = greenroom("show", tiny())[1]
    assert tomllib.loads(whole)["ramp"]["bake"] == "2m"
    assert tomllib.loads(whole)["users"]["count"] == 10_000
    (tmp_path / "again.toml").write_text(whole)
    assert greenroom("show", "again.toml")[1] == whole


@pytest.mark.parametrize("path", [path.stem for path in bundled()])
def test_every_bundled_plan_survives_being_shown(greenroom, tmp_path, path):
    whole = greenroom("show", path)[1]
    (tmp_path / "again.toml").write_text(whole)
    code, again, err = greenroom("show", "again.toml")
    assert (code, again, err) == (0, whole, "")


def test_new_writes_what_passes_check_and_refuses_to_overwrite(greenroom, tmp_path):
    assert greenroom("new", "mine.toml")[0] == 0
    assert greenroom("check", "mine.toml")[0] == 0
    written = (tmp_path / "mine.toml").read_text()
    assert "# " in written
    code, _, err = greenroom("new", "mine.toml")
    assert (code, "there already" in err) == (2, True)
    assert (tmp_path / "mine.toml").read_text() == written
    assert greenroom("new", "mine.txt")[0] == 2
    assert greenroom("new", "no/such/folder/mine.toml")[0] == 74


def test_the_starter_flies_as_it_says(greenroom):
    greenroom("new", "mine.toml")
    code, out, _ = greenroom("run", "mine.toml", "--no-store")
    assert code == 0, out


def test_schema_is_a_schema_and_says_defaults_as_written(greenroom):
    schema = json.loads(greenroom("schema")[1])
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["$defs"]["Steps"]["properties"]["bake"]["default"] == "15m"
    assert schema["$defs"]["Steady"]["properties"]["mean"]["default"].endswith("/s")
    assert "additionalProperties" in schema


def test_kinds_explains_every_kind_with_its_example(greenroom):
    from sandbox.cli.kinds import FAMILIES, metrics, specs

    everything = greenroom("kinds")[1]
    for family in FAMILIES:
        for kind in specs(family):
            assert kind in everything
            code, said, _ = greenroom("kinds", family, kind)
            assert (code, f'kind = "{kind}"' in said) == (0, True)
    for name in metrics():
        assert name in everything
    assert "98th percentile" in greenroom("kinds", "latency.p98")[1]
    assert "unit" in greenroom("kinds", "metric", "errors.rate")[1]


def test_kinds_explains_every_table_of_a_scenario(greenroom):
    from sandbox.scenario.reference import tables

    for name, (heading, _, specs) in tables().items():
        code, said, _ = greenroom("kinds", name)
        assert code == 0
        if said.startswith(f"{name}\n"):
            continue  # it has the name of a family, which tells more
        assert said.startswith(f"table {heading}\n")
        assert len(specs) > 1 or all(f"  {key}" in said for key in specs[0].model_fields)


def test_list_names_those_that_have_all_the_words(greenroom):
    assert greenroom("list", "ONNX")[1].startswith("not-the-notebook ")
    assert "unfair-mended" in greenroom("list", "fairness", "hard")[1]
    code, out, err = greenroom("list", "onnx", "bandit")
    assert (code, out) == (2, "")
    assert "no bundled scenario has onnx and bandit" in err


@pytest.mark.parametrize(("given", "hint"), [
    (("covariat",), "nearest: covariate"),
    (("drift", "latency"), "covariate, scale, correlation, category, prior, concept"),
    (("x", "y"), "there is traffic"),
])
def test_unknown_kinds_name_the_nearest(greenroom, given, hint):
    code, out, err = greenroom("kinds", *given)
    assert (code, out) == (2, "")
    assert hint in err


def test_bundled_scenarios_are_found_from_anywhere(greenroom, home):
    assert bundled_folder().is_dir()
    assert greenroom("check", "good-at-one-percent")[0] == 0
