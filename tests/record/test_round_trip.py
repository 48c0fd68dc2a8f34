import numpy as np
import pytest

from sandbox.base.digest import GENESIS
from sandbox.base.flight import Flight
from sandbox.base.journal import Entry
from sandbox.base.window import Layout
from sandbox.record import load as loading
from sandbox.record.errors import StoreError
from sandbox.record.load import load, upgraded
from sandbox.record.manifest import SCHEMA
from sandbox.record.packing import TRUTH_AXES, TRUTH_NUMBERS
from tests.record.factory import make_flight


def land(store, flight):
    with store.begin(flight.header.name, seed=flight.header.seed) as landing:
        return landing.land(flight)


def assert_same(back, flight):
    assert back.header == flight.header
    assert back.journal == flight.journal
    assert (back.outcome, back.ended_at, back.digest) == (flight.outcome, flight.ended_at, flight.digest)
    assert len(back.windows) == len(flight.windows)
    for mine, theirs in zip(back.windows, flight.windows, strict=True):
        for name in ("index", "start", "end", "visible_at", "step", "share", "matured"):
            assert getattr(mine, name) == getattr(theirs, name)
        assert mine.counts.size == theirs.counts.size
        assert mine.counts.at.dtype == np.int32
        assert mine.counts.count.dtype == np.int64
        np.testing.assert_array_equal(mine.counts.dense(), theirs.counts.dense())
    for name in TRUTH_AXES:
        assert getattr(back.truth, name).dtype == np.int64
        np.testing.assert_array_equal(getattr(back.truth, name), getattr(flight.truth, name))
    for name in TRUTH_NUMBERS:
        assert getattr(back.truth, name) == getattr(flight.truth, name)
    assert back.truth.intervals == flight.truth.intervals


@pytest.mark.parametrize("windows", [1, 12])
def test_a_flight_comes_back_as_it_landed(store, windows):
    flight = make_flight(windows=windows)
    run = land(store, flight)
    assert any(window.counts.at.size for window in flight.windows)
    assert_same(load(store, run), flight)


def test_a_flight_with_three_arms_no_segments_to_speak_of_and_no_features_comes_back(store):
    flight = make_flight(layout=Layout(("incumbent", "b", "c"), ("all",), ("all",), ()))
    land(store, flight)
    assert_same(load(store), flight)


def test_a_flight_without_windows_or_journal_comes_back(store):
    full = make_flight()
    empty = Flight(
        header=full.header, journal=(), windows=(), truth=full.truth, outcome="held", ended_at=0, digest=GENESIS
    )
    land(store, empty)
    assert_same(load(store), empty)


def test_a_journal_that_does_not_lead_to_its_digest_never_lands(store):
    flight = make_flight()
    with pytest.raises(StoreError, match="does not lead to its digest"):
        land(store, Flight(
            header=flight.header, journal=(*flight.journal, Entry(9, "note", {})), windows=flight.windows,
            truth=flight.truth, outcome=flight.outcome, ended_at=flight.ended_at, digest=flight.digest,
        ))
    assert store.run_ids() == ()


def test_a_journal_that_does_not_lead_to_its_digest_is_not_loaded(store, monkeypatch):
    land(store, make_flight())
    journal = store.runs / store.run_ids()[0] / "journal.jsonl"
    text = journal.read_text()
    assert "p99 no worse" in text
    journal.write_text(text.replace("p99 no worse", "p99 no better"))
    with pytest.raises(StoreError, match="damaged"):
        load(store)
    monkeypatch.setattr(loading, "read_manifest", lambda place: None)
    monkeypatch.setattr(loading, "verify_part", lambda place, manifest, name: None)
    with pytest.raises(StoreError, match=r"its journal leads to .*, not to its digest"):
        loading._journal(journal.parent, make_flight().digest)


def test_a_run_is_named_by_id_beginning_digest_or_last(landed):
    store, (first, second) = landed
    assert load(store, first).header.seed == 7
    assert load(store, second[:-4] if not first.startswith(second[:-4]) else second).header.seed == 8
    assert load(store, make_flight(seed=7).digest[:6]).header.seed == 7
    assert load(store).header.seed == 8


def test_a_name_that_fits_none_or_several_is_refused(landed):
    store, ids = landed
    with pytest.raises(StoreError, match=r'no run "nowhere" in .*; the last is'):
        load(store, "nowhere")
    with pytest.raises(StoreError, match="could be 2 runs"):
        load(store, ids[0][:6])


def test_an_empty_store_says_how_to_fill_it(store):
    with pytest.raises(StoreError, match=r"no runs in .*greenroom run"):
        load(store)


def test_an_older_run_is_upgraded_one_schema_at_a_time(store):
    flight = make_flight()
    land(store, flight)
    place = store.runs / store.run_ids()[0]
    stored = loading._read(place, loading.read_manifest(place))
    order = []

    def rename(old):
        order.append(old.schema)
        return loading.Stored(
            schema=old.schema, flight=old.flight | {"outcome": f"{old.flight['outcome']}+{old.schema}"},
            scenario=old.scenario, journal=old.journal, truth=old.truth, counts=old.counts, windows=old.windows,
        )

    new = upgraded(stored, upgrades={SCHEMA: rename, SCHEMA + 1: rename}, to=SCHEMA + 2)
    assert order == [SCHEMA, SCHEMA + 1]
    assert new.schema == SCHEMA + 2
    assert loading._flight(new).outcome == f"rolled_back+{SCHEMA}+{SCHEMA + 1}"


def test_a_schema_without_an_upgrade_says_so(store):
    land(store, make_flight())
    place = store.runs / store.run_ids()[0]
    stored = loading._read(place, loading.read_manifest(place))
    with pytest.raises(StoreError, match=f"no upgrade from schema {SCHEMA}"):
        upgraded(stored, upgrades={}, to=SCHEMA + 1)


def test_an_upgrade_takes_part_in_loading(store, monkeypatch):
    land(store, make_flight())
    monkeypatch.setattr(loading, "SCHEMA", SCHEMA + 1)
    monkeypatch.setattr(loading, "UPGRADES", {SCHEMA: lambda old: loading.replace(old, scenario="upgraded")})
    assert load(store).header.scenario_text == "upgraded"


def test_the_truth_of_an_older_flight_lacks_what_was_not_kept_then(store):
    truth = make_flight().truth
    kept = {name: list(getattr(truth, name).shape) for name in TRUTH_AXES if name != "decided"}
    facts = {"shapes": kept, "numbers": {name: getattr(truth, name) for name in TRUTH_NUMBERS}, "intervals": []}
    columns = ("quantity", "window", "arm", "segment", "group", "kind", "status", "value")
    back = loading._truth(facts, {column: np.array([], dtype=np.int64) for column in columns})
    assert back.decided.size == 0
    assert back.right.shape == truth.right.shape
