"""What a plan may ask for at its edges flies, and keeps the laws that hold in the middle."""

import pytest
import tomli

from sandbox.base.rows import RequestRows
from sandbox.run.session import Session
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

TEXT = """
[scenario]
title = "Edges"
duration = "5m"
tick = "10s"
[traffic]
kind = "steady"
mean = "40/s"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[ramp]
steps = ["20%"]
bake = "1m"
"""


def plan_of(more: str) -> Plan:
    text = TEXT + more
    document = Document.model_validate(tomli.loads(text))
    assert list(document.problems()) == []
    return Plan(name="edges", text=text, document=document)


def test_labels_that_come_after_the_flight_has_ended_are_not_kept() -> None:
    session = Session(plan_of('[labels]\ndelay = "1s"\nslowest = "1d"\n'))
    session.finish()
    assert len(session.world._telling.labels) == 0


@pytest.mark.parametrize(("latency", "faults"), [("1h", 1), ("1h", 2), ("30ms", 4)])
def test_no_slowdown_however_great_overflows_the_clock(latency: str, faults: int) -> None:
    slow = '[[faults]]\nkind = "latency"\nmodel = "all"\nfactor = 1000\nat = "1m"\n'
    model = f'[models.NAME.latency]\np50 = "{latency}"\np99 = "{latency}"\n[services.NAME]\nreplicas = 4096\n'
    kept: list[RequestRows] = []
    plan = plan_of("".join(model.replace("NAME", name) for name in ("incumbent", "candidate")) + slow * faults)
    truth = Session(plan, keep=kept.append).finish().truth
    assert truth.statuses.sum() == truth.requests.sum() == sum(map(len, kept))
    assert (truth.work_ns >= 0).all()
    assert all((rows.latency >= 0).all() for rows in kept)


def test_a_drift_that_would_end_after_the_flight_ends_with_it() -> None:
    session = Session(plan_of('[[drift]]\nkind = "covariate"\nat = "1m"\nuntil = "10h"\n'))
    assert [interval.end for interval in session.finish().truth.intervals] == [session.now]
