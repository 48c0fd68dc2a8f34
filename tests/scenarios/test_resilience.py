"""What each option of a service buys and costs: the bundled scenarios flown with it and without, nobody acting."""

from pathlib import Path
from typing import Any

import numpy as np
import tomli

from sandbox.base.flight import Flight
from sandbox.base.rows import RequestRows
from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
MINUTE = 60 * 10**9


def flown(
    name: str, *, lasts: str, steps: list[Any], bake: str, services: dict[str, dict[str, Any]]
) -> tuple[Flight, dict[str, np.ndarray]]:
    """A bundled scenario without its gates and alerts, and with some of its services' keys said otherwise."""
    raw = tomli.loads((SCENARIOS / f"{name}.toml").read_text())
    for model, said in services.items():
        table = raw["services"].setdefault(model, {}) | said
        raw["services"][model] = {key: value for key, value in table.items() if value is not None}
    for place in (*raw.get("faults", ()), *((raw["traffic"],) if "at" in raw["traffic"] else ())):
        place["at"] = "5m"  # sooner than in the story
    raw["scenario"]["duration"] = lasts
    raw["ramp"] |= {"steps": steps, "bake": bake}
    for key in ("gates", "alerts", "expect"):
        raw.pop(key, None)
    document = Document.model_validate(raw)
    assert list(document.problems()) == []
    kept: list[RequestRows] = []
    flight = fly(Plan(name=name, text="", document=document), keep=kept.append)
    columns = {key: np.concatenate([getattr(one, key) for one in kept]) for key in ("at", "arm", "status", "latency")}
    return flight, columns


def test_a_hedge_buys_the_tail_and_costs_load() -> None:
    arguments: dict[str, Any] = {"lasts": "30m", "steps": ["50%"], "bake": "29m"}
    flight, rows = flown("asks-twice", services={}, **arguments)
    alone, others = flown("asks-twice", services={"candidate": {"hedge": None}}, **arguments)
    tail, before = (
        float(np.quantile(one["latency"][one["arm"] == 1], 0.99)) for one in (rows, others)
    )
    assert 0.5 < tail / before < 0.7
    work, cost = (float(one.truth.work_ns[:, 1].sum()) for one in (flight, alone))
    assert 1.05 < work / cost < 1.2
    assert np.array_equal(rows["latency"][rows["arm"] == 0], others["latency"][others["arm"] == 0])


def test_a_fallback_hides_failures_from_users_and_not_from_telemetry() -> None:
    arguments: dict[str, Any] = {"lasts": "20m", "steps": ["50%"], "bake": "19m"}
    flight, rows = flown("nobody-noticed", services={}, **arguments)
    _, others = flown("nobody-noticed", services={"candidate": {"fallback": None}}, **arguments)
    failed, bare = (
        (one["status"] != 0)[(one["at"] > 5 * MINUTE) & (one["arm"] == 1)].mean() for one in (rows, others)
    )
    assert failed < 0.001
    assert 0.38 < bare < 0.42
    layout = flight.header.layout
    late = [one for one in flight.windows if one.start > 6 * MINUTE and not one.matured]
    fell, asked = (
        sum(int(layout.part(one.counts.dense(), part)[1].sum()) for one in late) for part in ("fallbacks", "offered")
    )
    assert 0.38 < fell / asked < 0.42


def test_a_breaker_brings_back_a_pool_that_its_clients_keep_down() -> None:
    _, rows = flown("a-moment-to-breathe", services={}, lasts="23m", steps=["50%"], bake="22m")
    late = rows["at"] > 19 * MINUTE
    failed = [float((rows["status"] != 0)[late & (rows["arm"] == arm)].mean()) for arm in range(2)]
    assert failed[0] > 0.5, "without one the storm goes on ten minutes after the crowd"
    assert failed[1] < 0.01, "with one it is over"


def test_shedding_what_others_bring_keeps_the_incumbent_for_its_own_users() -> None:
    arguments: dict[str, Any] = {"lasts": "10m", "steps": ["50%"], "bake": "9m"}
    _, rows = flown("own-users-first", services={}, **arguments)
    _, others = flown("own-users-first", services={"incumbent": {"shed": None}}, **arguments)
    own, before = (
        (one["latency"] > 400_000_000)[(one["at"] > 6 * MINUTE) & (one["arm"] == 0)].mean() for one in (rows, others)
    )
    assert own < 0.02, "its own users wait no longer than ten others"
    assert before > 0.5, "where all are served alike, all are late"


def test_an_autoscaler_follows_small_steps_and_not_a_large_one() -> None:
    small = ["5%", "7%", "10%", "14%", "20%", "28%", "39%", "50%"]
    _, leap = flown("grows-too-late", lasts="10m", steps=["5%", "50%"], bake="5m", services={})
    _, climb = flown("grows-too-late", lasts="39m", steps=small, bake="5m", services={})
    failed = [
        float((rows["status"] != 0)[(rows["arm"] == 1) & (rows["at"] > 5 * MINUTE)].mean()) for rows in (leap, climb)
    ]
    assert failed[0] > 0.1
    assert failed[1] < 0.01
