"""Names stand in one table that can be erased; everything else holds pseudonyms."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.record.errors import StoreError
from sandbox.record.names import PSEUDONYM, forget, names, pseudonym


def test_a_name_keeps_its_pseudonym_and_another_name_has_another(store):
    anna = pseudonym(store, "Anna Meier")
    assert PSEUDONYM.fullmatch(anna)
    assert pseudonym(store, "  Anna   Meier ") == anna
    assert pseudonym(store, "Bela") != anna
    assert names(store)[anna] == "Anna Meier"
    assert stat.S_IMODE(store.names.stat().st_mode) == 0o600


def test_a_pseudonym_is_not_given_another(store):
    anna = pseudonym(store, "Anna")
    assert pseudonym(store, anna) == anna
    assert list(names(store)) == [anna]


@pytest.mark.parametrize("by_name", [True, False])
def test_what_is_forgotten_is_nowhere_and_comes_back_as_somebody_else(store, by_name):
    anna, bela = pseudonym(store, "Anna"), pseudonym(store, "Bela")
    assert forget(store, "Anna" if by_name else anna) == (anna,)
    assert names(store) == {bela: "Bela"}
    assert all(b"Anna" not in path.read_bytes() for path in store.path.rglob("*") if path.is_file())
    assert pseudonym(store, "Anna") != anna


def test_nobody_is_forgotten_who_is_not_known(store):
    assert forget(store, "Anna") == ()
    assert not store.path.exists()
    pseudonym(store, "Bela")
    assert forget(store, "Anna") == ()
    assert len(names(store)) == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x1b[2Jb"])
def test_what_is_no_name_is_refused(store, name):
    with pytest.raises(StoreError, match="1 to 200 characters on one line"):
        pseudonym(store, name)


@pytest.mark.parametrize("text", ["[]", "{", '{"p-00000000": 1}'])
def test_a_damaged_table_says_so(store, text):
    pseudonym(store, "Anna")
    store.names.write_text(text)
    with pytest.raises(StoreError, match=r"names\.json is damaged; mend it, or remove it"):
        names(store)


def test_of_many_at_once_none_is_lost(store):
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda number: pseudonym(store, f"person {number % 10}"), range(40)))
    assert len(set(drawn)) == 10
    assert sorted(json.loads(store.names.read_bytes())) == sorted(set(drawn))
