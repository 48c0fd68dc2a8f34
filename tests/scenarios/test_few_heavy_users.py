"""What the bundled scenario of few heavy users claims: requests alarm about an equal candidate, users do not."""

from pathlib import Path

import tomli

from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

FILE = Path(__file__).resolve().parents[2] / "scenarios" / "few-heavy-users.toml"


def test_counting_requests_alarms_about_an_equal_candidate_and_counting_users_does_not() -> None:
    text = FILE.read_text()
    flight = fly(Plan(name="few", text=text, document=Document.model_validate(tomli.loads(text))))
    said = [entry.facts for entry in flight.journal if entry.kind == "gate"]
    failed, broken = ({one["gate"] for one in said if one["verdict"] == verdict} for verdict in ("fail", "error"))
    assert failed == {"brier by request"}
    assert broken == {"split of requests"}, "a gate that only watches must not void the others"
    right = flight.truth.right.sum(axis=0) / flight.truth.judged.sum(axis=0)
    # Equal in truth: the same AUC on the same requests; both are judged on all of them, whoever answered.
    assert abs(right[0] - right[1]) < 0.01
