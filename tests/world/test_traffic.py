"""Every kind of traffic comes as fast as it says: its integral against quadrature, its draws against Poisson."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from sandbox.base.recording import Recording
from sandbox.run.rig import world_spec
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.scenario.replaying import looped, thinned
from sandbox.world.synthetic_day import SyntheticDay
from sandbox.world.traffic import kinds
from sandbox.world.traffic.burst import Burst

HOUR, DAY = 3_600.0, 86_400.0


def cosine(t: float, swing: float, peak: float) -> float:
    return 1 + swing * math.cos(2 * math.pi * (t - peak) / DAY)


def weekly_rate(t: float) -> float:
    level = (0.5 if (int(t // DAY) + 4) % 7 >= 5 else 1.0) / ((5 + 2 * 0.5) / 7)  # day 0 is a Friday
    return 0.2 * level * cosine(t, 0.6, 14 * HOUR)


def burst_rate(t: float) -> float:
    calm = 20 / (1 + 4 * 10 / 300)
    return calm * (5 if t >= 300 and t % 300 < 10 else 1)


def crowd_rate(t: float) -> float:
    since = t - 1800
    if since < 0:
        return 20
    if since < 120:
        return 20 * (1 + 5 * since / 120)
    return 20 * (1 + 5 * 2.0 ** (-max(0.0, since - 420) / 300))


def edge_rate(t: float) -> float:
    since = t % 1200
    backlog = 720 / 30 if since < 30 else 0.0
    return 20 * (0.7 + 0.3 * ((1 if since < 480 else 0) + backlog))


CASES: dict[str, tuple[dict[str, Any], Callable[[float], float], float, list[float]]] = {
    "steady": ({"mean": "20/s"}, lambda t: 20, 2 * HOUR, []),
    "diurnal": (
        {"mean": "0.2/s", "swing": "60%", "peak": "14h"}, lambda t: 0.2 * cosine(t, 0.6, 14 * HOUR), 2 * DAY, []
    ),
    "weekly": (
        {"mean": "0.2/s", "swing": "60%", "weekend": "50%", "starts": "Fri"}, weekly_rate, 8 * DAY,
        [DAY * day for day in range(8)],
    ),
    "burst": (
        {"mean": "20/s", "factor": 5, "every": "5m", "lasts": "10s"}, burst_rate, 2 * HOUR,
        sorted(300.0 * k + edge for k in range(24) for edge in (0, 10)),
    ),
    "step": (
        {"mean": "20/s", "factor": 2.5, "at": "30m", "lasts": "1h"},
        lambda t: 50 if 1800 <= t < 5400 else 20, 2 * HOUR, [1800, 5400],
    ),
    "flash-crowd": (
        {"mean": "20/s", "factor": 6, "at": "30m", "rise": "2m", "stays": "5m", "fall": "5m"}, crowd_rate, 2 * HOUR,
        [1800, 1920, 2220],
    ),
    "edge": (
        {"mean": "20/s", "every": "20m", "online": "40%", "together": "30%", "burst": "30s"}, edge_rate, 2 * HOUR,
        sorted(1200.0 * k + edge for k in range(6) for edge in (0, 30, 480)),
    ),
}


def day_of(kind: str, table: dict[str, Any], seconds: float) -> SyntheticDay:
    document = Document.model_validate({
        "scenario": {"title": "t", "duration": f"{round(seconds)}s"}, "traffic": {"kind": kind} | table,
        # At the edge requests hang together by their user: so many users that each comes about once.
        "users": {"count": 2_000_000 if kind == "edge" else 10_000, "activity": 0 if kind == "edge" else 1},
        "models": {"incumbent": {"kind": "synthetic"}, "candidate": {"kind": "synthetic"}},
    })
    return SyntheticDay(world_spec(Plan(name="t", text="", document=document), seed=5, recording=None))


def arrivals(day: SyntheticDay) -> np.ndarray:
    return np.concatenate([day.block(number).at for number in range(-(-day.duration // day.block_ns))]) / 1e9


def test_every_kind_that_is_made_up_is_held_to_a_rate_here() -> None:
    assert {str(spec.model_fields["kind"].default) for spec in kinds.KINDS} == {*CASES, "replay"}


@pytest.mark.parametrize("kind", CASES)
def test_what_is_expected_is_the_integral_of_the_rate(kind: str) -> None:
    table, rate, seconds, corners = CASES[kind]
    traffic = next(spec for spec in kinds.KINDS if spec.model_fields["kind"].default == kind).model_validate(table)
    for until in np.random.default_rng(1).random(12) * seconds:
        pieces = [0.0, *(corner for corner in corners if 0 < corner < until), until]
        exact = sum(quad(rate, low, high, limit=200)[0] for low, high in itertools.pairwise(pieces))
        assert traffic.expected(np.array([until]))[0] == pytest.approx(exact, rel=1e-6)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", CASES)
def test_what_arrives_is_a_poisson_process_of_that_rate(kind: str) -> None:
    table, _, seconds, corners = CASES[kind]
    day = day_of(kind, table, seconds)
    at = arrivals(day)
    assert (np.diff(at) >= 0).all()
    # Stretches of about 600 requests, cut at the corners too: a rate that is smeared over one shows.
    edges = np.union1d(np.linspace(0, seconds, 60), [one for one in corners if one < seconds])
    counts, _ = np.histogram(at, edges)
    expected = np.diff(day._traffic.expected(edges))
    used = expected > 5
    chi = float((((counts - expected) ** 2) / expected)[used].sum())
    assert stats.chi2.sf(chi, int(used.sum())) > 1e-4
    gaps = np.diff(day._traffic.expected(at))  # unit exponential after a change of time
    assert stats.kstest(gaps, "expon").pvalue > 1e-4


def test_a_flash_crowd_is_nobodys_plan_and_a_campaign_is_unless_said() -> None:
    crowd, step, surprise = (
        day_of(kind, table, HOUR)._spec.traffic for kind, table in (
            ("flash-crowd", {"mean": "20/s", "factor": 6}), ("step", {"mean": "20/s", "factor": 3}),
            ("step", {"mean": "20/s", "factor": 3, "planned": False}),
        )
    )
    assert [one.peak_rate for one in (crowd, step, surprise)] == [20, 60, 20]  # type: ignore[union-attr]


def test_a_burst_that_never_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="lasts is not shorter than every"):
        Burst.model_validate({"every": "5m", "lasts": "5m"})


def a_recording(n: int = 1_000, users: int = 100) -> Recording:
    draw = np.random.default_rng(3)
    at = np.sort(draw.integers(0, 10**12, n)) - 0
    label = draw.integers(-1, 2, n).astype(np.int8)
    return Recording(
        at=at - at[0], feature_names=("x",), features=draw.random((n, 1)), categories={},
        user=draw.integers(0, users, n).astype(np.int32), users=users, segment=np.zeros(n, dtype=np.uint8), segments=(),
        group=np.zeros(n, dtype=np.uint8), groups=(), label=label,
        label_at=np.where(label < 0, -1, at - at[0] + 10**9), scores={"incumbent": draw.random(n).astype(np.float32)},
    )


def test_a_loop_begins_again_with_the_same_requests_and_their_labels_as_late_as_before() -> None:
    once = a_recording()
    span = int(once.at[-1]) + round(int(once.at[-1]) / 999)
    again = looped(once, until=round(2.5 * span))
    assert (np.diff(again.at) >= 0).all()
    assert int(again.at[-1]) < 2.5 * span
    second = slice(1_000, 2_000)
    np.testing.assert_array_equal(again.at[second] - span, once.at)
    np.testing.assert_array_equal(again.features[second], once.features)
    known = once.label >= 0
    np.testing.assert_array_equal((again.label_at - again.at)[second][known], (once.label_at - once.at)[known])
    assert (again.label_at[second][~known] == -1).all()
    np.testing.assert_array_equal(again.scores["incumbent"][second], once.scores["incumbent"])
    assert looped(once, until=int(once.at[-1])) is once
    with pytest.raises(OverflowError):
        looped(once, until=2**62)


def test_thinning_keeps_users_whole() -> None:
    once = a_recording(n=20_000, users=2_000)
    half = thinned(once, 0.5)
    kept = np.unique(half.user)
    assert stats.binomtest(len(kept), 2_000, 0.5).pvalue > 1e-4
    assert len(half) == np.isin(once.user, kept).sum()
    assert thinned(once, 1.0) is once
    assert len(np.unique(thinned(once, 1e-9).user)) == 1
    np.testing.assert_array_equal(thinned(half, 0.5).at, half.at)
