import shutil

import pytest

from sandbox.record.store import Store
from tests.record.factory import make_flight, make_rows


@pytest.fixture
def store(tmp_path):
    """An empty store."""
    return Store(tmp_path / "store")


@pytest.fixture
def landed(store, harbour):
    """A store of one's own with two runs of different seeds, 1,000 requests each: (store, ids in order of landing)."""
    first, ids = harbour
    shutil.copytree(first.path, store.path)
    return store, list(ids)


@pytest.fixture(scope="session")
def harbour(tmp_path_factory):
    """What `landed` is a copy of."""
    store = Store(tmp_path_factory.mktemp("harbour") / "store")
    ids = []
    for seed in (7, 8):
        with store.begin("Good at one percent", seed=seed) as landing:
            landing.write_requests(make_rows(1_000, seed=seed))
            ids.append(landing.land(make_flight(seed=seed)))
            assert landing.trouble is None
    return store, tuple(ids)
