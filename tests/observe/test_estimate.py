"""Performance estimated without labels, against its definition on raw columns and against what came true."""

from typing import Any

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

from sandbox.base.window import Layout
from sandbox.observe.collector import reference_of
from sandbox.observe.metrics.kinds import metric
from sandbox.observe.metrics.view import View
from sandbox.observe.reference import with_scores
from sandbox.run.session import Session
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from tests.observe.made import answers, labels, window_of


def test_an_estimate_is_what_the_calibrated_scores_of_the_raw_columns_promise() -> None:
    past, now = labels(20_000, 1, power=1.4), answers(20_000, 2)
    now.decision[:] = now.score >= 0.33
    reference = with_scores(
        reference_of(np.zeros((2, 2), dtype=np.float32)), score=[past.score] * 2, decision=[past.decision] * 2,
        label=past.label, known=None,
    )
    there = (now.arm == 1) & (now.status == 0)
    score, yes = now.score[there], now.decision[there]
    q = IsotonicRegression(out_of_bounds="clip").fit(past.score, past.label).predict(score)
    exact = {
        "accuracy": np.where(yes, q, 1 - q).mean(), "precision": q[yes].mean(), "recall": q[yes].sum() / q.sum(),
        "fpr": (1 - q)[yes].sum() / (1 - q).sum(),
        "auc": roc_auc_score(np.repeat([1, 0], len(q)), np.tile(score, 2), sample_weight=np.r_[q, 1 - q]),
    }
    view = window_of(now, reference)
    for name, expected in exact.items():
        # A hundredth of the score holds requests of slightly different chances.
        assert metric(f"estimate.{name}").read(view)[1].value == pytest.approx(expected, abs=2e-3)


def realised_and_estimated(**keys: Any) -> tuple[float, float, float]:
    session = Session(Plan(name="t", text="", document=Document.model_validate({
        "scenario": {"title": "t", "duration": "20m", "tick": "1m"}, "traffic": {"kind": "steady", "mean": "200/s"},
        "models": {"incumbent": {"kind": "synthetic"}, "candidate": {"kind": "synthetic", "auc": 0.85, "slope": 0.6}},
        "labels": {"delay": "1s"}, "ramp": {"steps": ["50%"], "bake": "1h"},
        "gates": [{"kind": "threshold", "metric": "estimate.accuracy", "min": 0.01}], **keys,
    })))
    windows, layout = session.finish().windows, session.collector.layout
    reference = session.collector.reference

    def late(*, matured: bool) -> View:
        counts = np.zeros(layout.label_size if matured else layout.size, dtype=np.int64)
        for window in windows:
            if window.matured == matured and window.start >= 5 * 60 * 10**9:
                window.counts.add_to(counts)
        return View(layout, counts, (0.5, 0.5), reference)

    true = metric("quality.accuracy").read(late(matured=True))[1]
    guess = metric("estimate.accuracy").read(late(matured=False))[1]
    assert isinstance(layout, Layout)
    return true.value, guess.value, (true.error**2 + guess.error**2) ** 0.5


def test_without_drift_and_under_covariate_shift_the_estimate_is_what_comes_true() -> None:
    true, guess, error = realised_and_estimated()
    assert abs(true - guess) < 4 * error
    moved = [{"kind": "covariate", "at": "2m", "shift": 1.0, "features": ["f1"]}]
    shifted, guess, error = realised_and_estimated(drift=moved)
    assert abs(shifted - guess) < 4 * error + 0.01


def test_under_concept_drift_the_estimate_does_not_move_and_is_wrong() -> None:
    steady, _, _ = realised_and_estimated()
    true, guess, error = realised_and_estimated(drift=[{"kind": "concept", "at": "2m", "angle": 90}])
    assert true < steady - 0.03
    assert guess > true + 10 * error


ESTIMATE = {"kind": "threshold", "metric": "estimate.accuracy", "min": "50%"}
MEASURED = {"kind": "threshold", "metric": "errors.rate", "max": "5%"}


@pytest.mark.parametrize(("gates", "outcome"), [
    ([], "promoted"),
    ([ESTIMATE], "held"),
    ([ESTIMATE, MEASURED], "promoted"),
    ([ESTIMATE, MEASURED | {"dry_run": True}], "held"),
    ([ESTIMATE | {"dry_run": True}], "promoted"),
    ([ESTIMATE | {"min": "99%"}], "rolled_back"),
    ([ESTIMATE | {"min": "99%", "failure_limit": 900}, MEASURED], "held"),
])
def test_a_gate_on_an_estimate_may_hold_or_roll_back_but_its_pass_alone_advances_nothing(
    gates: list[dict[str, Any]], outcome: str
) -> None:
    flown = Session(Plan(name="t", text="", document=Document.model_validate({
        "scenario": {"title": "t", "duration": "10m", "tick": "30s"}, "traffic": {"kind": "steady", "mean": "100/s"},
        "models": {"incumbent": {"kind": "synthetic"}, "candidate": {"kind": "synthetic"}},
        "ramp": {"steps": ["10%", "50%"], "bake": "2m"},
        "gates": [gate | {"name": f"g{index}"} for index, gate in enumerate(gates)],
    }))).finish()
    assert flown.outcome == outcome
    if outcome == "held" and len(gates) == 1:
        last = next(entry for entry in reversed(flown.journal) if entry.kind == "end")
        assert "on estimates" in last.facts["held_by"]
