"""Runs that were kept: listed, shown, asked about, flown again."""

import csv
import io
import json
import sys

import pytest

from tests.cli.conftest import TINY


@pytest.fixture
def landed(greenroom, tiny):
    """A run in the store: its name."""
    return greenroom("run", tiny())[2].split()[1]


def test_history_lists_what_landed(greenroom, landed):
    code, out, err = greenroom("history")
    assert (code, err) == (0, "")
    assert out.splitlines()[1].startswith(f"{landed}  ")
    assert out.splitlines()[1].endswith("promoted             6,039  Tiny") or "promoted" in out


def test_history_of_nothing_says_so(greenroom):
    code, out, err = greenroom("history")
    assert (code, out) == (0, "")
    assert "no runs in" in err


def test_a_store_of_ones_own(greenroom, tiny, tmp_path, monkeypatch):
    greenroom("run", tiny(), "--store", tmp_path / "mine")
    assert "no runs in" in greenroom("history")[2]
    assert "Tiny" in greenroom("history", "--store", tmp_path / "mine")[1]
    monkeypatch.setenv("GREENROOM_STORE", str(tmp_path / "mine"))
    assert "Tiny" in greenroom("history")[1]


def test_no_store_keeps_nothing(greenroom, tiny, home):
    greenroom("run", tiny(), "--no-store")
    assert not (home / "home").exists()


def test_show_prints_the_log_of_a_run(greenroom, landed):
    code, out, _ = greenroom("show", landed)
    assert code == 0
    assert "outcome   promoted at 00:04    ✓ expected" in out
    assert f" repeat    greenroom rerun {landed}" in out


@pytest.mark.parametrize("command", ["show", "rerun"])
def test_a_run_that_is_not_there(greenroom, landed, command):
    code, out, err = greenroom(command, "nothing-like-it")
    assert (code, out) == (2, "")
    assert "nothing-like-it" in err


def test_rerun_reproduces_the_digest(greenroom, landed):
    code, out, err = greenroom("rerun", "last")
    assert (code, err) == (0, "")
    assert out.startswith(f"same: {landed} has digest ")


def test_rerun_flies_the_stored_text_when_the_file_has_changed(greenroom, landed, tmp_path):
    (tmp_path / "tiny.toml").write_text("nonsense")
    code, out, _ = greenroom("rerun", landed)
    assert code == 0
    assert "scenario: tiny.toml has changed since" in out


def replayed(tmp_path):
    rows = "\n".join(f"{second},{second % 7},{0.1 if second % 2 else 0.9},0.5,{second % 2}" for second in range(300))
    (tmp_path / "day.csv").write_text(f"t,x,old,new,label\n{rows}\n")
    (tmp_path / "replay.toml").write_text("""
format = 1
[scenario]
title = "A day again"
duration = "5m"
[traffic]
kind = "replay"
path = "day.csv"
columns = { time = "t", features = ["x"], label = "label", scores = { incumbent = "old", candidate = "new" } }
[models.incumbent]
kind = "logged"
[models.candidate]
kind = "logged"
[ramp]
steps = ["50%"]
bake = "2m"
[expect]
outcome = "promoted"
""")
    return "replay.toml"


def test_rerun_names_the_input_that_changed(greenroom, tmp_path):
    assert greenroom("run", replayed(tmp_path))[0] == 0
    assert greenroom("rerun", "last")[0] == 0
    text = (tmp_path / "day.csv").read_text()
    (tmp_path / "day.csv").write_text(text.replace("100,2,0.9", "100,3,0.9"))
    code, out, _ = greenroom("rerun", "last")
    assert code == 1
    assert out.startswith("differs: ")
    assert "input: replay day.csv has changed" in out


def test_rerun_of_a_replay_whose_file_is_gone_names_it(greenroom, tmp_path):
    greenroom("run", replayed(tmp_path))
    (tmp_path / "day.csv").unlink()
    code, out, err = greenroom("rerun", "last")
    assert (code, out) == (3, "")
    assert "day.csv" in err


def test_rerun_from_another_folder_flies_the_text_in_the_store_and_says_so(greenroom, landed, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    code, out, err = greenroom("rerun", landed)
    assert (code, err) == (0, "tiny.toml is not here; flying the text that the store kept\n")
    assert out.startswith(f"same: {landed} has digest ")
    assert greenroom("rerun", landed, "--file", tmp_path / "tiny.toml")[0] == 0


def test_rerun_from_another_folder_asks_where_the_files_are_that_the_text_needs(greenroom, tmp_path, monkeypatch):
    greenroom("run", replayed(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    code, out, err = greenroom("rerun", "last")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "replay.toml is not here, and it names files beside it (day.csv)" in err
    assert "--file" in err
    assert greenroom("rerun", "last", "--file", tmp_path / "replay.toml")[0] == 0


@pytest.fixture
def scored(tmp_path):
    """A scenario whose candidate is a Python file, and that file."""
    folder = tmp_path / "scored"
    folder.mkdir()
    (folder / "scorer.py").write_text("def score(features):\n    return [0.3] * len(features['f1'])\n")
    (folder / "mine.toml").write_text(TINY.replace(
        '[models.candidate]\nkind = "synthetic"', '[models.candidate]\nkind = "callable"\ntarget = "scorer:score"'
    ))
    yield folder / "mine.toml", folder / "scorer.py"
    sys.modules.pop("scorer", None)
    sys.path[:] = [entry for entry in sys.path if entry != str(folder)]


def test_rerun_names_the_python_file_of_a_candidate_that_changed(greenroom, scored):
    scenario, file = scored
    assert greenroom("run", scenario, "--trust")[0] == 5
    assert greenroom("rerun", "last", "--trust")[0] == 0
    file.write_text("def score(features):\n    return [0.7] * len(features['f1'])\n# longer than it was\n")
    sys.modules.pop("scorer")
    code, out, _ = greenroom("rerun", "last", "--trust")
    assert (code, out.startswith("differs: ")) == (1, True)
    assert "input: source of candidate scorer.py has changed" in out


def test_rerun_from_another_folder_runs_no_strangers_code(greenroom, scored, tmp_path, monkeypatch):
    scenario, _ = scored
    scenario.write_text(scenario.read_text().replace("scorer:score\"", f"scorer:score\"\npath = '{scenario.parent}'"))
    monkeypatch.chdir(scenario.parent)
    assert greenroom("run", scenario.name, "--trust")[0] == 5
    monkeypatch.chdir(tmp_path)
    code, _, err = greenroom("rerun", "last")
    assert (code, "is not trusted" in err) == (2, True)
    assert greenroom("rerun", "last", "--trust")[0] == 0


def test_rerun_names_a_package_of_another_version(greenroom, landed, monkeypatch):
    from sandbox.lab import repeat
    from sandbox.run.versions import versions

    monkeypatch.setattr(repeat, "versions", lambda: versions() | {"numpy": "0.0.1"})
    code, out, _ = greenroom("rerun", landed)
    assert code == 0
    assert f"version: numpy {versions()['numpy']}, now 0.0.1" in out.splitlines()


def test_sql_answers_one_select_in_three_forms(greenroom, landed):
    question = "SELECT run, seed, outcome, 1.5 AS x, NULL AS y FROM runs"
    table = greenroom("sql", question)[1].splitlines()
    assert table[0].split() == ["run", "seed", "outcome", "x", "y"]
    assert table[-1] == "1 row"
    rows = list(csv.DictReader(io.StringIO(greenroom("sql", question, "--output", "csv")[1])))
    assert rows == [{"run": landed, "seed": "3", "outcome": "promoted", "x": "1.5", "y": ""}]
    found = json.loads(greenroom("sql", question, "--output", "json")[1])
    assert (found[0]["run"], found[0]["seed"], found[0]["y"]) == (landed, 3, None)


def test_sql_reads_the_requests_that_were_kept(greenroom, landed):
    found = json.loads(greenroom("sql", "SELECT count(*) AS n FROM requests", "--output", "json")[1])
    assert found[0]["n"] > 5_000


@pytest.mark.parametrize("question", [
    "DROP TABLE runs", "SELECT 1; SELECT 2", "", "SELEC 1", "SELECT nothing FROM runs",
    "COPY (SELECT 1) TO 'out.csv'", "SELECT * FROM read_csv('/etc/passwd')", "ATTACH 'x.db'",
])
def test_sql_refuses_everything_else(greenroom, landed, question, tmp_path):
    code, out, err = greenroom("sql", question)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "out.csv").exists()


def test_rebuild_mends_a_damaged_catalogue(greenroom, landed, home):
    catalogue = next((home / "home").rglob("greenroom.duckdb"))
    catalogue.write_bytes(b"not a database")
    assert greenroom("sql", "SELECT run FROM runs")[0] == 74
    code, out, _ = greenroom("rebuild")
    assert (code, "was rebuilt from 1 run" in out) == (0, True)
    assert landed in greenroom("sql", "SELECT run FROM runs")[1]


def test_rebuild_names_the_runs_that_it_leaves_out(greenroom, tiny, landed, home):
    manifest = next((home / "home").rglob("manifest.json"))
    manifest.write_text("{")
    code, out, err = greenroom("rebuild")
    assert (code, "was rebuilt from 0 runs" in out) == (0, True)
    assert "left out: " in err
    assert landed in err


@pytest.mark.parametrize("argv", [(), ("-q",), ("--seeds", "2", "-j", "2")])
def test_a_run_that_the_catalogue_did_not_take_in_is_told_with_the_remedy(greenroom, tiny, landed, home, argv):
    catalogue = next((home / "home").rglob("greenroom.duckdb"))
    catalogue.write_bytes(b"not a database")
    code, _, err = greenroom("run", tiny(), *argv)
    told = [line for line in err.splitlines() if "has landed, but not in the catalogue" in line]
    assert (code, len(told)) == (0, 2 if "--seeds" in argv else 1)
    assert all(line.count("greenroom rebuild") == 1 for line in told)
    assert "from 2 runs" in greenroom("rebuild")[1] or "--seeds" in argv
    assert greenroom("sql", "SELECT count(*) FROM runs")[0] == 0


def test_a_catalogue_that_somebody_holds_is_told_with_the_remedy_too(greenroom, tiny, landed, home, monkeypatch):
    from sandbox.record import landing
    from sandbox.record.errors import CatalogueBusyError

    def held(folder, *, wait):
        raise CatalogueBusyError("greenroom.duckdb is held by process 7; close that or try again")

    monkeypatch.setattr(landing, "refresh", held)
    code, _, err = greenroom("run", tiny(), "-q")
    assert code == 0
    assert err.splitlines()[0].endswith("held by process 7; close that or try again; then run: greenroom rebuild")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(("kept", "least", "most"), [("none", 0, 0), ("10%", 100, 2_500), ("all", 5_000, 7_000)])
def test_as_much_is_kept_as_the_scenario_says(greenroom, tiny, kept, least, most):
    greenroom("run", tiny(text=tiny().read_text().replace('requests = "all"', f'requests = "{kept}"'), more=""))
    count = json.loads(greenroom("sql", "SELECT requests AS n FROM runs", "--output", "json")[1])[0]["n"]
    assert least <= count <= most
