"""Fleets: devices go by what they last heard and tell when they next can; clients at the edge send once connected."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sandbox.base.routing import lanes
from sandbox.base.rows import RequestRows
from sandbox.base.telemetry import Arrivals
from sandbox.run.rig import world_spec
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.world.fleet import Fleet, FleetTable
from sandbox.world.synthetic_day import SyntheticDay

MINUTE = 60 * 10**9
HOUR = 60 * MINUTE


def plan_of(**tables: Any) -> Plan:
    document = Document.model_validate({
        "scenario": {"title": "t", "duration": "4h", "tick": "5m", "seed": 9},
        "traffic": {"kind": "steady", "mean": "3/s"},
        "users": {"count": 400, "opt_out": "10%"},
        "models": {"incumbent": {"kind": "synthetic"}, "candidate": {"kind": "synthetic"}},
        "labels": {"delay": "1m"},
        "fleet": {"sync": "40m", "missed": "30%"},
        "ramp": {"steps": [{"shadow": "50%"}, "20%", "60%"], "bake": "50m"},
    } | tables)
    assert list(document.problems()) == []
    return Plan(name="t", text="", document=document)


def fleet_of(missed: str = "30%", users: int = 3_000) -> Fleet:
    return Fleet(FleetTable.model_validate({"sync": "1h", "missed": missed}), seed=2, users=users)


def syncs(fleet: Fleet, device: int, hours: int) -> list[int]:
    """Every instant at which a device syncs, one turn after another."""
    turns = np.arange(-hours, hours)
    user = np.full(len(turns), device, dtype=np.int32)
    met = fleet._luck(user, turns) >= fleet._missed
    return [int(fleet._phase[device] + turn * HOUR) for turn in turns[met]]


@pytest.mark.parametrize("missed", ["0%", "30%"])
def test_the_last_and_the_next_sync_are_those_that_lie_around_an_instant(missed: str) -> None:
    fleet = fleet_of(missed)
    draw = np.random.default_rng(1)
    for device in range(25):
        every = syncs(fleet, device, 60)
        at = np.concatenate([draw.integers(0, 20 * HOUR, 30), [one for one in every if 0 <= one < 20 * HOUR]])
        user = np.full(len(at), device, dtype=np.int32)
        assert fleet.last(user, at).tolist() == [max(one for one in every if one <= now) for now in at]
        assert fleet.next(user, at).tolist() == [min(one for one in every if one >= now) for now in at]


def test_syncs_fail_as_often_as_said_and_each_on_its_own() -> None:
    fleet = fleet_of()
    waits = np.concatenate([np.diff(syncs(fleet, device, 40)) // HOUR for device in range(300)])
    most = 6
    seen = np.bincount(np.minimum(waits, most), minlength=most + 1)[1:]
    chance = np.append(stats.geom.pmf(np.arange(1, most), 0.7), stats.geom.sf(most - 1, 0.7))
    assert stats.chisquare(seen, chance * seen.sum()).pvalue > 1e-4
    assert stats.kstest(fleet._phase / HOUR, "uniform").pvalue > 1e-4


def test_a_device_answers_by_the_table_that_was_in_force_when_it_last_synced() -> None:
    kept: list[RequestRows] = []
    session = Session(plan_of(), keep=kept.append)
    session.finish()
    world = session.world
    applied = [(-(2**62), (1.0, 0.0)), *((at, rows[0]) for at, _, rows in world.applied)]
    assert len(applied) == 5
    assert world._fleet is not None
    crowd, late = world.day.crowd, 0
    for rows in kept:
        heard = world._fleet.last(rows.user, rows.at)
        place = np.searchsorted([at for at, _ in applied], heard, side="right") - 1
        newest = np.searchsorted([at for at, _ in applied], rows.at, side="right") - 1
        late += int((place < newest).sum())
        for number, (_, shares) in enumerate(applied):
            mine = place == number
            edges, arms = zip(*lanes(tuple(shares)), strict=True)
            wanted = np.array(arms)[np.searchsorted(edges, crowd.unit[rows.user[mine]], side="right")]
            assert crowd.opted_out is not None
            wanted[crowd.opted_out[rows.user[mine]]] = 0
            assert (rows.arm[mine] == wanted).all()
    assert late > 1_000


def test_what_a_device_did_is_told_when_it_syncs_and_only_those_with_the_newest_table_are_drawn_by_it() -> None:
    kept: list[RequestRows] = []
    session, seen = Session(plan_of(), keep=kept.append), list[tuple[int, Arrivals]]()
    take = session.collector._take_arrivals

    def listen(arrivals: Arrivals) -> None:
        seen.append((session.world.now, arrivals))
        take(arrivals)

    session.collector._take_arrivals = listen  # type: ignore[method-assign]
    session.finish()
    fleet = session.world._fleet
    assert fleet is not None
    received, numbers = 0, list[tuple[int, int]]()
    for now, one in seen:
        assert (fleet.last(one.user, one.at) == one.at).all(), "told while the device was not connected"
        assert (np.diff(one.at) >= 0).all()
        assert (one.at < now).all()
        numbers.append((one.first_seq, len(one.at)))
        received += len(one.at)
    assert all(first + n == then for (first, n), (then, _) in pairwise(numbers))
    happened = [(fleet.next(rows.user, rows.at) < 4 * HOUR).sum() for rows in kept]
    assert received == sum(happened)
    layout = session.collector.layout
    offered = sum(int(layout.part(window.counts.dense(), "offered")[:, 0].sum())
                  for window in session.windows if not window.matured)
    answered = sum(int(layout.part(window.counts.dense(), "status")[:, 0].sum())
                   for window in session.windows if not window.matured)
    assert offered == received
    assert received * 0.99 < answered <= received
    assert any(one.split is not None and not one.split.all() for _, one in seen)


@pytest.mark.parametrize("every", [97_333_333_333, 5 * MINUTE + 1])
def test_cutting_time_anywhere_changes_no_bit(every: int) -> None:
    plan = plan_of(
        traffic={"kind": "edge", "mean": "3/s", "every": "15m", "together": "40%"}, telemetry={"sample": "50%"},
        gates=[{"kind": "no-worse", "metric": "quality.brier", "margin": "50%", "dry_run": True}],
    )
    session, at = Session(plan), 0
    while at < 4 * HOUR:
        at += every
        session.advance(at)
        session.touch()
    assert session.finish().digest == fly(plan).digest


def test_the_log_says_how_long_the_way_is() -> None:
    flight = fly(plan_of())
    heard = [entry.facts for entry in flight.journal if entry.kind == "truth"][-1]["heard"]
    moves = [entry for entry in flight.journal if entry.kind == "ramp" and "version" in entry.facts]
    assert [version for version, _, _ in heard] == [move.facts["version"] for move in moves]
    for (_, half, last), move in zip(heard, moves, strict=True):
        assert move.at < half < last
        # A device waits for a phase and for a geometric number of failures: the median of both together.
        assert 10 * MINUTE < half - move.at < 50 * MINUTE


EDGE = {"kind": "edge", "mean": "30/s", "every": "20m", "online": "40%", "together": "30%", "burst": "30s"}


def test_clients_send_what_they_asked_once_they_are_connected_and_no_later_than_the_burst_lasts() -> None:
    plan = plan_of(traffic=EDGE, users={"count": 3_000, "activity": 0}, fleet=None)
    day = SyntheticDay(world_spec(plan, seed=4, recording=None))
    assert day._coming._phase is not None
    every, on, burst = 20 * MINUTE, 8 * MINUTE, MINUTE // 2
    block = day.block(1)
    cycles = (block.at >= 80 * MINUTE) & (block.at < 140 * MINUTE)
    since = ((block.at - day._coming._phase[block.user]) % every)[cycles]
    assert (since < on).all()
    # What was asked in the twelve minutes without a connection comes in the first half minute of eight.
    piled = stats.binomtest(int((since < burst).sum()), len(since)).proportion_ci(0.9999)
    assert piled.low < (12 + 0.5) / 20 < piled.high
    together = day._coming._phase == 0
    assert stats.binomtest(int(together.sum()), len(together), 0.3).pvalue > 1e-4


def test_a_block_at_the_edge_does_not_depend_on_whether_others_were_drawn() -> None:
    plan = plan_of(traffic=EDGE, fleet=None)
    one, other = (SyntheticDay(world_spec(plan, seed=4, recording=None)) for _ in range(2))
    for number in range(3):
        other.block(number)
    a, b = one.block(1), other.block(1)
    assert (a.at == b.at).all()
    assert (a.user == b.user).all()
