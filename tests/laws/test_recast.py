"""Who comes of a recording may change; what was recorded of those who come may not."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sandbox.base.recording import Recording
from sandbox.base.streams import stream
from sandbox.run.errors import RigError
from sandbox.run.rig import world_spec
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.world.calling import ModelError
from sandbox.world.recast import recast
from sandbox.world.replay_day import ReplayDay

MINUTE = 60 * 10**9
ROWS = 40_000


def recording() -> Recording:
    """Forty minutes in which requests are true once in four, and feature and score tell which."""
    draw = np.random.default_rng(11)
    label = (draw.random(ROWS) < 0.25).astype(np.int8)
    label[draw.random(ROWS) < 0.1] = -1
    at = np.sort(draw.integers(0, 40 * MINUTE, ROWS))
    feature = draw.normal(size=ROWS) + (label == 1)
    return Recording(
        at=at, feature_names=("x",), features=feature[:, None], categories={},
        user=draw.integers(0, 4_000, ROWS).astype(np.int32), users=4_000,
        segment=draw.integers(0, 2, ROWS).astype(np.uint8), segments=("eu", "us"),
        group=np.zeros(ROWS, dtype=np.uint8), groups=("all",), label=label,
        label_at=np.where(label < 0, -1, at + MINUTE),
        scores={name: (np.arange(ROWS) / ROWS).astype(np.float32) for name in ("incumbent", "candidate")},
    )


def plan(*drifts: dict[str, Any]) -> Plan:
    document = Document.model_validate({
        "scenario": {"title": "Recast", "duration": "40m", "tick": "1m"},
        "traffic": {"kind": "replay", "path": "x.csv", "columns": {
            "time": "t", "features": ["x"], "user": "u", "segment": "s", "label": "y", "label_time": "k",
            "scores": {"incumbent": "a", "candidate": "b"},
        }},
        "models": {"incumbent": {"kind": "logged"}, "candidate": {"kind": "logged"}},
        "drift": list(drifts), "ramp": {"steps": ["50%"], "bake": "10m"},
    })
    assert list(document.problems()) == []
    return Plan(name="recast", text="", document=document, folder=Path())


def after(*drifts: dict[str, Any]) -> Recording:
    rows = recording()
    return recast(world_spec(plan(*drifts), seed=3, recording=rows), rows)


RARER: dict[str, Any] = {"kind": "prior", "base_rate": "10%", "at": "20m"}
COMMON: dict[str, Any] = {"kind": "prior", "base_rate": "50%", "at": "20m"}
TWICE: dict[str, Any] = {"kind": "duplicated", "rate": "30%", "within": "2s", "at": "20m"}


def source_of(taken: Recording) -> np.ndarray:
    """Of which recorded row each is: scores number them."""
    found: np.ndarray = np.rint(taken.scores["incumbent"].astype(np.float64) * ROWS).astype(np.int64)
    return found


@pytest.mark.parametrize("drift", [RARER, COMMON, TWICE], ids=["rarer", "common", "twice"])
def test_nothing_changes_before_the_onset_and_no_row_ever(drift: dict[str, Any]) -> None:
    before, taken = recording(), after(drift)
    source = source_of(taken)
    for name in ("features", "user", "segment", "label"):
        assert np.array_equal(getattr(taken, name), getattr(before, name)[source]), name
    early = taken.at < 20 * MINUTE
    assert np.array_equal(source[early], np.flatnonzero(before.at < 20 * MINUTE))
    assert np.array_equal(taken.scores["incumbent"], taken.scores["candidate"])
    assert (np.diff(taken.at) >= 0).all()


@pytest.mark.parametrize(("drift", "rate"), [(RARER, 0.1), (COMMON, 0.5)], ids=["rarer", "common"])
def test_a_prior_shift_gives_the_rate_it_says_and_leaves_each_class_as_it_was(
    drift: dict[str, Any], rate: float
) -> None:
    before, taken = recording(), after(drift)
    late = taken.at >= 20 * MINUTE
    known = taken.label[late & (taken.label >= 0)]
    # The recorded rate itself is known to a standard error of a quarter of a per cent.
    assert known.mean() == pytest.approx(rate, abs=4 * math.sqrt(rate * (1 - rate) / len(known)) + 0.01)
    for value in (0, 1, -1):
        mine, others = taken.features[late & (taken.label == value), 0], before.features[before.label == value, 0]
        assert stats.ks_2samp(mine, others).pvalue > 1e-3
    # Whose outcome never came stay all.
    assert (taken.label == -1).sum() == (before.label == -1).sum()


def test_two_shifts_go_on_from_each_other() -> None:
    taken = after(RARER | {"at": "10m"}, COMMON | {"at": "25m"})
    for low, high, rate in ((10, 25, 0.1), (25, 40, 0.5)):
        rows = (taken.at >= low * MINUTE) & (taken.at < high * MINUTE) & (taken.label >= 0)
        assert taken.label[rows].mean() == pytest.approx(rate, abs=4 * math.sqrt(0.25 / rows.sum()) + 0.01)


def test_in_one_segment_the_others_are_left_alone() -> None:
    before, taken = recording(), after(COMMON | {"segments": ["eu"]})
    assert np.array_equal(source_of(taken)[taken.segment == 1], np.flatnonzero(before.segment == 1))
    assert (taken.segment == 0).sum() < 0.8 * (before.segment == 0).sum()
    with pytest.raises(RigError, match=r'drift\[0\].segments: no segment "asia"; there is eu, us'):
        Session(plan(COMMON | {"segments": ["asia"]}), recording=recording())


def test_copies_come_within_the_time_they_may_and_as_often_as_is_said() -> None:
    before, taken = recording(), after(TWICE)
    source = source_of(taken)
    later = taken.at != before.at[source]
    lag = (taken.at - before.at[source])[later]
    assert 0 < lag.min() <= lag.max() <= 2 * 10**9
    n = int((before.at >= 20 * MINUTE).sum())
    assert later.sum() / n == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / n))
    assert stats.kstest(lag / 2e9, "uniform").pvalue > 1e-3
    labelled = taken.label_at >= 0
    assert (taken.label_at[labelled] >= taken.at[labelled]).all()


def test_scores_stay_with_their_requests_whatever_comes_before_them() -> None:
    rows, drifts = recording(), (COMMON, TWICE | {"at": "5m"})
    day = ReplayDay(world_spec(plan(*drifts), seed=3, recording=rows))
    whole = after(*drifts)
    blocks = [day.block(number) for number in range(-(-40 * MINUTE // day.block_ns))]
    assert len(blocks) > 2
    assert np.array_equal(np.concatenate([one.opinion(1).score for one in blocks]), whole.scores["candidate"])


def test_the_digest_does_not_know_how_time_was_cut() -> None:
    flown = plan(COMMON | {"onset": "gradual", "width": "10m"}, TWICE)
    session, cuts = Session(flown, recording=recording()), stream(5, "cuts").integers(0, 40 * MINUTE, 60)
    for at in np.sort(cuts).tolist():
        session.advance(at)
    assert session.finish().digest == fly(flown, recording=recording()).digest


def test_outcomes_that_are_all_alike_cannot_be_made_rarer() -> None:
    alike = recording()
    alike.label[:] = np.minimum(alike.label, 0)
    with pytest.raises(ModelError, match="recorded labels are all alike"):
        recast(world_spec(plan(COMMON), seed=3, recording=alike), alike)
