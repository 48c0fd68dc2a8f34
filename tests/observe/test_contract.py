"""What a data contract counts, against the raw columns."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sandbox.base.telemetry import Arrivals
from sandbox.base.units import NS_PER_SECOND
from sandbox.base.window import Layout
from sandbox.observe.collector import Collector, reference_of
from sandbox.observe.contract import Promise, nulls_of, terms_of
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.view import Reference, View
from sandbox.observe.telemetry import TelemetryTable
from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

FEATURES = ("amount", "country", "free")
COUNTRIES = ("de", "fr", "xx")


def columns(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    features = np.column_stack([
        np.round(draw.normal(0.5, 0.3, n), 1), draw.integers(0, 3, n), draw.standard_normal(n)
    ]).astype(np.float32)
    features[draw.random((n, 3)) < 0.05] = np.nan
    return features, draw.integers(0, 2, n).astype(np.uint8)


def read(promises: list[dict[str, Any]], name: str, features: np.ndarray, arm: np.ndarray) -> tuple[float, int]:
    spoken = [Promise.model_validate(one) for one in promises]
    layout = Layout(("incumbent", "candidate"), ("all",), ("all",), FEATURES)
    known = reference_of(features)
    reference = Reference(known.edges, known.counts, nulls=nulls_of(spoken, features=FEATURES))
    collector = Collector(
        layout, TelemetryTable.model_validate({"sample": "100%"}), users=1, horizon=1, reference=reference,
        terms=terms_of(spoken, features=FEATURES, categories={"country": COUNTRIES}),
    )
    n = len(arm)
    collector.begin(0, step=0, share=(0.5, 0.5))
    collector._take_arrivals(Arrivals(
        first_seq=0, at=np.arange(n), arm=arm, segment=np.zeros(n, np.uint8), group=np.zeros(n, np.uint8),
        user=np.zeros(n, np.int32), shadow=np.zeros((n, 2), np.bool_), features=features, age=None,
    ))
    collector.close(n)
    (window,) = collector.readable(n)
    reading = metric(name).read(View(layout, window.counts.dense(), (0.5, 0.5), reference))[1]
    return reading.value, reading.n


def test_values_out_of_range_or_of_no_allowed_category_are_those_of_the_raw_columns() -> None:
    features, arm = columns(5_000, 1)
    promises = [
        {"feature": "amount", "min": 0.1, "max": 0.9},
        {"feature": "country", "type": "category", "categories": ["de", "fr"], "nulls": "2%"},
    ]
    mine = features[arm == 1]
    amount, country = mine[:, 0], mine[:, 1]
    low, high = np.float32(0.1), np.float32(0.9)
    out = int(((amount < low) | (amount > high)).sum())
    unseen, missing = int((country == 2).sum()), int(np.isnan(country).sum())
    beyond = int(np.ceil(missing - 0.02 * len(mine)))
    assert min(out, unseen, beyond) > 20
    n = len(mine)
    assert read(promises, "contract.violations.rate.amount", features, arm) == (out / n, n)
    assert read(promises, "contract.violations.rate.country", features, arm) == ((unseen + beyond) / n, n)
    whole = read(promises, "contract.violations.rate", features, arm)
    assert whole == ((out + unseen + beyond) / (2 * n), 2 * n)


@pytest.mark.parametrize("promise", [
    {"feature": "amount", "type": "category"}, {"feature": "country", "type": "number"},
])
def test_a_column_of_another_type_breaks_its_promise_with_every_value(promise: dict[str, Any]) -> None:
    features, arm = columns(500, 2)
    there = (~np.isnan(features[arm == 1][:, FEATURES.index(promise["feature"])])).mean()
    assert read([promise], "contract.violations.rate", features, arm)[0] == pytest.approx(there)


@pytest.mark.parametrize(("promise", "says"), [
    ({"feature": "f1", "categories": ["a"]}, "a number has no categories"),
    ({"feature": "f1", "type": "category", "min": 0}, "a category has no min or max"),
    ({"feature": "f1", "min": 1, "max": 0}, "min is above max"),
])
def test_a_promise_that_cannot_be_meant_is_refused(promise: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Promise.model_validate(promise)


def document(**tables: Any) -> Document:
    return Document.model_validate({
        "scenario": {"title": "t", "duration": "6m", "tick": "20s"}, "traffic": {"kind": "steady", "mean": "100/s"},
        "population": {"missing": "3%"}, "telemetry": {"sample": "100%"},
        "models": {"incumbent": {"kind": "synthetic"}, "candidate": {"kind": "synthetic"}},
        "ramp": {"steps": ["50%"], "bake": "4m"}, **tables,
    })


def test_a_flight_counts_what_breaks_the_contract_and_a_gate_can_fail_on_it() -> None:
    flown = fly(Plan(name="t", text="", document=document(
        contract=[{"feature": "f1", "min": -2, "max": 2, "nulls": "1%"}],
        gates=[{"kind": "threshold", "metric": "contract.violations.rate", "max": "1%"}],
    )))
    verdict = next(entry.facts for entry in flown.journal if entry.kind == "gate" and entry.facts["n"] > 1_000)
    # A standard normal lies beyond 2 with 4.55% chance; 3% of values are missing, of which 1% may be.
    expected, n = 0.0455 * 0.97 + 0.02, verdict["n"]
    assert abs(verdict["value"] - expected) < 4 * (expected / n) ** 0.5
    assert flown.outcome == "rolled_back"
    assert n < 50 * (flown.ended_at // NS_PER_SECOND)


def test_what_a_contract_names_is_checked() -> None:
    gate = {"kind": "threshold", "metric": "contract.violations.rate.f2", "max": "1%"}
    said = [one.message for one in document(gates=[gate]).problems()]
    assert said == ["nothing is promised about the data; add a [[contract]]"]
    promises = [{"feature": "f1"}, {"feature": "f1"}, {"feature": "g"}, {"feature": "f3", "type": "category"}]
    said = [one.message for one in document(contract=promises, gates=[gate]).problems()]
    assert [line.split(";")[0] for line in said] == [
        '"f1" stands here twice', 'no feature "g"', "the features of synthetic traffic are numbers",
        'no feature under contract "f2"',
    ]
