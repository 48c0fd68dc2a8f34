import json
import os

import pytest

from sandbox.base.digest import canonical, fingerprint
from sandbox.record.errors import StoreError
from sandbox.record.history import history, verify
from sandbox.record.load import load
from sandbox.record.staging import claim, sweep
from tests.record.factory import make_flight

PARTS = (
    "flight.json", "journal.jsonl", "requests-00000.parquet", "scenario.toml", "truth.json", "truth.parquet",
    "windows.parquet", "manifest.json",
)


def flip(path, at=-20):
    data = bytearray(path.read_bytes())
    data[at] ^= 0x55
    path.write_bytes(data)


def test_runs_are_listed_in_order_of_landing_without_the_catalogue(landed):
    store, ids = landed
    store.catalogue.unlink()
    found = history(store)
    assert [run.run for run in found.runs] == ids
    assert [(run.seed, run.outcome, run.requests) for run in found.runs] == [
        (7, "rolled_back", 1_000), (8, "rolled_back", 1_000)
    ]
    assert found.runs[0].digest == make_flight(seed=7).digest
    assert found.runs[0].size == sum((store.runs / ids[0] / name).stat().st_size for name in PARTS[:-1])


def test_a_store_that_is_not_there_is_empty(store):
    found = history(store)
    assert (found.runs, found.damaged, found.interrupted) == ((), (), ())
    assert not store.path.exists()


@pytest.mark.parametrize("part", PARTS)
def test_a_changed_byte_is_found(landed, part):
    store, ids = landed
    verify(store, ids[0])
    flip(store.runs / ids[0] / part)
    with pytest.raises(StoreError, match=f"{ids[0]} is damaged: .*{part}"):
        verify(store, ids[0])
    verify(store, ids[1])
    if not part.startswith("requests"):
        with pytest.raises(StoreError, match="is damaged"):
            load(store, ids[0])


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("harm", ["missing", "short", "empty"])
def test_a_missing_or_short_part_is_listed_as_damaged(landed, part, harm):
    store, ids = landed
    path = store.runs / ids[0] / part
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] if harm == "short" and part != "manifest.json" else b"")
    found = history(store)
    assert [run.run for run in found.runs] == [ids[1]]
    assert [one.run for one in found.damaged] == [ids[0]]
    assert part in found.damaged[0].because
    with pytest.raises(StoreError, match="is damaged"):
        load(store, ids[0])
    assert load(store).header.seed == 8


@pytest.mark.parametrize("text", ["[]", "1", "{}", '{"schema": "x"}', "\0", '{"schema": 1, "seal": 2}'])
def test_a_manifest_of_another_shape_is_damage_and_no_traceback(landed, text):
    store, ids = landed
    (store.runs / ids[0] / "manifest.json").write_text(text)
    assert [one.run for one in history(store).damaged] == [ids[0]]


def test_a_sealed_manifest_without_its_keys_is_damage_and_no_traceback(landed):
    store, ids = landed
    facts = {"schema": 1, "parts": {}}
    (store.runs / ids[0] / "manifest.json").write_text(json.dumps(facts | {"seal": fingerprint(canonical(facts))}))
    assert [one.run for one in history(store).damaged] == [ids[0]]


def test_a_run_of_a_newer_greenroom_is_refused_by_name(landed):
    store, ids = landed
    path = store.runs / ids[0] / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": 99}))
    with pytest.raises(StoreError, match=r"newer greenroom \(schema 99, this one reads up to 1\)"):
        load(store, ids[0])


def test_a_stray_file_among_the_runs_is_no_run(landed):
    store, _ = landed
    (store.runs / "notes.txt").write_text("mine")
    assert len(history(store).runs) == 2


def test_what_a_dead_writer_left_is_named_once_and_removed(store):
    area = claim(store, "20261123T112233-one-7")
    (area.path / "requests-00000.parquet").write_bytes(b"half")
    assert sweep(store) == (), "its writer holds the lock"
    assert area.path.exists()
    os.close(area.handle)
    assert history(store).interrupted == (area.path.name,)
    assert not area.path.exists()
    assert history(store).interrupted == ()
    assert list(store.staging.iterdir()) == []


def test_a_half_built_catalogue_is_swept_without_a_word(store):
    area = claim(store, "catalogue-rebuild")
    os.close(area.handle)
    assert sweep(store) == ()
    assert list(store.staging.iterdir()) == []
