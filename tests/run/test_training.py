"""A training learns from what was seen, as well as that allows, and only where the data is as it should be."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

from sandbox.base.flight import Flight
from sandbox.base.reading import Reading
from sandbox.base.rows import RequestRows
from sandbox.base.verdict import Verdict
from sandbox.decide.snapshot import SnapshotCheck
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.world.models.trained import Trained
from sandbox.world.synthetic_day import SyntheticDay

MINUTE = 60 * 10**9

TABLES: dict[str, Any] = {
    "scenario": {"title": "t", "duration": "80m", "seed": 5},
    "traffic": {"kind": "steady", "mean": "30/s"},
    "models": {"incumbent": {"kind": "synthetic", "auc": 0.8}, "candidate": {"kind": "trained"}},
    "services": {"incumbent": {"replicas": 4}},
    "labels": {"delay": "2m"},
    "users": {"consent": "80%"},
    "retraining": {"at": "50m", "window": "30m", "takes": "10m", "replicas": 2, "rows": 10_000},
    "ramp": {"steps": ["30%"], "bake": "1h"},
}


def plan_of(**tables: Any) -> Plan:
    document = Document.model_validate(TABLES | tables)
    assert list(document.problems()) == []
    return Plan(name="t", text="", document=document)


def told(flight: Flight, kind: str = "retraining") -> list[tuple[int, dict[str, Any]]]:
    return [(entry.at // MINUTE, entry.facts) for entry in flight.journal if entry.kind == kind]


def test_coefficients_are_those_of_another_logistic_regression() -> None:
    draw = np.random.default_rng(3)
    features = draw.normal([0, 5, -2], [1, 10, 0.1], (4_000, 3)).astype(np.float32)
    label = draw.random(4_000) < 1 / (1 + np.exp(-(features @ [1.0, 0.05, 8.0] + 14)))
    slopes, intercept = Trained(ridge=3.0).fitted(features, label)
    scaler = StandardScaler().fit(features)
    other = LogisticRegression(C=1 / 3.0, tol=1e-10, max_iter=1_000).fit(scaler.transform(features), label)
    expected = other.coef_[0] / scaler.scale_
    assert np.allclose(slopes, expected, rtol=1e-3)
    assert intercept == pytest.approx(float(other.intercept_[0] - expected @ scaler.mean_), rel=1e-3)


def test_where_all_labels_are_alike_everybody_gets_the_same_score() -> None:
    slopes, intercept = Trained().fitted(np.ones((50, 2), dtype=np.float32), np.zeros(50, dtype=bool))
    assert not slopes.any()
    assert intercept == pytest.approx(np.log(0.5 / 50.5))


def test_the_snapshot_holds_what_was_known_then_of_those_who_agreed_and_nothing_else() -> None:
    kept: list[RequestRows] = []
    session = Session(plan_of(
        record={"features": True}, drift=[{"kind": "label-noise", "rate": "20%"}, {"kind": "missing", "rate": "10%"}],
    ), keep=kept.append)
    session.finish()
    notebook = session.world._notebook
    assert notebook is not None
    features, label = notebook.snapshot()
    assert notebook.lesson.stride == 5
    private, rows, seen = session.world.day.crowd.private, list[np.ndarray](), list[np.ndarray]()
    assert private is not None
    for number, one in enumerate(kept):
        mine = (one.at >= 20 * MINUTE) & (one.at < 50 * MINUTE) & (one.seq % 5 == 0) & (one.status == 0)
        mine &= ~private[one.user] & (np.maximum(one.label_at, one.at + one.latency) < 50 * MINUTE)
        assert one.features is not None
        rows.append(np.nan_to_num(one.features[mine]))
        seen.append(session.world.day.block(number).reported_label[mine])
    assert 5_000 < len(label) < 10_000
    assert (features == np.concatenate(rows)).all()
    assert (label == np.concatenate(seen)).all()


def trained(drift: list[dict[str, Any]]) -> tuple[float, float]:
    """The AUC and the Brier score, on another day and true labels, of a model trained on this one."""
    session = Session(plan_of(drift=drift, record={"features": True}))
    session.finish()
    day = session.world.day
    assert isinstance(day, SyntheticDay)
    fresh = day.reference(40_000)
    score = day._recall(fresh, 1, "candidate")
    return float(roc_auc_score(fresh.label, score)), float(brier_score_loss(fresh.label, score))


def test_a_clean_snapshot_gives_a_model_about_as_good_as_can_be_and_a_bad_one_a_bad_model() -> None:
    auc, brier = trained([])
    assert 0.89 < auc < 0.904  # the best there is has 0.9
    noisy_auc, noisy_brier = trained([{"kind": "label-noise", "rate": "40%"}])
    assert noisy_brier > 1.5 * brier
    assert noisy_auc < auc - 0.005
    wrong_auc, wrong_brier = trained([{"kind": "label-noise", "rate": "80%"}])
    assert wrong_auc < 0.2
    assert wrong_brier > 3 * brier
    features = [f"f{number}" for number in (5, 6, 7)]
    skewed, _ = trained([{"kind": "stale", "features": features, "age": "3h", "memory": "1h"}])
    assert skewed < auc - 0.05
    # What went wrong before the snapshot, or after it, did not.
    assert trained([{"kind": "label-noise", "rate": "80%", "until": "15m"}])[0] == pytest.approx(auc, abs=1e-12)


CHECK = {"metric": "quality.accuracy", "min": "75%"}
NOISE = {"kind": "label-noise", "rate": "40%", "at": "10m"}


def retraining(**said: Any) -> dict[str, Any]:
    return TABLES["retraining"] | said


def test_a_check_that_fails_stops_the_training_and_the_ramp_never_begins() -> None:
    flight = fly(plan_of(drift=[NOISE], retraining=retraining(checks=[CHECK])))
    assert [(at, facts["what"]) for at, facts in told(flight)] == [(50, "check"), (50, "stopped")]
    assert flight.outcome == "held"
    assert flight.truth.users_on_candidate == 0
    assert "the retraining was stopped" in str(flight.journal[-1].facts["held_by"])


def test_a_check_that_fails_is_only_written_down_where_training_goes_on_anyway() -> None:
    flight = fly(plan_of(drift=[NOISE], retraining=retraining(checks=[CHECK], anyway=True)))
    assert [facts["what"] for _, facts in told(flight)] == ["check", "begins", "ends"]
    assert flight.truth.users_on_candidate > 0


def test_a_check_without_data_stops_it_too() -> None:
    flight = fly(plan_of(drift=[{"kind": "label-stop"}], retraining=retraining(checks=[CHECK])))
    assert told(flight)[0][1]["verdict"] == "no_data"
    assert flight.truth.users_on_candidate == 0


def test_the_ramp_begins_when_the_training_has_ended_and_the_pool_has_its_replicas_back() -> None:
    session = Session(plan_of())
    flight = session.finish()
    assert [(at, facts["what"]) for at, facts in told(flight)] == [(50, "begins"), (60, "ends")]
    assert next((at, facts["what"]) for at, facts in told(flight, "ramp")) == (60, "step")
    layout, slots = session.collector.layout, dict[int, float]()
    for window in flight.windows:
        if not window.matured:
            counts = window.counts.dense()
            scrapes = int(layout.part(counts, "scrapes")[0])
            slots[window.end // MINUTE] = float(layout.part(counts, "gauge_slots")[0, 0]) / max(1, scrapes)
    assert slots[50] == 4
    assert slots[55] == slots[59] == 2
    assert slots[62] == 4


def test_a_training_waits_for_quiet_hours_and_its_snapshot_with_it() -> None:
    flight = fly(plan_of(
        scenario={"title": "t", "duration": "3h"}, traffic={"kind": "steady", "mean": "5/s"},
        calendar={"start": "2026-03-24 00:10", "quiet": ["Tue 02:00-05:00"]},
        retraining=retraining(quiet_hours=True, replicas=0),
    ))
    assert [(at, facts["what"]) for at, facts in told(flight)] == [(50, "waits"), (110, "begins"), (120, "ends")]


def test_a_training_that_does_not_end_before_the_day_trains_nothing() -> None:
    flight = fly(plan_of(
        calendar={"start": "2026-03-24 00:10", "quiet": ["Tue 02:00-05:00"]}, retraining=retraining(quiet_hours=True),
    ))
    assert "does not end before the day does" in str(flight.journal[-1].facts["held_by"])


def test_cutting_time_anywhere_changes_no_bit() -> None:
    plan = plan_of(drift=[NOISE], experience={"leaving": {"wrong": "1%"}})
    session, at = Session(plan), 0
    while at < 80 * MINUTE:
        at += 47_333_333_333
        session.advance(at)
        session.touch()
    assert session.finish().digest == fly(plan).digest


@pytest.mark.parametrize(("tables", "said"), [
    ({"retraining": None}, 'nothing trains it; add [retraining] with model = "candidate", or say another kind'),
    ({"models": {"incumbent": {"kind": "synthetic"}, "candidate": {"kind": "synthetic"}}},
     'no model of kind trained "candidate"; there is none'),
    ({"retraining": retraining(at="75m")}, "the training would end after the flight has"),
    ({"retraining": retraining(quiet_hours=True)},
     'no quiet hours are said; add [calendar] with quiet = ["Mon-Fri 02:00-05:00"]'),
    ({"retraining": retraining(checks=[{"metric": "quality.acuracy", "min": 1}])}, 'no metric "quality.acuracy"'),
    ({"gates": [{"kind": "threshold", "metric": "drift.psi.score", "max": 1}]},
     "candidate is trained in the flight and has no reference of its scores; name another"),
])
def test_what_cannot_be_trained_is_told(tables: dict[str, Any], said: str) -> None:
    problems = [one.message for one in Document.model_validate(TABLES | tables).problems()]
    assert len(problems) == 1
    assert problems[0].startswith(said)


@pytest.mark.parametrize(("value", "n", "verdict"), [
    (0.95, 5_000, Verdict.PASS), (0.9, 5_000, Verdict.PASS), (0.89, 5_000, Verdict.FAIL), (0.98, 5_000, Verdict.FAIL),
    (0.95, 999, Verdict.NO_DATA), (float("nan"), 5_000, Verdict.NO_DATA), (float("nan"), 0, Verdict.NO_DATA),
])
def test_what_a_check_says(value: float, n: int, verdict: Verdict) -> None:
    check = SnapshotCheck.model_validate({"metric": "labels.coverage", "min": "90%", "max": "97%"})
    assert check.judge(Reading(value=value, n=n), "share")[0] is verdict
