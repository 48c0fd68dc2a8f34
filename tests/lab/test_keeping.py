"""What the record keeps: a part of the users, whole, and every bad outcome."""

import numpy as np
import pytest

from sandbox.base.rows import RequestRows
from sandbox.base.status import Status
from sandbox.lab.keeping import chosen, keeping, narrowed
from sandbox.run.session import fly
from sandbox.scenario.read import read_plan


@pytest.fixture
def flown(scenario):
    """Flies the tiny scenario and returns what was kept of it, as one table of columns."""

    def fly_keeping(kept: float | str) -> dict[str, np.ndarray] | None:
        got: list[RequestRows] = []
        keep = keeping(kept, seed=3, into=got.append)
        faults = '[[faults]]\nkind = "errors"\nmodel = "all"\nrate = "5%"\nat = "1m"\n'
        fly(read_plan(scenario(faults)), keep=keep)
        names = ("seq", "user", "status", "harm", "label")
        return {name: np.concatenate([getattr(rows, name) for rows in got]) for name in names} if got else None

    return fly_keeping


def test_nothing_is_kept_where_nothing_is_asked_for(flown):
    assert keeping("none", seed=3, into=print) is None
    assert flown("none") is None


def test_all_keeps_each_request_once_in_order(flown):
    every = flown("all")
    assert (np.diff(every["seq"]) > 0).all()
    assert len(every["seq"]) > 5_000


def test_a_part_keeps_all_requests_of_some_users_and_every_bad_one_of_the_others(flown):
    every, kept = flown("all"), flown(0.2)
    mine = chosen(every["user"], share=0.2, seed=3)
    bad = (every["status"] != Status.ANSWERED) | (every["harm"] > 0)
    assert (bad & ~mine).any()
    np.testing.assert_array_equal(kept["seq"], every["seq"][mine | bad])


def test_a_user_is_kept_in_every_flight_of_a_seed_and_in_larger_parts_too():
    users = np.arange(50_000, dtype=np.int32)
    small, large = chosen(users, share=0.05, seed=1), chosen(users, share=0.2, seed=1)
    assert (large | ~small).all()
    assert small.mean() == pytest.approx(0.05, abs=0.005)
    assert large.mean() == pytest.approx(0.2, abs=0.01)
    np.testing.assert_array_equal(chosen(users[::-1], share=0.05, seed=1), small[::-1])
    assert (chosen(users, share=0.05, seed=2) != small).any()


@pytest.mark.parametrize(("share", "kept"), [(0.0, 0), (1.0, 1_000)])
def test_the_ends_are_nobody_and_everybody(share, kept):
    assert chosen(np.arange(1_000, dtype=np.int32), share=share, seed=7).sum() == kept


def test_narrowed_rows_keep_their_columns_and_types():
    count = 5
    columns = {name: np.arange(count) for name in RequestRows.__slots__ if name != "features"}
    rows = narrowed(RequestRows(**columns, features=None), np.array([True, False, False, True, False]))
    assert (len(rows), rows.features, rows.seq.tolist()) == (2, None, [0, 3])
