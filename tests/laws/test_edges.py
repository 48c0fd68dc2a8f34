"""What a plan may ask for at its edges flies, and keeps the laws that hold in the middle."""

import numpy as np
import pytest
import tomli

from sandbox.base.rows import RequestRows
from sandbox.base.status import Status
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
    assert len(session.world._labels) == 0
