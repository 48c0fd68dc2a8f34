"""Whole flights with options of services, a crash and a rollback that reaches only some: each request fares as in plain
SimPy, which is told what the world drew and who was routed where, and nothing else."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sandbox.base.routing import Route, RoutingTable
from sandbox.base.rows import RequestRows
from sandbox.base.units import NS_PER_SECOND
from sandbox.run.rig import build
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.world.block import LUCK_OF_BACKOFF
from sandbox.world.world import World

sys.path.insert(0, str(Path(__file__).parent))
from plain_mesh import Day, PlainMesh, Pool, Scaler

WORDS = ("answered", "rejected", "timed out", "errored")
SECOND = NS_PER_SECOND
ENDS = 60 * SECOND
CRASHES, ROLLS_BACK, IMPOSED = 23_456_789_012, 40 * SECOND, 37 * SECOND
"""When a part of the candidate dies, when it is rolled back, and since when that reaches only a part."""


def scenario(chance: np.random.Generator) -> dict[str, Any]:
    def perhaps(table: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in table.items() if chance.random() < 0.5}

    services = {
        name: {"replicas": 4, "queue": int(chance.integers(0, 30)), "timeout": "400ms", "cold_start": "2s"} | perhaps({
            "retries": {"attempts": int(chance.integers(2, 4)), "backoff": "100ms", "budget": "30%"},
            "hedge": {"after": "90ms", "budget": "20%"}, "fallback": falls_back,
            "breaker": {"trips": "40%", "of": 20, "stays": "1s", "probes": 3},
            "shed": {"wait": "200ms", "extra": 4}, "first": ["gold"],
            "autoscale": {"target": "50%", "every": "3s", "lag": "1s", "cool_down": "10s", "most": 7},
        })
        for name, falls_back in (("incumbent", "default"), ("candidate", "incumbent"))
    }
    model = {"kind": "synthetic", "errors": "5%", "latency": {"p50": "40ms", "p99": "200ms"}}
    return {
        "scenario": {"title": "One of many", "duration": "60s", "tick": "10s"},
        "traffic": {"kind": "steady", "mean": f"{int(chance.integers(40, 90))}/s"}, "users": {"count": 500},
        "segments": [{"name": "gold", "share": "20%"}, {"name": "rest", "share": "80%"}],
        "models": {"incumbent": model, "candidate": model}, "services": services,
        "faults": [
            {"kind": "crash", "model": "candidate", "part": "60%", "restart": "5s", "at": f"{CRASHES}ns"},
            {"kind": "partial-rollback", "left": "40%", "at": "37s"},
        ],
    }


def fly(world: World, cuts: list[int]) -> None:
    """Half of all on the candidate, a crash, and a rollback that leaves some behind."""
    crash, partial = world.spec.faults
    half = RoutingTable(version=1, step=0, routes=(Route((0.5, 0.5)),), shadow=(0.0, 0.0))
    back = RoutingTable(version=2, step=-1, routes=(Route((1.0, 0.0)),), shadow=(0.0, 0.0))
    deeds = {
        0: lambda: world.set_routing(half), CRASHES: lambda: world.impose(crash),
        IMPOSED: lambda: world.impose(partial), ROLLS_BACK: lambda: world.set_routing(back),
    }
    for stop in sorted({*deeds, *cuts, ENDS}):
        if stop:
            world.advance(stop)
        deeds.get(stop, lambda: None)()
    world.finish()


def day_of(world: World, rows: dict[str, np.ndarray]) -> Day:
    """What the world drew, as plain SimPy is told it."""
    spec, block = world.spec, world.day.block(0, {})
    assert block.end == ENDS
    pools = []
    for arm, service in enumerate(spec.services):
        retries, hedge, shed, scale = service.retries, service.hedge, service.shed, service.autoscale
        assert service.replicas is not None
        pools.append(Pool(
            slots=service.replicas_at(1.0 if arm == 0 else 0.0), timeout=service.timeout, room=service.queue,
            attempts=1 if retries is None else retries.attempts, backoff=0 if retries is None else retries.backoff,
            retry_budget=None if retries is None else retries.budget,
            fallback=-1 if service.fallback is None else -2 if arm == 0 else 0,
            hedge=None if hedge is None else hedge.after, hedge_budget=None if hedge is None else hedge.budget,
            breaker=None if (one := service.breaker) is None else (one.trips, one.of, one.stays, one.probes),
            shed_extra=None if shed is None else shed.extra, shed_wait=None if shed is None else shed.wait,
            mean=spec.models[arm].mean_service_s * 1e9,  # type: ignore[arg-type]
            crashes=[(CRASHES, 0.6, 5 * SECOND)] if arm == 1 else [],
            scaler=None if scale is None else Scaler(
                target=scale.target, every=scale.every, lag=scale.lag, cool_down=scale.cool_down, least=service.least,
                most=service.most_replicas, cold_start=service.cold_start, until=ENDS,
            ),
        ))
    n = len(block)
    fails = np.zeros((16, 2, n), dtype=np.bool_)
    luck = np.zeros((8, 2, n), dtype=np.float32)
    for arm in range(2):
        rate = np.float32(spec.models[arm].failing)
        for number in range(16):
            fails[number, arm] = (block.attempt_luck(arm, number) if number else block.luck(arm)) < rate
        for number in range(1, 8):
            luck[number, arm] = block.luck(arm + LUCK_OF_BACKOFF * number)
    gold = np.array([[name in service.first for name in spec.segment_names] for service in spec.services])
    return Day(
        pools=pools, arrived=block.at, asks=rows["arm"], urgent=gold[rows["arm"], block.segment],
        shadow=np.zeros(n, dtype=np.bool_),
        demand=np.stack([[block.demand(arm, second=bool(second)) for arm in range(2)] for second in range(2)]),
        lost=np.zeros((2, 2, n), dtype=np.bool_), fails=fails, luck=luck,
    )


def check(seed: int) -> None:
    chance = np.random.default_rng(seed)
    document = Document.model_validate(scenario(chance))
    assert list(document.problems()) == []
    kept: list[RequestRows] = []
    world, _ = build(Plan(name="one", text="", document=document), seed=seed, keep=kept.append)
    fly(world, chance.integers(1, ENDS, 5).tolist())
    rows = {key: np.concatenate([getattr(one, key) for one in kept]) for key in ("at", "arm", "status", "latency")}
    after = rows["arm"][rows["at"] >= ROLLS_BACK].mean()
    assert 0.05 < after < rows["arm"][rows["at"] < ROLLS_BACK].mean() - 0.1, "some are left behind, and not all"
    fates = PlainMesh(day_of(world, rows)).run()
    mine = zip(rows["status"].tolist(), (rows["at"] + rows["latency"]).tolist(), strict=True)
    assert [(WORDS[status], at) for status, at in mine] == [fates[key][:2] for key in range(len(rows["at"]))]


@pytest.mark.parametrize("seed", range(4))
def test_a_flight_is_the_one_that_plain_simpy_flies(seed: int) -> None:
    check(seed)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(4, 200))
def test_many_flights_are_those_that_plain_simpy_flies(seed: int) -> None:
    check(seed)
