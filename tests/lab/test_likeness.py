"""A likeness finds what a recording was made with, and says where it does not look like it."""

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from sandbox.lab.likeness.activity import activity_of
from sandbox.lab.likeness.beside import beside
from sandbox.lab.likeness.likeness import likeness_of
from sandbox.lab.likeness.rhythm import rhythm_of
from sandbox.lab.likeness.truth import skill_of
from sandbox.lab.likeness.written import written
from sandbox.run.rig import world_spec
from sandbox.scenario.plan import Plan
from sandbox.scenario.read import read_text
from sandbox.scenario.replay import read_recording
from sandbox.world.synthetic_day import SyntheticDay
from sandbox.world.traffic.replay import Replay, ReplayColumns

DAY = 86_400.0

KNOWN = """
format = 1
[scenario]
title = "Known"
duration = "30h"
[traffic]
kind = "diurnal"
mean = "1/s"
swing = "60%"
peak = "14h"
[population]
features = 4
base_rate = "12%"
missing = "2%"
[users]
count = 5000
activity = 1.2
[[segments]]
name = "eu"
share = "70%"
[[segments]]
name = "us"
share = "30%"
label_shift = 0.5
[models.incumbent]
kind = "synthetic"
auc = 0.81
slope = 0.8
bias = 0.2
latency = { p50 = "40ms", p99 = "200ms" }
[models.candidate]
kind = "synthetic"
[labels]
delay = "20m"
slowest = "2h"
coverage = "80%"
"""


def recorded(folder: Path) -> Replay:
    """The known world, written down as a service would have logged it."""
    plan = Plan(name="known", text=KNOWN, document=read_text(KNOWN, name="known"))
    day = SyntheticDay(world_spec(plan, seed=7, recording=None))
    blocks = [day.block(number) for number in range(-(-day.duration // day.block_ns))]
    at, due, label, user, segment, score, took = (
        np.concatenate([read(block) for block in blocks]) for read in (
            lambda b: b.at, lambda b: b.label_at, lambda b: b.label, lambda b: b.user, lambda b: b.segment,
            lambda b: b.opinion(0).score, lambda b: b.demand(0),
        )
    )
    known = due >= 0
    served = np.concatenate([block.served for block in blocks])  # type: ignore[arg-type]
    pl.DataFrame({
        "t": at / 1e9, "who": [f"u{one}" for one in user], "where": [("eu", "us")[one] for one in segment],
        "bad": pl.Series([int(a) if b else None for a, b in zip(label, known, strict=True)], dtype=pl.Int8),
        "seen": pl.Series([a / 1e9 if b else None for a, b in zip(due, known, strict=True)], dtype=pl.Float64),
        "score": score.astype(np.float64), "took": took / 1e9,
        **{f"f{place + 1}": served[:, place].astype(np.float64) for place in range(4)},
    }).write_parquet(folder / "log.parquet")
    return Replay(path="log.parquet", columns=ReplayColumns(
        time="t", user="who", segment="where", label="bad", label_time="seen", features=["f1", "f2", "f3", "f4"],
        scores={"incumbent": "score"}, latencies={"incumbent": "took"},
    ))


def test_the_likeness_of_a_known_world_is_that_world(tmp_path: Path) -> None:
    recording = read_recording(recorded(tmp_path), folder=tmp_path)
    found = likeness_of(recording)
    n = len(recording)
    assert found.rhythm.mean == pytest.approx(1.0, abs=4 / math.sqrt(n))
    assert found.rhythm.swing == pytest.approx(0.6, abs=4 * math.sqrt(2 / n))
    assert found.rhythm.peak / 3600 == pytest.approx(14, abs=4 * 12 / math.pi * math.sqrt(2 / n) / 0.6)
    assert found.activity is not None
    assert found.activity.users == pytest.approx(5_000, rel=0.02)
    assert found.activity.sigma == pytest.approx(1.2, abs=0.1)  # heavy tails: a few users decide the second moment
    assert [one.name for one in found.segments] == ["eu", "us"]
    assert found.segments[0].share == pytest.approx(0.7, abs=4 * math.sqrt(0.21 / 5_000))
    assert found.segments[1].shift - found.segments[0].shift == pytest.approx(0.5, abs=0.08)
    assert found.missing == pytest.approx(0.02, abs=4 * math.sqrt(0.02 / n / 4))
    assert found.coverage == pytest.approx(0.8, abs=4 * math.sqrt(0.16 / n))
    assert found.skill is not None
    assert found.skill.auc == pytest.approx(0.81, abs=0.015)
    assert found.skill.slope == pytest.approx(0.8, abs=0.05)
    assert found.latency is not None
    assert found.latency[0] / 1e6 == pytest.approx(40, rel=0.02)
    assert found.latency[1] / 1e6 == pytest.approx(200, rel=0.05)
    assert found.label_delay is not None
    assert found.label_delay[0] / 60e9 == pytest.approx(20, rel=0.02)


def test_what_is_written_is_a_scenario_whose_world_looks_like_the_recording(tmp_path: Path) -> None:
    recording = read_recording(recorded(tmp_path), folder=tmp_path)
    text = written(likeness_of(recording), source="log.parquet", requests=len(recording))
    plan = Plan(name="log", text=text, document=read_text(text, name="log.toml"))
    rows = {row.what: row for row in beside(recording, plan)}
    assert len(rows) == 16
    for name, row in rows.items():
        assert row.likeness == pytest.approx(row.recorded, rel=0.06), name
        # Two samples of one distribution, 100,000 each, stay below 0.01 in all but one of a thousand.
        assert row.distance is None or row.distance < 0.03, name


def test_what_the_world_cannot_do_shows_in_the_distance(tmp_path: Path) -> None:
    draw = np.random.default_rng(5)
    bursts = np.sort(np.concatenate([start + draw.random(200) for start in draw.random(50) * 10_000]))
    two_humps = np.where(draw.random(len(bursts)) < 0.5, 0.01, 1.0) * draw.lognormal(0, 0.1, len(bursts))
    log = pl.DataFrame({"t": bursts, "x": draw.random(len(bursts)), "took": two_humps})
    log.write_parquet(tmp_path / "log.parquet")
    columns = ReplayColumns(time="t", features=["x"], latencies={"incumbent": "took"})
    recording = read_recording(Replay(path="log.parquet", columns=columns), folder=tmp_path)
    text = written(likeness_of(recording), source="log.parquet", requests=len(recording))
    plan = Plan(name="log", text=text, document=read_text(text, name="log.toml"))
    rows = {row.what: row for row in beside(recording, plan)}
    assert rows["spread of gaps (1 for Poisson)"].recorded > 3
    assert (rows["spread of gaps (1 for Poisson)"].distance or 0) > 0.2
    assert (rows["latency, p50 s"].distance or 0) > 0.2


@pytest.mark.parametrize(("users", "sigma", "mean"), [(2_000, 0.0, 3.0), (4_000, 0.8, 2.0), (4_000, 1.2, 30.0)])
def test_users_who_never_asked_are_reckoned_in(users: int, sigma: float, mean: float) -> None:
    found, days = [], 8
    for seed in range(days):
        draw = np.random.default_rng(seed)
        rate = mean * np.exp(sigma * draw.standard_normal(users) - sigma**2 / 2)
        counts = draw.poisson(rate)
        found.append(activity_of(counts[counts > 0]))
    numbers, sigmas = np.array([one.users for one in found]), np.array([one.sigma for one in found])
    assert abs(numbers.mean() - users) < 4 * numbers.std() / math.sqrt(days) + 0.02 * users
    assert abs(sigmas.mean() - sigma) < 4 * sigmas.std() / math.sqrt(days) + 0.05 + 0.1 * (sigma == 0)


def test_skill_is_what_scikit_learn_says() -> None:
    draw = np.random.default_rng(3)
    score = draw.beta(2, 5, 20_000)
    label = draw.random(20_000) < expit(0.3 + 0.7 * logit(score))
    found = skill_of(score, label)
    assert found is not None
    line = LogisticRegression(C=1e9, tol=1e-10).fit(logit(score)[:, None], label)
    assert found.auc == pytest.approx(roc_auc_score(label, score), abs=1e-9)
    assert (found.slope, found.bias) == pytest.approx((line.coef_[0, 0], line.intercept_[0]), abs=1e-4)
    assert skill_of(score, np.zeros(20_000, dtype=np.bool_)) is None
    assert skill_of(draw.random(20_000), label) is None, "no better than chance"


def test_a_steady_week_has_no_rhythm_and_half_a_day_shows_none() -> None:
    draw = np.random.default_rng(2)
    week = np.sort(draw.random(200_000)) * 7 * DAY * 1e9
    assert rhythm_of(week.astype(np.int64)).swing == 0.0
    phase = 2 * np.pi * week / (DAY * 1e9)
    swung = week[draw.random(200_000) < (1 + 0.5 * np.cos(phase - 1.0)) / 1.5].astype(np.int64)
    found = rhythm_of(swung)
    assert found.swing == pytest.approx(0.5, abs=4 * math.sqrt(2 / len(swung)))
    assert found.peak == pytest.approx(DAY / (2 * np.pi), rel=0.05)
    assert rhythm_of(swung[swung < 0.5 * DAY * 1e9]).swing == 0.0
    assert stats.poisson.sf(abs(rhythm_of(week.astype(np.int64)).mean * 7 * DAY - 200_000), 200_000) > 0.01
