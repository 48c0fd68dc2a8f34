import json
import os
import re
import subprocess
import sys

import pytest

from sandbox.record import landing as landings
from sandbox.record.errors import CatalogueBusyError, CatalogueDamagedError, StoreError
from sandbox.record.history import history, verify
from sandbox.record.landing import slug
from sandbox.record.sql import query
from sandbox.record.store import default_store
from tests.record.factory import make_flight, make_rows


def test_a_run_has_its_parts_and_a_readable_id(landed):
    store, ids = landed
    assert re.fullmatch(r"\d{8}T\d{6}-good-at-one-percent-7-[0-9a-f]{8}", ids[0])
    assert ids[0].endswith(make_flight(seed=7).digest[:8])
    assert sorted(path.name for path in (store.runs / ids[0]).iterdir()) == [
        "flight.json", "journal.jsonl", "manifest.json", "requests-00000.parquet", "scenario.toml", "truth.json",
        "truth.parquet", "windows.parquet",
    ]
    assert (store.runs / ids[0] / "scenario.toml").read_bytes() == make_flight().header.scenario_text.encode()
    manifest = verify(store, ids[0])
    assert sorted(manifest.parts) == sorted({path.name for path in (store.runs / ids[0]).iterdir()} - {"manifest.json"})
    assert json.loads((store.runs / ids[0] / "manifest.json").read_text())["schema"] == manifest.schema == 1
    assert manifest.requests == 1_000


@pytest.mark.parametrize(("name", "plain"), [
    ("../../etc/passwd", "etc-passwd"), ("Größe 5%", "gr-e-5"), ("", "flight"), ("...", "flight"), ("a" * 99, "a" * 48),
])
def test_names_become_plain(name, plain):
    assert slug(name) == plain


def test_twins_in_one_second_get_their_own_ids(store, monkeypatch):
    monkeypatch.setattr(landings, "_second", lambda moment: "20261123T112233")
    ids = []
    for _ in range(3):
        with store.begin("Twin", seed=7) as landing:
            ids.append(landing.land(make_flight(name="Twin")))
    first = f"20261123T112233-twin-7-{make_flight(name='Twin').digest[:8]}"
    assert ids == [first, f"{first}-2", f"{first}-3"]
    assert [verify(store, run).run for run in ids] == ids
    assert query(store, "SELECT count(*) FROM runs")[1] == [(3,)]


def test_what_is_abandoned_leaves_no_trace(store):
    with store.begin("one", seed=1) as landing:
        landing.write_requests(make_rows(100))
        assert landing.staged.is_dir()
    assert list(store.staging.iterdir()) == []
    assert store.run_ids() == ()
    with pytest.raises(StoreError, match="this landing is over"):
        landing.land(make_flight())


def test_a_landing_ends_once(store):
    with store.begin("one", seed=1) as landing:
        landing.land(make_flight())
        with pytest.raises(StoreError, match="this landing is over"):
            landing.write_requests(make_rows(1))
    assert len(store.run_ids()) == 1


def test_a_store_that_cannot_be_made_is_said(tmp_path):
    from sandbox.record.store import Store

    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot make the folder"):
        Store(tmp_path / "file" / "store").begin("one", seed=1)


def test_two_processes_land_at_once_and_every_run_is_there(store):
    count = 5
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.record.lander", str(store.path), str(seed), str(count)],
            stdout=subprocess.PIPE, text=True,
        )
        for seed in (1, 2)
    ]
    said = [line for writer in writers for line in writer.communicate(timeout=300)[0].splitlines() if line != "ready"]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert len(said) == 2 * count
    found = history(store)
    assert sorted(run.run for run in found.runs) == sorted(said)
    assert (found.damaged, found.interrupted) == ((), ())
    for run in said:
        verify(store, run)
    assert query(store, "SELECT count(*), count(DISTINCT run) FROM runs")[1] == [(2 * count, 2 * count)]
    assert query(store, "SELECT count(*) FROM requests")[1] == [(2 * count * 2_000,)]


@pytest.fixture
def held(landed):
    """A store whose catalogue another process holds: (store, its process id)."""
    store, _ = landed
    code = f"import duckdb, sys; c = duckdb.connect({str(store.catalogue)!r}); print('held', flush=True); input()"
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    yield store, holder.pid
    holder.communicate("\n", timeout=120)


def test_a_run_lands_while_the_catalogue_is_held_and_is_caught_up_later(held):
    store, pid = held
    with store.begin("one", seed=9) as landing:
        run = landing.land(make_flight(seed=9), wait=0.1)
    assert isinstance(landing.trouble, CatalogueBusyError)
    assert f"process {pid} " in str(landing.trouble)
    assert run in [one.run for one in history(store).runs]
    with pytest.raises(CatalogueBusyError, match=f"held by process {pid} .*waited 0.2s"):
        query(store, "SELECT count(*) FROM runs", wait=0.2)
    os.kill(pid, 9)
    assert query(store, "SELECT count(*) FROM runs")[1] == [(3,)]


def test_a_run_lands_beside_a_damaged_catalogue(landed):
    store, _ = landed
    store.catalogue.write_bytes(b"no database")
    with store.begin("one", seed=9) as landing:
        run = landing.land(make_flight(seed=9))
    assert isinstance(landing.trouble, CatalogueDamagedError)
    assert verify(store, run).seed == 9


def test_the_default_store_is_among_the_users_data(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_store().path == tmp_path / "greenroom"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_store().path == tmp_path / ".local" / "share" / "greenroom"
