"""A small flight on which there is something to do for whoever operates it."""

import tomli

from sandbox.base.flight import Flight
from sandbox.run.session import Session
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

MINUTE = 60 * 10**9
TEXT = """
[scenario]
title = "Operated"
seed = 3
duration = "20m"
tick = "30s"
[traffic]
mean = "40/s"
kind = "steady"
[[segments]]
name = "eu"
share = "60%"
[[segments]]
name = "us"
share = "40%"
[[groups]]
name = "a"
share = "70%"
[[groups]]
name = "b"
share = "30%"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[services.candidate]
replicas = 4
cold_start = "20s"
[labels]
delay = "20s"
[ramp]
start = "1m"
steps = ["20%", "50%"]
bake = "15m"
[[alerts]]
name = "slow"
expr = "latency.p95{arm=candidate} > 200ms"
for = "1m"
[notify]
to = "on-call"
group_wait = "10s"
group_interval = "1m"
"""
SLOW = '[[faults]]\nkind = "latency"\nmodel = "candidate"\nfactor = 5.0\nat = "4m"\n'
BOOK = """
[runbook.slow]
alerts = ["slow"]
diagnosis = "latency"
[[runbook.slow.steps]]
title = "back"
action = "roll back"
verify = "latency.p95{arm=incumbent} < 200ms"
within = "3m"
then = "done"
[[runbook.slow.escalation]]
role = "lead"
after = "5m"
[[runbook.slow.messages]]
audience = "support"
when = "closed"
text = "{candidate} is at {share}"
"""


def plan_of(more: str = "", *, text: str = TEXT) -> Plan:
    text = text + more
    document = Document.model_validate(tomli.loads(text))
    assert list(document.problems()) == []
    return Plan(name="operated", text=text, document=document)


def session_at(minutes: float, more: str = "") -> Session:
    session = Session(plan_of(more))
    session.advance(int(minutes * MINUTE))
    return session


def facts(flight: Flight, kind: str) -> list[tuple[float, dict]]:
    return [(entry.at / MINUTE, entry.facts) for entry in flight.journal if entry.kind == kind]
