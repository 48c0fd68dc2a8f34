"""Coverage and delay of labels, and the age of features, against the raw columns and the world's own settings."""

import math
from typing import Any

import numpy as np
import pytest

from sandbox.base.telemetry import Arrivals
from sandbox.base.window import Layout, Window
from sandbox.observe.count import add_arrivals, add_labels
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.view import View
from sandbox.run.session import Session
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from tests.observe.made import LAYOUT, labels


def test_the_delay_of_labels_is_that_of_the_raw_columns_with_the_error_of_a_mean() -> None:
    columns = labels(5_000, 4)
    counts, first = np.zeros(LAYOUT.size, dtype=np.int64), np.zeros(1, dtype=np.int64)
    cohorts, cohort = np.zeros((1, LAYOUT.label_size), dtype=np.int64), np.zeros(len(columns), dtype=np.int32)
    add_labels(LAYOUT, cohorts, columns, cohort=cohort, rows=first, window=counts)
    late = (columns.due - columns.arrived)[columns.arm == 1] / 1e9
    reading = metric("labels.delay").read(View(LAYOUT, counts, (0.5, 0.5), None))[1]
    assert reading.value == pytest.approx(late.mean(), abs=1e-3)  # counted in whole milliseconds
    assert reading.error == pytest.approx(late.std() / math.sqrt(len(late)), rel=1e-3)


def test_the_age_of_features_is_that_of_the_raw_columns_with_the_error_of_a_mean() -> None:
    draw = np.random.default_rng(1)
    n, arm, age = 4_000, draw.integers(0, 2, 4_000).astype(np.uint8), draw.exponential(9e9, 4_000).astype(np.int64)
    counts, cohort = np.zeros(LAYOUT.size, dtype=np.int64), np.zeros(LAYOUT.label_size, dtype=np.int64)
    none = np.zeros(n, dtype=np.uint8)
    add_arrivals(LAYOUT, counts, cohort, Arrivals(
        first_seq=0, at=np.arange(n), arm=arm, segment=none, group=none, user=np.zeros(n, np.int32),
        shadow=np.zeros((n, 2), np.bool_), features=None, age=age,
    ))
    mine = age[arm == 1] / 1e9
    reading = metric("data.freshness").read(View(LAYOUT, counts, (0.5, 0.5), None))[1]
    assert reading.value == pytest.approx(mine.mean(), rel=1e-12)
    assert reading.error == pytest.approx(mine.std() / math.sqrt(len(mine)), rel=1e-4)


def windows_of(**keys: Any) -> tuple[Layout, tuple[Window, ...]]:
    session = Session(Plan(name="t", text="", document=Document.model_validate({
        "scenario": {"title": "t", "duration": "10m", "tick": "20s"}, "traffic": {"kind": "steady", "mean": "100/s"},
        "models": {"incumbent": {"kind": "synthetic"}, "candidate": {"kind": "synthetic"}},
        "ramp": {"steps": ["50%"], "bake": "9m"}, **keys,
    })))
    return session.collector.layout, session.finish().windows


def test_in_flight_coverage_and_delay_are_what_the_scenario_says() -> None:
    layout, windows = windows_of(labels={"delay": "30s", "slowest": "60s", "coverage": "70%", "maturity": "4m"})
    cohort, counts = np.zeros(layout.label_size, dtype=np.int64), np.zeros(layout.size, dtype=np.int64)
    for window in windows:
        window.counts.add_to(cohort if window.matured else counts)
    coverage = metric("labels.coverage").read(View(layout, cohort, (0.5, 0.5), None))[1]
    assert coverage.n > 10_000
    # Hardly any request is rejected or fails here, and no label is later than four minutes.
    assert abs(coverage.value - 0.7) < 4 * coverage.error + 0.001
    delay = metric("labels.delay").read(View(layout, counts, (0.5, 0.5), None))[1]
    sigma = math.log(2.0) / 2.3263478740408408
    # A lognormal with this median and 99th percentile; what is still on its way at the end is a little later.
    assert delay.value == pytest.approx(30 * math.exp(sigma**2 / 2), rel=0.02)


def test_a_cohort_that_matures_too_soon_shows_in_its_coverage() -> None:
    layout, windows = windows_of(labels={"delay": "30s", "slowest": "60s", "maturity": "30s"})
    cohort = np.zeros(layout.label_size, dtype=np.int64)
    for window in windows:
        if window.matured:
            window.counts.add_to(cohort)
    assert 0.5 < metric("labels.coverage").read(View(layout, cohort, (0.5, 0.5), None))[0].value < 0.95
