"""The waits that lint predicts are about those of flights: half of all equal candidates pass sooner, half later."""

from math import inf
from statistics import median

import pytest
import tomli

from sandbox.base.units import NS_PER_SECOND
from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.lint.gate_without_power import waits
from sandbox.scenario.lint.prospect import Prospect
from sandbox.scenario.plan import Plan

WORLD = """
[scenario]
title = "Equal"
duration = "3h"
[traffic]
kind = "steady"
mean = "40/s"
[users]
count = 200_000
activity = 0
[models.incumbent]
kind = "synthetic"
errors = "4%"
[models.candidate]
kind = "synthetic"
errors = "4%"
[labels]
delay = "1m"
slowest = "3m"
[ramp]
steps = ["20%", "100%"]
bake = "1m"
"""
CASES = [
    ("errors.rate", "1pp", "always-valid"), ("errors.rate", "0.5pp", "always-valid"),
    ("quality.wrong", "2pp", "always-valid"), ("quality.brier", "0.005", "always-valid"),
]


@pytest.mark.parametrize(("metric", "margin", "test"), CASES)
def test_the_wait_that_is_predicted_is_the_median_wait_of_flights(metric: str, margin: str, test: str) -> None:
    text = f'{WORLD}[[gates]]\nkind = "no-worse"\nmetric = "{metric}"\nmargin = "{margin}"\ntest = "{test}"\n'
    ((_, predicted),) = list(waits(Prospect(_document(text)), _document(text).gates[0]))
    # Nothing that comes after twice and a half the wait can change whether the median is within.
    text = text.replace('"3h"', f'"{round(2.5 * predicted / NS_PER_SECOND)}s"')
    plan = Plan(name="equal", text=text, document=_document(text))
    passed = []
    for seed in range(11):
        flight = fly(plan, seed=seed)
        passed.append(next((
            entry.at for entry in flight.journal if entry.kind == "gate" and entry.facts["verdict"] == "pass"
        ), inf))
    # "At least": requests count as independent there, while the gate also doubts how alike users are, which costs it
    # up to half as much again. A median of eleven such waits spreads by a quarter.
    assert 0.7 * predicted <= median(passed) <= 1.9 * predicted


def _document(text: str) -> Document:
    return Document.model_validate(tomli.loads(text))
