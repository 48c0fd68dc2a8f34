"""Studies: rows that survive, one writer at a time, and `sql` that reads them."""

import pytest

from sandbox.record.errors import StoreError
from sandbox.record.sql import query
from sandbox.record.store import Store
from sandbox.record.studies import Study, studies


def rows(count: int, candidate: str = "null"):
    return [{"candidate": candidate, "seed": seed, "failed_gate": None if seed else "p95"} for seed in range(count)]


def flown(store, name="certify-x-1", *, count=3, resume=False):
    study = Study(store, name)
    with study.begun({"kind": "certify"}, resume=resume) as kept:
        for row in [*rows(count), *rows(1, "latency ×2")]:
            study.add(row)
    return study, kept


def test_rows_land_as_parts_that_sql_reads(tmp_path):
    store = Store(tmp_path / "store")
    study, _ = flown(store)
    assert sorted(path.name for path in study.path.glob("candidate=*")) == ["candidate=latency-x2", "candidate=null"]
    _, answer = query(store, "SELECT study, candidate, count(*) FROM flights GROUP BY ALL ORDER BY candidate")
    assert answer == [("certify-x-1", "latency ×2", 1), ("certify-x-1", "null", 3)]


def test_sql_of_a_store_without_studies_has_the_columns_and_no_rows(tmp_path):
    store = Store(tmp_path / "store")
    columns, answer = query(store, "SELECT study, candidate, seed, net, onset_at_ns FROM flights")
    assert (columns, answer) == (("study", "candidate", "seed", "net", "onset_at_ns"), [])


def test_flying_a_study_anew_forgets_and_resuming_keeps(tmp_path):
    store = Store(tmp_path / "store")
    flown(store)
    _, kept = flown(store, resume=True, count=1)
    assert len(kept) == 4
    study, kept = flown(store, count=1)
    assert kept == []
    assert len(study.rows()) == 2


def test_one_at_a_time_writes_a_study(tmp_path):
    store = Store(tmp_path / "store")
    study = Study(store, "a")
    with (
        study.begun({}, resume=False), pytest.raises(StoreError, match="flown by another process"),
        Study(store, "a").begun({}, resume=False),
    ):
        pass


def test_studies_are_listed_in_the_order_in_which_they_began(tmp_path):
    store = Store(tmp_path / "store")
    assert studies(store) == ()
    flown(store, "b")
    flown(store, "a")
    assert studies(store) == ("b", "a")


def test_a_damaged_head_is_told(tmp_path):
    study, _ = flown(Store(tmp_path / "store"))
    (study.path / "study.json").write_text("{")
    with pytest.raises(StoreError, match="is damaged"):
        _ = study.head
