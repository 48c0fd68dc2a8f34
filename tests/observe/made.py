"""Telemetry columns made up, and what a collector counts of them."""

import numpy as np

from sandbox.base.telemetry import Answers, Labels
from sandbox.base.window import Layout
from sandbox.observe.count import add_answers, add_labels
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.view import Reference, View

LAYOUT = Layout(("incumbent", "candidate"), ("eu", "us"), ("a", "b"), ("f1", "f2"))


def labels(n: int, seed: int, *, power: float = 1.0) -> Labels:
    """Labels whose chance of being true is their score to a power: calibrated at 1."""
    draw = np.random.default_rng(seed)
    score = draw.beta(2, 5, n).astype(np.float32)
    arrived = np.sort(draw.integers(0, 10**9, n))
    return Labels(
        arm=draw.integers(0, 2, n).astype(np.uint8), shadow=draw.random(n) < 0.2,
        segment=(draw.random(n) < 0.3).astype(np.uint8), group=(draw.random(n) < 0.4).astype(np.uint8),
        arrived=arrived, due=arrived + draw.integers(0, 10**12, n), score=score, decision=score >= 0.33,
        label=draw.random(n) < score.astype(float) ** power, user=np.arange(n, dtype=np.int32) % 500,
    )


def answers(n: int, seed: int) -> Answers:
    draw = np.random.default_rng(seed)
    score, group = draw.beta(2, 5, n).astype(np.float32), (draw.random(n) < 0.4).astype(np.uint8)
    return Answers(
        arm=draw.integers(0, 2, n).astype(np.uint8), shadow=draw.random(n) < 0.2,
        segment=(draw.random(n) < 0.3).astype(np.uint8), group=group, user=draw.integers(0, 50, n).astype(np.int32),
        status=draw.choice(4, n, p=(0.85, 0.03, 0.05, 0.07)).astype(np.uint8),
        arrived=np.sort(draw.integers(0, 10**9, n)), latency=draw.lognormal(17, 1, n).astype(np.int64), score=score,
        decision=score >= 0.33 - 0.1 * group, cost=np.full(n, 7, dtype=np.int64),
    )


def cohort_of(columns: Labels) -> View:
    cohorts, row = np.zeros((1, LAYOUT.label_size), dtype=np.int64), np.zeros(1, dtype=np.int64)
    cohort, window = np.zeros(len(columns), dtype=np.int32), np.zeros(LAYOUT.size, dtype=np.int64)
    add_labels(LAYOUT, cohorts, columns, cohort=cohort, rows=row, window=window)
    return View(LAYOUT, cohorts[0], (0.5, 0.5), None)


def window_of(columns: Answers, reference: Reference | None = None) -> View:
    counts = np.zeros(LAYOUT.size, dtype=np.int64)
    add_answers(LAYOUT, counts, columns)
    return View(LAYOUT, counts, (0.5, 0.5), reference)


def value(name: str, view: View, arm: int = 1) -> float:
    return metric(name).read(view)[arm].value


def error(name: str, view: View, arm: int = 1) -> float:
    return metric(name).read(view)[arm].error
