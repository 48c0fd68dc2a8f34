"""What every option of a service owes: everybody has one fate at every instant, however time is cut, and who does not
use it meets the same world as before."""

import functools
from typing import Any

import numpy as np
import pytest

from sandbox.base.rows import RequestRows
from sandbox.lab.fault_drill import DRILL, MINUTE, fly_drill
from sandbox.run.session import Session
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

RETRIES = {"attempts": 3, "backoff": "200ms", "budget": "20%"}
OPTIONS: dict[str, dict[str, dict[str, Any]]] = {
    "retries": {"incumbent": {"retries": RETRIES}, "candidate": {"retries": {"attempts": 3}}},
    "fallback": {"incumbent": {"fallback": "default"}, "candidate": {"fallback": "incumbent"}},
    "hedge": {"incumbent": {"hedge": {"after": "60ms"}}, "candidate": {"hedge": {"after": "60ms", "budget": "5%"}}},
    "breaker": {"candidate": {"breaker": {"trips": "20%", "of": 20, "stays": "5s", "probes": 3}}},
    "shed": {"incumbent": {"shed": {"wait": "50ms"}}, "candidate": {"shed": {"extra": 2}}},
    "batch": {"incumbent": {"batch": {"size": 4, "each": "20%"}}, "candidate": {"batch": {"size": 2}}},
    "first": {"incumbent": {"first": ["gold"]}, "candidate": {"first": ["gold"]}},
    "autoscale": {
        name: {"follow_share": False, "autoscale": {"every": "5s", "lag": "7s", "cool_down": "30s"}}
        for name in ("incumbent", "candidate")
    },
}
EVERYTHING = {
    "incumbent": {
        "retries": RETRIES, "hedge": {"after": "80ms", "budget": "5%"}, "breaker": {"trips": "80%", "of": 40},
        "shed": {"wait": "400ms", "extra": 10}, "first": ["gold"], "fallback": "default",
        **OPTIONS["autoscale"]["incumbent"],
    },
    "candidate": {
        "retries": RETRIES, "hedge": {"after": "80ms"}, "breaker": {"trips": "40%", "of": 30, "stays": "4s"},
        "batch": {"size": 3, "each": "30%"}, "fallback": "incumbent", **OPTIONS["autoscale"]["candidate"],
    },
}
FAULTS = [
    {"kind": "crash", "model": "candidate", "part": "100%", "restart": "6s", "at": "4m"},
    {"kind": "shadow-writes", "rate": "30%", "at": "1m", "lasts": "1m"},
    {"kind": "partition", "model": "candidate", "part": "20%", "at": "5m", "lasts": "1m"},
    {"kind": "errors", "model": "candidate", "rate": "60%", "at": "7m", "lasts": "1m"},
    {"kind": "capacity", "model": "all", "lost": "70%", "at": "8m", "lasts": "1m"},
    {"kind": "partial-rollback", "left": "40%", "at": "9m", "lasts": "2m"},
    {"kind": "incompatible-rollback", "rate": "50%", "at": "9m", "lasts": "3m"},
]


def plan_of(options: dict[str, dict[str, Any]], *faults: dict[str, Any]) -> Plan:
    services = {name: table | options.get(name, {}) for name, table in DRILL["services"].items()}
    scenario = DRILL | {
        "services": services, "faults": list(faults),
        "segments": [{"name": "gold", "share": "20%"}, {"name": "rest", "share": "80%"}],
    }
    document = Document.model_validate(scenario)
    assert list(document.problems()) == []
    return Plan(name="services", text="", document=document)


@functools.cache
def plain_digest() -> str:
    return fly_drill(plan_of({}, *FAULTS)).digest


CASES = {**OPTIONS, "everything": EVERYTHING}


@pytest.mark.parametrize("name", CASES)
def test_everybody_has_one_fate_however_time_is_cut(name: str) -> None:
    kept: list[RequestRows] = []
    plan = plan_of(CASES[name], *FAULTS)
    straight = fly_drill(plan, keep=kept.append)
    rows = {key: np.concatenate([getattr(one, key) for one in kept]) for key in ("at", "arm", "status", "latency")}
    assert straight.truth.statuses.sum() == straight.truth.requests.sum() == len(rows["at"])
    assert straight.truth.in_flight.sum() == 0
    for arm in range(2):
        fates = np.bincount(rows["status"][rows["arm"] == arm], minlength=4)
        assert straight.truth.statuses[arm].tolist() == fates.tolist()
    assert fly_drill(plan, every=7_333_333_333).digest == straight.digest != plain_digest()
    session = Session(plan)
    for at in (61 * 10**9, 4 * MINUTE + 1, 7 * MINUTE + 333_333_333):
        session.advance(at)
        session.touch()
        assert int(session.world.offered().sum()) == int((rows["at"] < at).sum())


def flown(options: dict[str, dict[str, Any]], *faults: dict[str, Any]) -> dict[str, np.ndarray]:
    kept: list[RequestRows] = []
    fly_drill(plan_of(options, *faults), keep=kept.append)
    names = ("at", "user", "arm", "status", "latency", "score", "decision", "label")
    return {name: np.concatenate([getattr(one, name) for one in kept]) for name in names}


def test_met_event_by_event_a_day_without_second_tries_is_the_day_that_is_served_pool_by_pool() -> None:
    # A breaker that cannot trip has every event met one by one, and changes nothing.
    never = {"breaker": {"trips": "100%", "of": 10_000}}
    plain, met = flown({}, *FAULTS), flown({"incumbent": never, "candidate": never}, *FAULTS)
    for name, column in plain.items():
        assert np.array_equal(column, met[name], equal_nan=column.dtype.kind == "f"), name


def test_shadows_fall_back_to_nobody_and_leave_the_incumbent_alone() -> None:
    fails = {"kind": "errors", "model": "candidate", "rate": "100%", "at": "0s", "lasts": "2m"}
    without, with_it = flown({}, fails), flown({"candidate": {"fallback": "incumbent"}}, fails)
    early = without["at"] < 2 * MINUTE
    assert (without["arm"][early] == 0).all(), "the first step only shadows"
    for name, column in without.items():
        assert np.array_equal(column[early], with_it[name][early]), name


def test_faults_that_look_at_shadows_and_leavers_strike_beside_retries_as_they_do_without() -> None:
    """A single attempt more, of the same luck with each request: the rate is that of failing twice."""
    writes = {"kind": "shadow-writes", "rate": "30%", "at": "0s", "lasts": "2m"}
    once = flown({}, writes)
    twice = flown({"incumbent": {"retries": {"attempts": 2}}}, writes)
    early = once["at"] < 110 * 10**9
    rate = {name: (rows["status"][early] == 3).mean() for name, rows in (("once", once), ("twice", twice))}
    # Standard errors of shares near 0.3 and 0.09 among some 6,600 requests; four of them.
    n = int(early.sum())
    assert rate["once"] == pytest.approx(0.302, abs=4 * (0.302 * 0.698 / n) ** 0.5)
    assert rate["twice"] == pytest.approx(0.302**2, abs=4 * (0.09 * 0.91 / n) ** 0.5)
    leaves = {"kind": "incompatible-rollback", "rate": "50%", "at": "4m"}
    both = flown({"incumbent": {"retries": {"attempts": 2}}}, leaves)
    late = both["at"] > 10 * MINUTE + 10 * 10**9
    was = np.isin(both["user"], both["user"][(both["arm"] == 1) & (both["at"] > 4 * MINUTE)])
    assert (both["status"][late & ~was] == 3).mean() < 0.001
    share = (both["status"][late & was] == 3).mean()
    assert share == pytest.approx(0.252, abs=4 * (0.252 * 0.748 / int((late & was).sum())) ** 0.5)
