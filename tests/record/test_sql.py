import shutil

import duckdb
import numpy as np
import pytest

from sandbox.record import sql
from sandbox.record.catalogue import opened
from sandbox.record.errors import StoreError
from sandbox.record.sql import _lock_down, query
from sandbox.record.store import Store
from tests.record.factory import make_flight, make_rows

ANSWERED = [
    ("SELECT count(*) FROM runs", [(2,)]),
    ("select count(*) from runs -- how many", [(2,)]),
    ("WITH r AS (SELECT seed FROM runs) SELECT max(seed) FROM r;", [(8,)]),
    ("SELECT count(*), count(DISTINCT run) FROM requests", [(2_000, 2)]),
    ("FROM runs SELECT min(seed)", [(7,)]),
    ("SELECT 1 UNION ALL SELECT 2 ORDER BY 1", [(1,), (2,)]),
]

OTHER_STATEMENTS = [
    ("COPY (SELECT 1) TO '{outside}/evil.csv'", "COPY is not"),
    ("COPY runs TO '{runs}/evil.csv'", "COPY is not"),
    ("COPY runs FROM '{runs}/evil.csv'", "COPY is not"),
    ("ATTACH '{outside}/evil.db'", "ATTACH is not"),
    ("DETACH greenroom", "DETACH is not"),
    ("PRAGMA database_list", "PRAGMA is not"),
    ("SET enable_external_access = true", "SET is not"),
    ("RESET lock_configuration", "SET is not"),
    ("INSTALL httpfs", "LOAD is not"),
    ("LOAD httpfs", "LOAD is not"),
    ("EXPORT DATABASE '{outside}/evil'", "EXPORT is not"),
    ("INSERT INTO parts VALUES ('a', 'b', 1, 'c')", "INSERT is not"),
    ("UPDATE runs SET seed = 1", "UPDATE is not"),
    ("DELETE FROM runs", "DELETE is not"),
    ("DROP TABLE runs", "DROP is not"),
    ("CREATE TABLE evil (a INTEGER)", "CREATE is not"),
    ("CREATE TEMP TABLE evil AS SELECT 1", "CREATE is not"),
    ("CALL pragma_version()", "CALL is not"),
    ("CHECKPOINT", "CHECKPOINT|CALL|PRAGMA"),
    ("BEGIN", "TRANSACTION is not"),
    ("EXPLAIN ANALYZE SELECT 1", "EXPLAIN is not"),
    ("SELECT 1; SELECT 2", "not 2 statements"),
    ("SELECT 1; COPY (SELECT 1) TO '{outside}/evil.csv'", "not 2 statements"),
    ("", "not 0 statements"),
    ("-- nothing", "not 0 statements"),
    ("SELEC 1", "syntax error"),
]

SELECTS_THAT_REACH_OUT = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('{store}/store.key')",
    "SELECT * FROM read_blob('{runs}/../store.key')",
    "SELECT * FROM read_text('{outside}/secret.txt')",
    "SELECT * FROM '{outside}/secret.csv'",
    "SELECT * FROM read_json('{outside}/*.json')",
    "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM glob('{store}/*')",
    "SELECT getenv('HOME')",
    "SELECT * FROM query('COPY (SELECT 1) TO ''{outside}/evil.csv''')",
    "SELECT * FROM duckdb_secrets()",
    "WITH x AS (INSERT INTO parts VALUES ('a', 'b', 1, 'c') RETURNING *) SELECT * FROM x",
    "SELECT * FROM hidden_in_python",
]


@pytest.fixture
def places(landed, tmp_path):
    """The store and the words the tables above use."""
    store, _ = landed
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (outside / "secret.csv").write_text("a\n1\n")
    (outside / "secret.json").write_text('{"a": 1}')
    return store, {"store": store.path, "runs": store.runs, "outside": outside}


def everything(folder):
    return sorted(str(path) for path in folder.rglob("*") if ".wal" not in path.name)


@pytest.mark.parametrize(("text", "rows"), ANSWERED)
def test_one_select_is_answered(landed, text, rows):
    store, _ = landed
    assert query(store, text)[1] == rows


def test_columns_have_their_names(landed):
    store, _ = landed
    assert query(store, "SELECT seed AS s, outcome FROM runs ORDER BY s LIMIT 1") == (
        ("s", "outcome"), [(7, "rolled_back")]
    )


@pytest.mark.parametrize(("text", "why"), OTHER_STATEMENTS)
def test_anything_but_one_select_is_refused(places, tmp_path, text, why):
    store, words = places
    before = everything(tmp_path)
    with pytest.raises(StoreError, match=why) as caught:
        query(store, text.format(**words))
    assert "\n" not in str(caught.value)
    assert everything(tmp_path) == before
    assert query(store, "SELECT count(*) FROM runs")[1] == [(2,)]


@pytest.mark.parametrize("text", SELECTS_THAT_REACH_OUT)
def test_a_select_reaches_nothing_outside_the_runs(places, tmp_path, monkeypatch, text):
    monkeypatch.setattr(sql, "hidden_in_python", {"a": np.arange(3)}, raising=False)
    store, words = places
    before = everything(tmp_path)
    with pytest.raises(StoreError, match=r"^sql: "):
        query(store, text.format(**words))
    assert everything(tmp_path) == before
    assert query(store, "SELECT count(*) FROM parts WHERE run = 'a'")[1] == [(0,)]


@pytest.mark.parametrize("text", [
    "COPY (SELECT 1) TO '{outside}/evil.csv'", "ATTACH '{outside}/evil.db'", "SET enable_external_access = true",
    "RESET allowed_directories", "SET allowed_directories = ['/']", "SET lock_configuration = false",
    "EXPORT DATABASE '{outside}/evil'", "INSERT INTO parts VALUES ('a', 'b', 1, 'c')", "DROP TABLE runs",
    "INSTALL httpfs", "COPY (SELECT 1) TO '{store}/store.key'",
])
def test_the_connection_refuses_on_its_own_what_the_parser_would_not_let_through(places, tmp_path, text):
    store, words = places
    before = everything(tmp_path)
    with opened(store, read_only=True) as connection:
        _lock_down(store, connection)
        with pytest.raises(duckdb.Error):
            connection.execute(text.format(**words))
    assert everything(tmp_path) == before


def test_requests_speak_in_words(landed):
    store, ids = landed
    rows = make_rows(1_000, seed=8)
    columns, found = query(store, f"SELECT * FROM requests WHERE run = '{ids[1]}' ORDER BY seq LIMIT 1")
    one = dict(zip(columns, found[0], strict=True))
    assert one["at_ns"] == int(rows.at[0])
    assert one["latency_ns"] == int(rows.latency[0])
    assert one["segment"] == ("web", "app", "partner")[rows.segment[0]]
    assert query(store, f"""
        SELECT count(*) FILTER (arm = 'candidate'), count(*) FILTER (status = 'errored'),
        count(*) FILTER (harm = 'late'), count(*) FILTER (harm IS NULL) FROM requests WHERE run = '{ids[1]}'
    """)[1] == [tuple(int(n) for n in (
        (rows.arm == 1).sum(), (rows.status == 3).sum(), (rows.harm == 2).sum(), (rows.harm == 0).sum()
    ))]


def test_runs_with_and_without_features_are_one_table(landed):
    store, _ = landed
    with store.begin("with features", seed=9, features=("age",)) as landing:
        landing.write_requests(make_rows(500, features=1))
        landing.land(make_flight(seed=9))
    assert query(store, "SELECT count(*), count(f_age) FROM requests")[1] == [(2_500, 500)]


@pytest.mark.parametrize("table", ["runs", "requests", "windows", "truth", "journal", "judgements"])
def test_an_empty_store_answers_with_nothing(store, table):
    columns, rows = query(store, f"SELECT * FROM {table}")
    assert "run" in columns
    assert rows == []


@pytest.mark.parametrize("table", ["requests", "windows", "truth"])
def test_an_empty_view_has_the_columns_of_a_full_one(landed, tmp_path, table):
    store, _ = landed
    empty = Store(tmp_path / "empty")
    text = f"SELECT column_name, column_type FROM (DESCRIBE {table}) ORDER BY ALL"
    assert query(empty, text)[1] == query(store, text)[1] != []


@pytest.mark.parametrize("name", ["it's", "br[ack]et", "st*r", "sp ace", "ünï"])
def test_a_store_may_have_any_name_and_may_move(landed, tmp_path, name):
    store, _ = landed
    moved = Store(tmp_path / name)
    shutil.move(store.path, moved.path)
    assert query(moved, "SELECT count(*) FROM requests")[1] == [(2_000,)]
    assert query(moved, "SELECT count(DISTINCT run) FROM windows")[1] == [(2,)]


def test_a_store_behind_a_link_can_be_asked(landed, tmp_path):
    store, _ = landed
    (tmp_path / "link").symlink_to(store.path)
    assert query(Store(tmp_path / "link"), "SELECT count(*) FROM requests")[1] == [(2_000,)]


def test_a_mistake_in_a_question_is_told_in_one_line(landed):
    store, _ = landed
    with pytest.raises(StoreError, match=r'^sql: referenced column "sed" not found') as caught:
        query(store, "SELECT sed FROM runs")
    assert "\n" not in str(caught.value)
