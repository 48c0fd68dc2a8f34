"""An audit finds what was changed, however far somebody went to hide it, and says who decided what."""

import json
import shutil
from dataclasses import asdict, replace

import polars
import pytest

from sandbox.base.digest import GENESIS, canonical, chain, fingerprint
from sandbox.lab.flights import Order, fly_all
from sandbox.record.manifest import part_of, read_manifest, write_manifest
from tests.cli.conftest import TINY

GOVERNED = TINY.replace('bake = "2m"', 'bake = "2m"\napprovals = [{ step = 2, role = "risk", takes = "30s" }]') + """
[[gates]]
kind = "threshold"
metric = "failures.rate"
max = "5%"
[plan]
lineage = { model = "ranker 7", data = "clicks of May" }
"""


@pytest.fixture(scope="module")
def flown(tmp_path_factory):
    """A store with one run of the governed scenario, and the scenario."""
    folder = tmp_path_factory.mktemp("audited")
    (folder / "tiny.toml").write_text(GOVERNED)
    next(fly_all([Order(path=folder / "tiny.toml", source="tiny.toml", store=folder / "store")]))
    return folder


@pytest.fixture
def run(flown, home, monkeypatch):
    """A copy of that run, where the user's store is: its folder."""
    shutil.copytree(flown / "store", home / "mine")
    shutil.copy(flown / "tiny.toml", home)
    monkeypatch.setenv("GREENROOM_STORE", str(home / "mine"))
    return next((home / "mine" / "runs").iterdir())


def failed(out: str) -> list[str]:
    return [line.split()[1] for line in out.splitlines() if line.startswith("  ✗")]


def lines_of(run):
    return [json.loads(line) for line in (run / "journal.jsonl").read_bytes().splitlines()]


def rewrite(run, entries) -> str:
    """Put other entries in the journal's place; returns where their chain leads."""
    head = GENESIS
    for entry in entries:
        head = chain(head, entry)
    (run / "journal.jsonl").write_bytes(b"".join(canonical(entry) + b"\n" for entry in entries))
    return head


def reseal(place, **changed) -> None:
    """Make the manifest agree with whatever lies there now, as somebody who knows the format would."""
    facts = json.loads((place / "manifest.json").read_bytes())
    facts.pop("seal")
    facts |= {"parts": {name: asdict(part_of(place / name)) for name in facts["parts"]}, **changed}
    (place / "manifest.json").write_text(json.dumps(facts | {"seal": fingerprint(canonical(facts))}))


def falsified(run) -> str:
    """One judgement of the decision log turned into its opposite; returns where the chain leads then."""
    entries = lines_of(run)
    gate = next(entry for entry in entries if entry["kind"] == "gate" and entry["facts"]["verdict"] == "pass")
    gate["facts"] |= {"verdict": "fail", "because": "9% > 5%"}
    return rewrite(run, entries)


def test_a_run_that_nobody_touched_passes_and_says_who_decided_what_on_which_evidence(greenroom, run):
    code, out, _ = greenroom("audit", "last")
    assert code == 0
    assert out.count("✓") == 5
    assert "the plan: begin to shadow, because the ramp begins" in out
    assert "policy: advance to 50%, because every gate passed" in out
    assert "failures.rate threshold: PASS, 0% ≤ 5%" in out
    numbers = [int(word.strip("()#")) for word in out.split() if word.startswith("(#")]
    entries = lines_of(run)
    assert {entries[number]["kind"] for number in numbers} == {"gate", "window"}
    assert out.endswith("it is what was flown\n")


def test_one_changed_row_of_the_decision_log_is_found(greenroom, run):
    falsified(run)
    code, out, _ = greenroom("audit", "last")
    assert (code, failed(out)) == (1, ["parts", "journal"])
    assert "parts    journal.jsonl " in out
    assert out.endswith("it is NOT what was flown\n")


def test_it_is_found_where_the_manifest_was_made_to_agree(greenroom, run):
    falsified(run)
    reseal(run)
    code, out, _ = greenroom("audit", "last")
    assert (code, failed(out)) == (1, ["journal"])


def test_it_is_found_by_the_runs_name_where_every_digest_was_made_to_agree(greenroom, run):
    head = falsified(run)
    flight = json.loads((run / "flight.json").read_bytes())
    (run / "flight.json").write_text(json.dumps(flight | {"digest": head}))
    reseal(run, digest=head)
    code, out, _ = greenroom("audit", "last")
    assert (code, failed(out)) == (1, ["journal"])
    assert "and the run's name says" in out


def test_even_a_forgery_that_agrees_with_itself_is_found_by_a_noted_digest_or_by_flying_again(greenroom, run):
    digest, name = read_manifest(run).digest, run.name
    row = next(number for number, one in enumerate(lines_of(run)) if one["kind"] == "gate"
               and one["facts"]["verdict"] == "pass")
    head = falsified(run)
    flight = json.loads((run / "flight.json").read_bytes())
    (run / "flight.json").write_text(json.dumps(flight | {"digest": head}))
    forged = run.rename(run.with_name(name.replace(digest[:8], head[:8])))
    reseal(forged, digest=head, run=forged.name)
    assert greenroom("audit", "last")[0] == 0
    code, out, _ = greenroom("audit", "last", "--digest", digest[:12])
    assert (code, failed(out)) == (1, ["journal"])
    code, out, _ = greenroom("audit", "last", "--again")
    assert (code, failed(out)) == (1, ["again"])
    assert f"the first entry that differs is #{row}" in out


@pytest.mark.parametrize(("part", "change", "found"), [
    ("windows.parquet", lambda frame: frame.with_columns(
        polars.col("value").list.eval(polars.element() + 1)), "windows"),
    ("windows.parquet", lambda frame: frame.head(len(frame) - 1), "windows"),
    ("truth.parquet", lambda frame: frame.with_columns(polars.col("value") + 1), "truth"),
])
def test_what_the_chain_vouches_for_is_found_where_the_manifest_was_made_to_agree(
    greenroom, run, part, change, found
):
    change(polars.read_parquet(run / part)).write_parquet(run / part)
    reseal(run)
    code, out, _ = greenroom("audit", "last")
    assert (code, failed(out)) == (1, [found])


def test_another_plan_in_the_place_of_the_flown_one_is_found(greenroom, run):
    (run / "scenario.toml").write_text(GOVERNED.replace("5%", "6%"))
    reseal(run)
    assert failed(greenroom("audit", "last")[1]) == ["plan"]


@pytest.mark.parametrize("part", ["journal.jsonl", "windows.parquet", "truth.json", "flight.json", "manifest.json"])
@pytest.mark.parametrize("harm", ["gone", "empty", "nonsense"])
def test_what_cannot_be_read_is_said_and_is_no_bug(greenroom, run, part, harm):
    if harm == "gone":
        (run / part).unlink()
    else:
        (run / part).write_bytes(b"" if harm == "empty" else b'{"a": [')
    code, out, err = greenroom("audit", run.name)
    assert code == 1
    assert failed(out)[0] in ("parts", "journal")
    assert "bug" not in err


def test_a_file_that_did_not_land_with_the_run_is_found(greenroom, run):
    (run / "requests-00009.parquet").write_bytes(b"x")
    assert "requests-00009.parquet did not land with the run" in greenroom("audit", "last")[1]


def test_a_prediction_is_traced_to_its_input_model_data_and_policy(greenroom, run):
    frame = polars.read_parquet(run / "requests-00000.parquet")
    row = frame.filter(polars.col("arm") == 1).row(-1, named=True)
    code, out, _ = greenroom("audit", "last", "--request", row["seq"])
    assert code == 0
    for said in (
        f"number {row['seq']:,} at 00:0", f"user {row['user']:016x}", "answered by  candidate",
        f"score {row['score']:.6g}, decided ", "not kept; [record] features = true",
        "kind synthetic, model ranker 7", "training clicks of May", "candidate's share ", "failures.rate threshold",
        read_manifest(run).scenario_hash[:12], read_manifest(run).digest[:12],
    ):
        assert said in out


def test_a_prediction_is_made_anew_with_its_features_whether_it_was_kept_or_not(greenroom, run):
    row = polars.read_parquet(run / "requests-00000.parquet").row(17, named=True)
    kept = greenroom("audit", "last", "--request", row["seq"])[1].splitlines()
    again = greenroom("audit", "last", "--request", row["seq"], "--again")[1].splitlines()
    changed = [line for line in again if line not in kept]
    assert [line.split()[0] for line in changed] == ["✓", "features"]
    named = [word for word in changed[1].split() if word.startswith("f")]
    assert named == ["features", *(f"f{number}" for number in range(1, 9))]
    (run / "requests-00000.parquet").unlink()
    manifest = read_manifest_without(run, "requests-00000.parquet")
    write_manifest(run, manifest)
    code, _, err = greenroom("audit", "last", "--request", row["seq"])
    assert (code, "it was not kept; --again flies the run again and finds it" in err) == (2, True)
    found = greenroom("audit", "last", "--request", row["seq"], "--again")[1].splitlines()
    assert [line for line in again if "request" in line] == [line for line in found if "request" in line]


def read_manifest_without(run, part):
    facts = json.loads((run / "manifest.json").read_bytes())
    (run / "manifest.json").unlink()
    facts["parts"].pop(part)
    facts.pop("seal")
    (run / "manifest.json").write_text(json.dumps(facts | {"seal": fingerprint(canonical(facts))}))
    manifest = replace(read_manifest(run), requests=0)
    (run / "manifest.json").unlink()
    return manifest


def test_a_request_that_never_was_and_a_run_that_is_not_there_are_matters_of_usage(greenroom, run):
    assert greenroom("audit", "last", "--request", "999999999")[0] == 2
    assert greenroom("audit", "nothing-like-it")[0] == 2
    assert greenroom("audit", "last", "--digest", "xyz")[0] == 2


def test_the_audit_is_there_for_programs_too(greenroom, run):
    said = json.loads(greenroom("audit", "last", "--output", "json")[1])
    assert said["passed"]
    assert [one["what"] for one in said["checks"]] == ["parts", "journal", "plan", "windows", "truth"]
    assert [one["what"] for one in said["decided"]] == ["begin to shadow", "advance to 50%"]


def test_people_are_told_by_name_until_they_are_forgotten_and_the_audit_passes_after(greenroom, home, tiny):
    plan = tiny("", text=TINY + '[plan]\napprovals = ["risk"]\n')
    greenroom("plan", "approve", plan, "--as", "risk", "--by", "Anna Meier")
    greenroom("run", plan)
    code, out, _ = greenroom("audit", "last")
    assert (code, "risk approved step 1 on file, by Anna Meier (p-" in out) == (0, True)
    greenroom("forget", "Anna Meier")
    code, out, _ = greenroom("audit", "last", "--again")
    assert (code, "Anna" in out, "risk approved step 1 on file, by p-" in out) == (0, False, True)
    everything = [path.read_bytes() for path in (home / "home").rglob("*") if path.is_file()]
    assert not any(b"Anna" in data for data in everything)
