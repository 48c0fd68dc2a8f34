import os
import stat
import threading

import numpy as np
import polars
import pytest

from sandbox.record import requests
from sandbox.record.errors import StoreError
from sandbox.record.people import KEY_BYTES, People, store_key
from sandbox.record.store import Store
from tests.record.factory import make_flight, make_rows


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of 1,000 rows."""
    monkeypatch.setattr(requests, "PART_ROWS", 1_000)


def parts_of(folder):
    return sorted(folder.glob("requests-*.parquet"))


def land(store, *batches, features=()):
    with store.begin("one", seed=1, features=features) as landing:
        for batch in batches:
            landing.write_requests(batch)
        return store.runs / landing.land(make_flight())


def test_what_is_written_is_what_is_read(store, small_parts):
    batches = [make_rows(count, first=first) for first, count in ((0, 700), (700, 0), (700, 2_500), (3_200, 1))]
    paths = parts_of(land(store, *batches))
    assert [polars.read_parquet(path).height for path in paths] == [3_200, 1]
    frame = polars.concat([polars.read_parquet(path) for path in paths])
    assert frame.columns == list(requests.COLUMNS)
    for name, kind in requests.COLUMNS.items():
        if name != "user":
            column = frame[name].to_numpy()
            assert column.dtype == kind
            np.testing.assert_array_equal(column, np.concatenate([getattr(batch, name) for batch in batches]))


def test_a_flight_without_requests_has_no_request_parts(store):
    assert parts_of(land(store)) == []


def test_row_groups_are_what_duckdb_reads_at_a_time(store):
    import duckdb

    path, *_ = parts_of(land(store, make_rows(requests.ROW_GROUP + 5)))
    groups = duckdb.sql(f"SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata('{path}')").fetchall()
    assert sorted(groups) == [(0, requests.ROW_GROUP), (1, 5)]


def test_features_go_by_their_names(store):
    rows = make_rows(50, features=2)
    frame = polars.read_parquet(parts_of(land(store, rows, features=("age", "amount"))))
    assert frame.columns[-2:] == ["f_age", "f_amount"]
    np.testing.assert_array_equal(frame["f_amount"].to_numpy(), rows.features[:, 1])


def test_other_columns_halfway_are_refused(store):
    with store.begin("one", seed=1) as landing:
        landing.write_requests(make_rows(10))
        with pytest.raises(StoreError, match="other columns than before: f_0"):
            landing.write_requests(make_rows(10, features=1))


def test_a_part_that_cannot_be_written_is_said(store, small_parts, monkeypatch):
    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(requests, "sync", full)
    with store.begin("one", seed=1) as landing:
        landing.write_requests(make_rows(1_000))
        with pytest.raises(StoreError, match=r"cannot write .*No space left"):
            landing.land(make_flight())
    assert store.run_ids() == ()
    assert list(store.staging.iterdir()) == []


def test_users_are_kept_as_pseudonyms_only(store, tmp_path):
    rows = make_rows(2_000, users=300)
    frame = polars.read_parquet(parts_of(land(store, rows)))
    hashed = frame["user"].to_numpy()
    assert hashed.dtype == np.uint64
    assert np.intersect1d(hashed, rows.user.astype(np.uint64)).size == 0
    index_of = {}
    for index, pseudonym in zip(rows.user.tolist(), hashed.tolist(), strict=True):
        assert index_of.setdefault(pseudonym, index) == index
    assert len(index_of) == len(np.unique(rows.user)) > 250
    again = polars.read_parquet(parts_of(land(store, rows)))
    np.testing.assert_array_equal(again["user"].to_numpy(), hashed)
    elsewhere = polars.read_parquet(parts_of(land(Store(tmp_path / "other"), rows)))
    assert np.intersect1d(elsewhere["user"].to_numpy(), hashed).size == 0


def test_the_table_of_pseudonyms_grows_without_changing_its_mind():
    people, all_at_once = People(b"k" * 32), People(b"k" * 32)
    users = np.array([3, 0, 9, 2_000, 3], dtype=np.int32)
    one_by_one = [int(people.pseudonyms(users[i : i + 1])[0]) for i in range(5)]
    assert one_by_one == all_at_once.pseudonyms(users).tolist()
    assert people.pseudonyms(users[:0]).shape == (0,)


def test_the_key_is_made_once_and_for_its_owner_only(store):
    found = []
    threads = [threading.Thread(target=lambda: found.append(store_key(store))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({*found}) == 1
    assert len(found[0]) == KEY_BYTES
    assert stat.S_IMODE(os.stat(store.key).st_mode) == 0o600
    assert [path.name for path in store.path.iterdir()] == ["store.key"]


def test_a_damaged_key_is_said_and_not_replaced(store):
    store_key(store)
    store.key.write_bytes(b"short")
    with pytest.raises(StoreError, match="5 bytes, not 32"):
        store.begin("one", seed=1)
    assert store.key.read_bytes() == b"short"
