import math
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from sandbox.base.window import Layout
from sandbox.record import catalogue
from sandbox.record.catalogue import opened, rebuild, refresh
from sandbox.record.cells import AXES, cells
from sandbox.record.errors import CatalogueBusyError, CatalogueDamagedError
from sandbox.record.sql import query
from tests.record.factory import LAYOUT, make_flight

TABLES = ("runs", "parts", "journal", "intervals", "cells", "judgements", "decisions", "commands", "windows", "truth",
          "requests")


def contents(store):
    return {table: sorted(map(repr, query(store, f"SELECT * FROM {table}")[1])) for table in TABLES}


def test_every_part_has_named_axes():
    layout = replace(LAYOUT, grades=True, again=True, leaving=True)
    parts = {**layout.parts, **layout.label_parts}
    assert parts.keys() == AXES.keys()
    for name, (_, shape) in parts.items():
        assert len(AXES[name]) == len(shape) or (len(AXES[name]) < len(shape) and AXES[name][-1] == "bin"), name


def test_an_unnamed_part_still_has_its_cells(monkeypatch):
    monkeypatch.setattr("sandbox.record.cells.AXES", {name: axes for name, axes in AXES.items() if name != "score"})
    table = cells(LAYOUT, matured=False)
    mine = table["part"] == "score"
    assert table["bin"][mine].tolist() == list(range(math.prod(LAYOUT.parts["score"][1])))
    assert set(table["arm"][mine]) == {None}


def test_windows_can_be_asked_in_words(landed):
    store, ids = landed
    flight = make_flight(seed=7)
    served = sum(
        int(LAYOUT.part(window.counts.dense(), "status")[1, 0, 0, :, 0].sum())
        for window in flight.windows if not window.matured
    )
    hits = sum(
        int(LAYOUT.part(window.counts.dense(), "confusion")[0, :, :, 1, 1, 0].sum())
        for window in flight.windows if window.matured
    )
    assert served > 0
    assert hits > 0
    assert query(store, f"""
        SELECT sum(value) FROM windows WHERE run = '{ids[0]}' AND part = 'status' AND arm = 'candidate'
        AND NOT shadow AND segment = 'web' AND status = 'answered'
    """)[1] == [(served,)]
    assert query(store, f"""
        SELECT sum(value) FROM windows WHERE run = '{ids[0]}' AND part = 'confusion' AND arm = 'incumbent'
        AND "group" = 'b' AND label AND NOT decision
    """)[1] == [(hits,)]


def test_the_truth_can_be_asked_in_words(landed):
    store, ids = landed
    truth = make_flight(seed=7).truth
    late = int(truth.harmed[:, 1, :, :, 1].sum())
    assert late > 0
    assert query(store, f"""
        SELECT sum(value) FROM truth WHERE run = '{ids[0]}' AND quantity = 'harmed' AND arm = 'candidate'
        AND kind = 'late'
    """)[1] == [(late,)]
    assert query(store, f"""
        SELECT sum(value) FROM truth WHERE run = '{ids[0]}' AND quantity = 'statuses' AND status = 'errored'
    """)[1] == [(int(truth.statuses[:, 3].sum()),)]
    assert query(store, "SELECT count(*) FROM intervals WHERE kind = 'fault' AND arms = ['candidate']")[1] == [(2,)]


def test_the_journal_can_be_asked_by_kind(landed):
    store, ids = landed
    where = f"WHERE run = '{ids[1]}'"
    assert query(store, f"SELECT count(*) FROM journal {where}")[1] == [(len(make_flight(seed=8).journal),)]
    assert query(store, f"SELECT verdict, value, n, decides FROM judgements {where} ORDER BY entry")[1] == [
        ("pass", None, 0, True), ("pass", 0.1, 1_000, True), ("pass", 0.2, 2_000, True),
        ("fail", pytest.approx(0.3), 3_000, True),
    ]
    assert query(store, f"SELECT what, share FROM decisions {where} ORDER BY entry")[1] == [
        ("step", 0.01), ("roll back", 0.0)
    ]
    assert query(store, f"SELECT actor, kind, answer FROM commands {where}")[1] == [("policy", "advance", "accepted")]


def test_what_vanished_is_dropped_and_what_came_is_added(landed, tmp_path):
    store, ids = landed
    before = contents(store)
    shutil.move(store.runs / ids[0], tmp_path / ids[0])
    assert refresh(store).dropped == (ids[0],)
    for table in ("runs", "parts", "journal", "intervals", "requests", "windows", "truth"):
        assert query(store, f"SELECT DISTINCT run FROM {table}")[1] == [(ids[1],)]
    shutil.move(tmp_path / ids[0], store.runs / ids[0])
    assert refresh(store).added == (ids[0],)
    assert contents(store) == before
    assert refresh(store) == catalogue.Refreshed((), ())


def test_a_damaged_run_stays_out_and_hinders_nobody(landed):
    store, ids = landed
    store.catalogue.unlink()
    (store.runs / ids[0] / "journal.jsonl").write_text("{}\n")
    assert query(store, "SELECT run FROM runs")[1] == [(ids[1],)]
    assert refresh(store) == catalogue.Refreshed((), ())


@pytest.mark.parametrize("place", ["start", "header", "middle", "everywhere", "short", "empty"])
def test_a_damaged_catalogue_is_said_and_rebuilt(landed, place):
    store, ids = landed
    before = contents(store)
    data = bytearray(store.catalogue.read_bytes())
    noise = bytes(range(256)) * 32
    end = len(data)
    spans = {"start": (0, 4_096), "header": (4_096, 12_288), "middle": (12_288, end), "everywhere": (0, end)}
    if place in spans:
        low, high = spans[place]
        data[low:high] = (noise * (1 + (high - low) // len(noise)))[: high - low]
    store.catalogue.write_bytes(data[:5_000] if place == "short" else b"" if place == "empty" else data)
    with pytest.raises(CatalogueDamagedError, match=r"greenroom\.duckdb is damaged; run: greenroom rebuild"):
        contents(store)
    assert rebuild(store) == tuple(sorted(ids))
    assert contents(store) == before


def test_a_rebuild_forgets_nothing_that_any_table_holds(landed):
    store, _ = landed

    def tables():
        with opened(store, read_only=True) as connection:
            names = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
            return {name: sorted(map(repr, connection.execute(f"FROM {name}").fetchall())) for name in names}

    before = tables()
    assert all(before.values()), "a table that nothing writes shows nothing here"
    rebuild(store)
    assert tables() == before


def test_a_rebuild_leaves_no_old_log_behind(landed):
    store, _ = landed
    before = contents(store)
    wal = store.catalogue.with_name("greenroom.duckdb.wal")
    wal.write_bytes(b"stale" * 100)
    rebuild(store)
    assert not wal.exists()
    assert contents(store) == before
    assert sorted(path.name for path in store.path.iterdir()) == ["greenroom.duckdb", "runs", "staging", "store.key"]
    assert list(store.staging.iterdir()) == []


def test_a_rebuild_waits_for_whoever_reads(landed):
    store, _ = landed
    opening = f"duckdb.connect({str(store.catalogue)!r}, read_only=True)"
    code = f"import duckdb; c = {opening}; print('held', flush=True); input()"
    reader = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert reader.stdout.readline() == "held\n"
    with pytest.raises(CatalogueBusyError, match=r"waited 0\.1s"):
        rebuild(store, wait=0.1)
    assert query(store, "SELECT count(*) FROM runs")[1] == [(2,)], "two may read at once"
    reader.communicate("\n", timeout=120)
    assert len(rebuild(store)) == 2


def test_one_thread_waits_for_another(landed):
    store, _ = landed
    with opened(store, read_only=False), pytest.raises(CatalogueBusyError, match="this very process"):
        refresh(store, wait=0.05)
    assert refresh(store) == catalogue.Refreshed((), ())


def test_a_catalogue_of_another_version_asks_for_a_rebuild(landed, monkeypatch):
    store, _ = landed
    monkeypatch.setattr(catalogue, "SCHEMA", catalogue.SCHEMA + 1)
    with pytest.raises(CatalogueDamagedError, match="made by another greenroom; run: greenroom rebuild"):
        refresh(store)
    rebuild(store)
    assert refresh(store) == catalogue.Refreshed((), ())


def test_layouts_that_runs_share_are_kept_once(landed):
    store, _ = landed
    assert query(store, "SELECT count(*) FROM cells")[1] == [(LAYOUT.size + LAYOUT.label_size,)]
    other = Layout(("incumbent", "candidate"), ("all",), ("all",), ())
    with store.begin("other", seed=1) as landing:
        landing.land(make_flight(layout=other))
    sizes = np.array([LAYOUT.size + LAYOUT.label_size, other.size + other.label_size])
    assert query(store, "SELECT count(*) FROM cells")[1] == [(int(sizes.sum()),)]
