"""A recording put together anew from its own days, by seed."""

from dataclasses import replace

import numpy as np
import pytest

from sandbox.base.recording import Recording
from sandbox.scenario.replaying import NEARBY, resampled

DAY = 1_000


def recording(days: int, *, each: int = 4) -> Recording:
    n = days * each
    at = np.repeat(np.arange(days) * DAY, each) + np.tile(np.arange(each) * 10, days)
    return Recording(
        at=at.astype(np.int64), feature_names=("day",), features=np.repeat(np.arange(float(days)), each)[:, None],
        categories={}, user=np.arange(n, dtype=np.int32), users=n, segment=np.zeros(n, dtype=np.uint8), segments=(),
        group=np.zeros(n, dtype=np.uint8), groups=(), label=np.ones(n, dtype=np.int8),
        label_at=np.where(np.arange(n) % each == 0, -1, at + 5).astype(np.int64),
        scores={"incumbent": np.arange(n, dtype=np.float32)},
    )


def test_every_day_is_one_of_those_nearby_and_what_is_left_at_the_end_stays():
    once = replace(recording(20))
    again = resampled(once, DAY, seed=1)
    source = again.features[:, 0]
    place = again.at // DAY
    assert (np.abs(source - place) <= NEARBY).all()
    assert (np.diff(again.at) >= 0).all()
    assert (source[place == 19] == 19).all()
    assert len(np.unique(source)) < 20


def test_a_request_keeps_its_time_of_day_its_score_and_how_late_its_label_was():
    once, again = recording(20), resampled(recording(20), DAY, seed=1)
    np.testing.assert_array_equal(again.at % DAY, once.at[again.user] % DAY)
    np.testing.assert_array_equal(again.scores["incumbent"], once.scores["incumbent"][again.user])
    late = again.label_at - again.at
    np.testing.assert_array_equal(late[again.label_at >= 0], 5)
    np.testing.assert_array_equal(again.label_at < 0, once.label_at[again.user] < 0)


def test_seeds_differ_and_the_same_seed_does_not():
    once = recording(20)
    one, same, other = (resampled(once, DAY, seed=seed).user for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert len(one) != len(other) or (one != other).any()


@pytest.mark.parametrize("days", [1, 2])
def test_a_recording_of_hardly_a_day_stays_as_it_is(days):
    once = recording(days)
    assert resampled(once, DAY, seed=1) is once
    assert resampled(once, 0, seed=1) is once


def test_every_day_nearby_is_as_likely_as_any_other():
    """The middle day of 4,000 seeds: each of seven within four standard errors of a seventh."""
    once = recording(20, each=1)
    drawn = [int(resampled(once, DAY, seed=seed).user[10]) for seed in range(4_000)]
    counts = np.bincount(drawn, minlength=20)[7:14]
    assert counts.sum() == 4_000
    assert np.abs(counts / 4_000 - 1 / 7).max() < 4 * np.sqrt(1 / 7 * 6 / 7 / 4_000)
