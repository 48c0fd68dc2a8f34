"""The digest is a function of plan, seed and timestamped commands, and of nothing else."""

import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import tomli

from sandbox.base.rows import RequestRows
from sandbox.base.units import NS_PER_SECOND
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

TEXT = """
format = 1
[scenario]
title = "Everything moves"
seed = 5
duration = "12m"
tick = "30s"
[traffic]
kind = "diurnal"
mean = "60/s"
swing = "40%"
peak = "5m"
period = "10m"
[population]
missing = "3%"
age = "20s"
[users]
count = 700
opt_out = "5%"
[[segments]]
name = "eu"
share = "70%"
[[segments]]
name = "us"
share = "30%"
label_shift = 0.3
[[groups]]
name = "a"
share = "60%"
[[groups]]
name = "b"
share = "40%"
feature_shift = 0.5
[models.incumbent]
kind = "synthetic"
auc = 0.8
errors = "1%"
cost = 0.001
[models.candidate]
kind = "synthetic"
auc = 0.83
slope = 0.8
latency = { p50 = "60ms", p99 = "300ms" }
[services.candidate]
replicas = 3
concurrency = 2
queue = 8
timeout = "400ms"
cold_start = "7s"
follow_share = true
[[drift]]
kind = "covariate"
features = ["f1", "f3"]
shift = 0.9
onset = "incremental"
at = "6m"
width = "1m"
[[drift]]
kind = "prior"
base_rate = "35%"
onset = "gradual"
at = "7m"
width = "40s"
[[drift]]
kind = "concept"
angle = 30
onset = "recurring"
at = "1m"
period = "4m"
[[faults]]
kind = "latency"
model = "candidate"
factor = 1.7
at = "4m13s"
lasts = "61s"
[[faults]]
kind = "errors"
model = "all"
rate = "3%"
at = "5m0.5s"
[[faults]]
kind = "overflow"
part = "2%"
at = "3m7s"
[[faults]]
kind = "unsticky"
part = "20%"
at = "6m"
lasts = "50s"
[[faults]]
kind = "crash"
part = "50%"
every = "33s"
restart = "3s"
at = "7m"
lasts = "70s"
[[faults]]
kind = "lag"
by = "45s"
at = "8m"
lasts = "1m"
[labels]
delay = "40s"
slowest = "2m"
coverage = "90%"
[telemetry]
delay = "10s"
[ramp]
steps = [{ shadow = "50%" }, { share = "10%", segments = ["eu"] }, "30%", "60%"]
bake = "2m"
patience = "30s"
out_of_patience = "advance"
[[gates]]
kind = "threshold"
metric = "failures.rate"
max = "60%"
[[gates]]
kind = "no-worse"
metric = "quality.brier"
margin = "80%"
dry_run = true
"""


def plan_of(text: str = TEXT) -> Plan:
    document = Document.model_validate(tomli.loads(text))
    assert list(document.problems()) == []
    return Plan(name="moves", text=text, document=document)


def digest_of(seed: int) -> str:
    return fly(plan_of(), seed=seed).digest


@pytest.fixture(scope="module")
def straight() -> str:
    flight = fly(plan_of())
    assert flight.outcome == "promoted"
    assert flight.truth.statuses[1].all(), "every status happens on the candidate, or the law is about too little"
    return flight.digest


@pytest.mark.parametrize("every", [2_333_333_333, 7 * NS_PER_SECOND + 1, 61 * NS_PER_SECOND])
def test_cutting_time_anywhere_changes_no_bit(straight: str, every: int) -> None:
    session = Session(plan_of())
    at = 0
    while at < session.plan.document.scenario.duration:
        at += every
        session.advance(at)
        session.touch()
    assert session.finish().digest == straight


def test_recording_every_request_changes_no_bit(straight: str) -> None:
    kept: list[RequestRows] = []
    assert fly(plan_of(), keep=kept.append).digest == straight
    assert sum(map(len, kept)) > 30_000


def test_another_seed_is_another_flight(straight: str) -> None:
    assert digest_of(6) != straight


def test_looking_at_a_flight_changes_no_bit(straight: str) -> None:
    session = Session(plan_of())
    for minute in range(12):
        session.advance(minute * 60 * NS_PER_SECOND)
        session.snapshot()
    assert session.finish().digest == straight


def test_workers_and_their_number_change_no_bit(straight: str) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(digest_of, [5, 6, 5, 7])) == [straight, digest_of(6), straight, digest_of(7)]


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_the_hash_seed_of_python_changes_no_bit(straight: str, hash_seed: str, tmp_path: Path) -> None:
    script = tmp_path / "fly.py"
    script.write_text(
        "import json, sys, tomli\n"
        "from sandbox.run.session import fly\nfrom sandbox.scenario.document import Document\n"
        "from sandbox.scenario.plan import Plan\n"
        "text = sys.stdin.read()\n"
        "plan = Plan(name='moves', text=text, document=Document.model_validate(tomli.loads(text)))\n"
        "print(json.dumps(fly(plan).digest))\n"
    )
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, str(script)], input=TEXT, env=environment, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == straight


def test_the_same_commands_at_the_same_times_give_the_same_digest() -> None:
    def flown(*, pauses: bool) -> str:
        session = Session(plan_of())
        session.advance(3 * 60 * NS_PER_SECOND)
        assert session.apply("hold", actor="ada").__class__.__name__ == "Accepted"
        if pauses:
            session.advance(4 * 60 * NS_PER_SECOND + 17)
            session.snapshot()
        session.advance(5 * 60 * NS_PER_SECOND + 3 * NS_PER_SECOND)
        session.apply("resume", actor="ada")
        session.advance(9 * 60 * NS_PER_SECOND + 12)
        session.apply("roll back", actor="ada")
        flight = session.finish()
        assert flight.outcome == "rolled_back"
        return flight.digest

    assert flown(pauses=False) == flown(pauses=True)


def test_a_command_moves_the_digest(straight: str) -> None:
    session = Session(plan_of())
    session.advance(60 * NS_PER_SECOND)
    session.apply("hold", actor="ada")
    session.apply("resume", actor="ada")
    assert session.finish().digest != straight
