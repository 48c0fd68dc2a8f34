"""A spike that retries keep up: the same flight with a budget for them, and without."""

from pathlib import Path
from typing import Any

import numpy as np
import tomli

from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "retry-storm.toml"
MINUTE = 60 * 10**9
CROWD_GONE = 55
"""Minute by which one hundredth of the crowd is left: three minutes at its height, then half of it each minute."""


def busy_after_the_crowd(candidate: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The part of each pool's time that was at work in the ten minutes from then on, nobody acting."""
    raw = tomli.loads(SCENARIO.read_text())
    raw["services"]["candidate"] |= candidate
    raw["gates"][0]["dry_run"] = True
    raw["alerts"][0] |= {"action": "none", "severity": "ticket"}
    raw["ramp"] |= {"bake": "35m", "minimum": 10**9}  # stays at its first step for good
    raw["ramp"]["steps"] = ["50%"]
    del raw["expect"]
    document = Document.model_validate(raw)
    assert list(document.problems()) == []
    flight = fly(Plan(name="storm", text="", document=document))
    late = slice(CROWD_GONE, CROWD_GONE + 10)
    return tuple((flight.truth.work_ns[late] / flight.truth.room_ns[late]).T)  # type: ignore[return-value]


def test_without_a_budget_retries_keep_the_overload_up_when_its_cause_has_gone() -> None:
    incumbent, candidate = busy_after_the_crowd({})
    assert (candidate > 0.97).all(), "still at work for clients who left"
    assert incumbent.mean() < 0.75, "as busy as it was sized for"


def test_with_a_budget_the_service_comes_back_by_itself() -> None:
    incumbent, candidate = busy_after_the_crowd({"retries": {"attempts": 4, "backoff": "500ms", "budget": "10%"}})
    assert candidate.mean() < 0.75
    assert abs(candidate.mean() - incumbent.mean()) < 0.1
