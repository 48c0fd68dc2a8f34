"""What answers back, who is left alone, what comes twice and who hears late, all in one flight."""

from typing import Any

import pytest

from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

MINUTE = 60 * 10**9

TABLES: dict[str, Any] = {
    "scenario": {"title": "t", "duration": "24m", "tick": "1m", "seed": 3},
    "traffic": {"kind": "steady", "mean": "20/s"},
    "segments": [{"name": "eu", "share": "60%"}, {"name": "us", "share": "40%"}],
    "models": {
        "incumbent": {"kind": "synthetic", "errors": "2%"},
        "candidate": {
            "kind": "synthetic", "errors": "6%", "age": "1h", "memory": "10d",
            "segments": {"us": {"auc": 0.7, "slower": 2}},
        },
    },
    "services": {"candidate": {"replicas": 3, "retries": {"attempts": 3, "backoff": "500ms"}}},
    "labels": {"delay": "1m"},
    "users": {"count": 500, "consent": "80%", "opt_out": "5%"},
    "population": {"missing": "2%", "age": "10s"},
    "drift": [
        {"kind": "duplicated", "rate": "20%", "at": "3m"},
        {"kind": "feedback", "gain": 2, "every": "3m", "at": "4m"},
        {"kind": "late", "rate": "30%", "at": "5m", "model": "candidate"},
        {"kind": "category", "rate": "20%", "at": "6m", "until": "18m"},
        {"kind": "rescaled-scores", "slope": 0.7, "at": "7m"},
        {"kind": "selective-labels", "at": "8m"},
    ],
    "faults": [{"kind": "unsticky", "part": "20%", "at": "10m", "lasts": "3m"}],
    "ramp": {"steps": [{"shadow": "50%"}, "20%", "60%"], "bake": "6m"},
    "gates": [
        {"kind": "no-worse", "metric": "quality.brier", "margin": "80%", "dry_run": True},
        {"kind": "srm", "dry_run": True},
    ],
}

TOGETHER = {
    "users who turn away": {
        "experience": {"leaving": {"wrong": "1%", "failed": "5%"}, "opting_out": {"wrong": "1%"}},
        "users": {"count": 500, "consent": "80%", "sessions": {"requests": 4, "gap": "10s"}},
    },
    "a fleet at the edge": {
        "fleet": {"sync": "4m", "missed": "20%"},
        "traffic": {"kind": "edge", "mean": "20/s", "every": "5m", "together": "50%"},
    },
}


@pytest.mark.parametrize("tables", TOGETHER.values(), ids=TOGETHER)
def test_with_everything_at_once_no_cut_of_time_changes_a_bit_and_no_request_is_lost(tables: dict[str, Any]) -> None:
    document = Document.model_validate(TABLES | tables)
    assert list(document.problems()) == []
    plan = Plan(name="t", text="", document=document)
    session, at = Session(plan), 0
    while at < 24 * MINUTE:
        at += 41_333_333_333
        session.advance(at)
        session.touch()
    flight = session.finish()
    assert flight.digest == fly(plan).digest
    assert flight.truth.statuses.sum() == flight.truth.requests.sum() > 15_000
    assert not flight.truth.in_flight.any()
