"""Certify on a recording: seeds vary which days there were, and the null answers as the incumbent did."""

import json

import numpy as np
import pytest

from sandbox.lab.certificate import certificate
from sandbox.lab.certify import Order, certify
from sandbox.lab.engines import Here
from sandbox.report.render.page import as_json
from sandbox.scenario.read import read_plan

DAYS, A_DAY = 8, 400
REPLAY = """
format = 1
[scenario]
title = "Eight days again"
seed = 3
duration = "8m"
[traffic]
kind = "replay"
path = "days.csv"
speed = 1_440
columns = { time = "t", features = ["x"], label = "y", scores = { incumbent = "a", candidate = "b" } }
[models.incumbent]
kind = "logged"
[models.candidate]
kind = "logged"
[ramp]
steps = ["50%"]
bake = "6m"
[[gates]]
kind = "threshold"
metric = "errors.rate"
max = "10%"
[certify]
seeds = 6
degradations = [{ kind = "errors", rate = "30%" }]
"""


@pytest.fixture
def recorded(tmp_path):
    """Eight days, each with a mean of its own, on which the candidate is worse than the incumbent."""
    rng = np.random.default_rng(5)
    seconds = np.sort(rng.integers(0, 86_400, (DAYS, A_DAY)), axis=1) + 86_400 * np.arange(DAYS)[:, None]
    x = rng.normal(np.arange(DAYS)[:, None] / 4, 1.0, (DAYS, A_DAY)).ravel()
    y = rng.random(x.size) < 1 / (1 + np.exp(-x))
    incumbent, candidate = 1 / (1 + np.exp(-x)), np.full(x.size, 0.4)
    rows = zip(seconds.ravel().tolist(), x, y.astype(int), incumbent, candidate, strict=True)
    lines = "".join(f"{t},{a:.6f},{b},{c:.6f},{d:.6f}\n" for t, a, b, c, d in rows)
    (tmp_path / "days.csv").write_text(f"t,x,y,a,b\n{lines}")
    (tmp_path / "replay.toml").write_text(REPLAY)
    return read_plan(tmp_path / "replay.toml")


def test_seeds_are_other_days_and_the_null_is_never_harmful(recorded):
    flown = certify(Order(plan=recorded, first=3, seeds=6), Here())
    own, null, errors = flown.characteristics()
    assert not any(one.failure for one in flown.results.values())
    assert (null.effect, null.harmful, null.rolled_back.value) == (0.0, False, 0.0)
    assert own.harmful, "at 0.4 for everybody the candidate is wrong wherever most say yes"
    assert errors.effect == pytest.approx(0.3, abs=0.04)
    nets = {one.net for key, one in flown.results.items() if key[1:3] == ("as written", False)}
    assert len(nets) > 3, "seeds that replay the same days in the same order are one flight, and no evidence"
    page = json.loads(as_json(certificate(flown, repeat="")))
    assert [one["candidate"] for one in page["candidates"]] == ["as written", "null", "errors 30%"]


def test_the_same_seed_is_the_same_days(recorded):
    once, again = (certify(Order(plan=recorded, first=3, seeds=1, only="null"), Here()) for _ in range(2))
    assert [one.digest for one in once.results.values()] == [one.digest for one in again.results.values()]
