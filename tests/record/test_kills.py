"""Writers killed at random moments: what was said to be safe is safe, nothing is half there, nothing needs repair."""

import os
import signal
import subprocess
import sys
import time

from sandbox.base.streams import stream
from sandbox.record.history import history, verify
from sandbox.record.load import load
from sandbox.record.sql import query
from tests.record.factory import make_flight

KILLS = int(os.environ.get("GREENROOM_KILLS", "10"))


def land_until_killed(store, *, kill):
    """Kill a writer somewhere within its first dozen landings; returns the runs it said were safe."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.record.lander", str(store.path), str(kill + 1), "1000"],
        stdout=subprocess.PIPE, text=True,
    )
    assert writer.stdout.readline() == "ready\n"
    time.sleep(float(stream(1, "tests.record.kills", block=kill).uniform(0.0, 0.9)))
    os.kill(writer.pid, signal.SIGKILL)
    said = writer.communicate(timeout=20)[0]
    assert writer.returncode == -signal.SIGKILL
    return [line for line in said.split("\n")[:-1] if line]


def test_kills_at_random_moments_lose_nothing_that_was_acknowledged(store):
    acknowledged, interrupted, in_flight = [], 0, 0
    for kill in range(KILLS):
        said = land_until_killed(store, kill=kill)
        acknowledged += said
        found = history(store)
        runs = {run.run for run in found.runs}
        assert runs.issuperset(acknowledged)
        assert len(runs) <= len(acknowledged) + kill + 1, "at most one run was landed and not yet acknowledged"
        assert found.damaged == ()
        interrupted += len(found.interrupted)
        in_flight += bool(found.interrupted)
        assert history(store).interrupted == ()
        assert not store.staging.exists() or list(store.staging.iterdir()) == []
        for run in said:
            verify(store, run)
        with store.begin("after the kill", seed=kill) as landing:
            acknowledged.append(landing.land(make_flight(seed=kill)))
        assert landing.trouble is None
        assert load(store, acknowledged[-1]).header.seed == kill
    runs = {run.run for run in history(store).runs}
    assert {row[0] for row in query(store, "SELECT run FROM runs")[1]} == runs
    assert len(acknowledged) > KILLS, "no writer landed anything before it was killed"
    assert interrupted > 0, "no kill struck while a run was being written"
    assert interrupted == in_flight
