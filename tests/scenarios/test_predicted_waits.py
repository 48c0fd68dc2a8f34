"""The waits that lint predicts are about those of flights: half of all equal candidates pass sooner, half later."""

from statistics import median

import pytest
import tomli

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
    document = Document.model_validate(tomli.loads(text))
    plan = Plan(name="equal", text=text, document=document)
    ((_, predicted),) = list(waits(Prospect(document), document.gates[0]))
    passed = []
    for seed in range(11):
        flight = fly(plan, seed=seed)
        passed.append(next(
            entry.at for entry in flight.journal if entry.kind == "gate" and entry.facts["verdict"] == "pass"
        ))
    # "At least": requests count as independent there, while the gate also doubts how alike users are, which costs it
    # up to half as much again. A median of eleven such waits spreads by a quarter.
    assert 0.7 * predicted <= median(passed) <= 1.9 * predicted
