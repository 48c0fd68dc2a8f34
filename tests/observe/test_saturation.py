"""Rates and gauges, against what the requests themselves say."""

from typing import Any

import numpy as np
import pytest

from sandbox.base.rows import RequestRows
from sandbox.base.units import NS_PER_SECOND
from sandbox.base.window import GAUGES
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.view import View
from sandbox.run.session import Session
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

SECOND = NS_PER_SECOND


def document(**keys: Any) -> Document:
    return Document.model_validate({
        "scenario": {"title": "t", "duration": "10m", "tick": "5s"}, "traffic": {"kind": "steady", "mean": "100/s"},
        "models": {
            "incumbent": {"kind": "synthetic", "latency": {"p50": "100ms", "p99": "400ms"}, "cost": 0.002},
            "candidate": {"kind": "synthetic"},
        },
        "services": {"incumbent": {
            "replicas": 4, "concurrency": 2, "queue": 1000, "timeout": "1h", "memory": {"base": "1GB", "request": "8MB"}
        }},
        "ramp": {"steps": ["50%"], "start": "1h"}, **keys,
    })


def flown(**keys: Any) -> tuple[Session, list[Any], list[RequestRows]]:
    kept: list[RequestRows] = []
    session = Session(Plan(name="t", text="", document=document(**keys)), keep=kept.append)
    return session, [one for one in session.finish().windows if not one.matured], kept


def test_at_every_tick_the_gauges_show_the_requests_that_were_there() -> None:
    session, windows, kept = flown()
    at = np.concatenate([rows.at for rows in kept])
    ends = at + np.concatenate([rows.latency for rows in kept])
    layout, waited = session.collector.layout, 0
    for window in windows[:-1]:
        counts = window.counts.dense()
        assert layout.part(counts, "scrapes")[0] == 1
        gauge = {name: int(layout.part(counts, f"gauge_{name}")[0, 0]) for name in GAUGES}
        there = int(((at < window.end) & (ends > window.end)).sum())
        assert gauge["slots"] == 8
        assert gauge["cpu"] == round(1_000 * min(there, 8) / 8)
        assert gauge["waiting"] == max(0, there - 8)
        assert gauge["memory"] == round(1_000 + 8 * there // 4)
        waited += gauge["waiting"]
    assert waited > 100, "nobody waited: nothing was shown"


def test_the_rate_is_requests_over_time_however_many_windows_it_is_read_over() -> None:
    session, windows, kept = flown()
    layout = session.collector.layout
    counts = np.zeros(layout.size, dtype=np.int64)
    for window in windows[:60]:
        window.counts.add_to(counts)
    at = np.concatenate([rows.at for rows in kept])
    n = int((at < 300 * SECOND).sum())
    reading = metric("traffic.rate").read(View(layout, counts, (1.0, 0.0), None))[0]
    assert (reading.value, reading.n) == (pytest.approx(n / 300), n)
    assert reading.error == pytest.approx(n**0.5 / 300)
    assert metric("cost.mean").read(View(layout, counts, (1.0, 0.0), None))[0].value == pytest.approx(0.002)


def test_a_gauge_of_many_ticks_is_their_mean_with_the_error_of_a_mean() -> None:
    session, windows, _ = flown()
    layout = session.collector.layout
    counts = np.zeros(layout.size, dtype=np.int64)
    each = []
    for window in windows[:-1]:
        window.counts.add_to(counts)
        each.append(layout.part(window.counts.dense(), "gauge_waiting")[0, 0])
    reading = metric("saturation.queue").read(View(layout, counts, (1.0, 0.0), None))[0]
    assert reading.value == pytest.approx(np.mean(each))
    assert reading.error == pytest.approx(np.std(each, ddof=1) / len(each) ** 0.5)
    assert metric("saturation.memory").read(View(layout, counts, (1.0, 0.0), None))[0].value > 1e9


def test_how_time_is_cut_changes_no_gauge() -> None:
    whole, cut = (Session(Plan(name="t", text="", document=document())) for _ in range(2))
    for at in range(0, 600 * SECOND, 7 * SECOND):
        cut.advance(at)
        cut.touch()
    one, other = whole.finish(), cut.finish()
    assert one.digest == other.digest
