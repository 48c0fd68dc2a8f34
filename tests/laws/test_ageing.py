"""Models that grow old and models that behave otherwise in a segment, measured by an estimator that is not ours."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from sandbox.run.rig import world_spec
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.world.block import Block
from sandbox.world.models.synthetic import auc_of, rho_for, truth_for
from sandbox.world.synthetic_day import SyntheticDay

MINUTE = 60 * 10**9
SEGMENTS = [{"name": "eu", "share": "50%"}, {"name": "apac", "share": "50%"}]


def document_of(**candidate: Any) -> Document:
    return Document.model_validate({
        "scenario": {"title": "t", "duration": "40m", "seed": 3},
        "traffic": {"kind": "steady", "mean": "50/s"},
        "segments": SEGMENTS,
        "models": {"incumbent": {"kind": "synthetic"}, "candidate": candidate if "kind" in candidate else {
            "kind": "synthetic", "auc": 0.85} | candidate},
    })


def block_of(**candidate: Any) -> Block:
    document = document_of(**candidate)
    assert list(document.problems()) == []
    return SyntheticDay(world_spec(Plan(name="t", text="", document=document), seed=3, recording=None)).block(0)


@pytest.mark.parametrize("age", ["0s", "30m"])
def test_a_model_ranks_the_worse_the_older_it_is_as_its_memory_says(age: str) -> None:
    intercept, signal = truth_for(base_rate=0.2, best_auc=0.9)
    rho = rho_for(0.85, intercept=intercept, signal=signal)
    block = block_of(age=age, memory="1h")
    score, minutes = block.opinion(1).score, block.at / MINUTE
    for start in (0, 30):
        mine = (minutes >= start) & (minutes < start + 10)
        old = start + 5 + int(age[:-1])
        expected = auc_of(rho * np.exp(-old / 60), intercept=intercept, signal=signal)
        # Four standard errors of an AUC on 30,000 requests, a fifth of them true, and what it falls in ten minutes.
        assert abs(roc_auc_score(block.label[mine], score[mine]) - expected) < 4 * 0.0034 + 0.002


def test_a_model_without_memory_never_grows_old() -> None:
    assert (block_of().opinion(1).score == block_of(memory=None).opinion(1).score).all()
    slow = block_of(memory="3650d").opinion(1).score
    assert np.allclose(slow, block_of().opinion(1).score, atol=1e-3)


def test_in_a_segment_a_model_ranks_is_calibrated_and_takes_as_said_and_elsewhere_as_ever() -> None:
    plain = block_of()
    other = block_of(segments={"apac": {"auc": 0.7, "slope": 0.6, "bias": 0.5, "slower": 2.0}})
    there = plain.segment == 1
    assert (other.opinion(1).score[~there] == plain.opinion(1).score[~there]).all()
    assert (other.demand(1)[~there] == plain.demand(1)[~there]).all()
    assert np.allclose(other.demand(1)[there], 2.0 * plain.demand(1)[there], rtol=1e-6)
    score, label = other.opinion(1).score[there], plain.label[there]
    assert abs(roc_auc_score(label, score) - 0.7) < 4 * 0.0026
    fit = LogisticRegression(C=1e9).fit(np.log(score / (1 - score)).reshape(-1, 1), label)
    assert abs(fit.coef_[0, 0] - 0.6) < 0.06
    assert abs(fit.intercept_[0] - 0.5) < 0.08


@pytest.mark.parametrize(("candidate", "said"), [
    ({"age": "3d"}, "it never grows old unless memory is said; add memory, or remove it"),
    ({"segments": {"apca": {"auc": 0.7}}}, 'no segment "apca"; nearest: apac'),
    ({"kind": "multi", "members": [{"kind": "synthetic", "segments": {"apac": {"slower": 2}}}]},
     "not yet: a member that is slower in a segment; remove it"),
    ({"segments": {"apac": {"auc": 0.95}}}, "0.95 is above population.best_auc 0.9; lower it or raise best_auc"),
])
def test_what_a_model_cannot_be_is_told(candidate: dict[str, Any], said: str) -> None:
    assert [one.message for one in document_of(**candidate).problems()] == [said]
