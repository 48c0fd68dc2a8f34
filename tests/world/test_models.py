"""Models made of others, models of language: held to what follows from their parts in closed form."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from sandbox.run.rig import world_spec
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan
from sandbox.world.block import Block
from sandbox.world.models.llm import Llm
from sandbox.world.models.multi import Multi
from sandbox.world.synthetic_day import SyntheticDay

Z99 = stats.norm.ppf(0.99)


def plan_of(candidate: dict[str, Any], *, minutes: int = 10, incumbent: dict[str, Any] | None = None) -> Plan:
    document = Document.model_validate({
        "scenario": {"title": "Models", "duration": f"{minutes}m"},
        "traffic": {"kind": "steady", "mean": "100/s"},
        "models": {"incumbent": incumbent or {"kind": "synthetic"}, "candidate": candidate},
        "ramp": {"steps": ["50%"], "bake": f"{minutes}m"},
        "record": {"requests": "none"},
    })
    assert list(document.problems()) == []
    return Plan(name="models", text="", document=document)


def block_of(candidate: dict[str, Any], *, incumbent: dict[str, Any] | None = None) -> Block:
    return SyntheticDay(world_spec(plan_of(candidate, incumbent=incumbent), seed=4, recording=None)).block(0)


LLM: dict[str, Any] = {
    "kind": "llm", "prompt": {"p50": 800, "p99": 6000}, "output": {"p50": 150, "p99": 900}, "prefill": "8000/s",
    "decode": "60/s", "overhead": "20ms", "price": {"prompt": 0.5, "output": 1.5}, "cost": 0.001,
}


def lognormal(p50: float, p99: float) -> Any:
    return stats.lognorm(math.log(p99 / p50) / Z99, scale=p50)


def test_the_time_of_a_language_model_is_that_of_its_tokens() -> None:
    time = block_of(LLM).demand(1) / 1e9
    prompt, output = lognormal(800, 6000), lognormal(150, 900)
    mean = 0.02 + prompt.mean() / 8000 + output.mean() / 60
    deviation = math.hypot(prompt.std() / 8000, output.std() / 60)
    assert abs(time.mean() - mean) < 4 * deviation / math.sqrt(len(time))
    assert Llm.model_validate(LLM).mean_service_s == pytest.approx(mean, abs=4 * deviation / 256)
    read, write = prompt.rvs(400_000, random_state=1) / 8000, output.rvs(400_000, random_state=2) / 60
    exact = np.quantile(0.02 + read + write, 0.99)
    assert Llm.model_validate(LLM).slowest / 1e9 == pytest.approx(exact, rel=0.03)


def test_an_answer_of_a_language_model_costs_what_its_tokens_do() -> None:
    charge = np.asarray(block_of(LLM).charge(1)) / 1e6
    prompt, output = lognormal(800, 6000), lognormal(150, 900)
    mean = 0.001 + (0.5 * prompt.mean() + 1.5 * output.mean()) / 1e6
    deviation = math.hypot(0.5 * prompt.std(), 1.5 * output.std()) / 1e6
    assert abs(charge.mean() - mean) < 4 * deviation / math.sqrt(len(charge)) + 1e-6, "rounded to a millionth"


def test_both_arms_read_the_same_prompt_and_each_writes_its_own_answer() -> None:
    reads = LLM | {"decode": "1000000/s", "overhead": "0s"}
    block = block_of(reads, incumbent=reads)
    assert np.corrcoef(block.demand(0), block.demand(1))[0, 1] > 0.99
    writes = LLM | {"prefill": "1000000/s", "overhead": "0s"}
    block = block_of(writes, incumbent=writes)
    assert abs(np.corrcoef(block.demand(0), block.demand(1))[0, 1]) < 4 / math.sqrt(len(block))


CHAIN: dict[str, Any] = {
    "kind": "multi", "mode": "fallback", "default": 0.25, "cost": 1.0,
    "members": [
        {"kind": "synthetic", "auc": 0.85, "errors": "30%", "cost": 3.0},
        {"kind": "synthetic", "auc": 0.75, "errors": "20%", "latency": {"p50": "5ms"}, "cost": 2.0},
    ],
}


def test_in_a_chain_the_next_answers_where_the_one_before_fails() -> None:
    block = block_of(CHAIN)
    score, n = block.opinion(1).score, len(block)
    by_second = np.asarray(block.charge(1)) == 6_000_000
    for answered, auc in ((~by_second, 0.85), (by_second & (score != np.float32(0.25)), 0.75)):
        assert roc_auc_score(block.label[answered], score[answered]) == pytest.approx(auc, abs=0.02)
    given_up = score == np.float32(0.25)
    assert stats.binomtest(int(given_up.sum()), n, 0.3 * 0.2).pvalue > 1e-4
    assert Multi.model_validate(CHAIN).failing == 0.0


def test_a_chain_of_one_is_that_one_and_the_default() -> None:
    block = block_of(CHAIN | {"members": CHAIN["members"][:1]})
    assert block.charge(1).tolist() == [4_000_000] * len(block)  # type: ignore[union-attr]
    given_up = block.opinion(1).score == np.float32(0.25)
    assert stats.binomtest(int(given_up.sum()), len(block), 0.3).pvalue > 1e-4


def test_a_chain_takes_and_costs_what_all_that_were_asked_take_and_cost() -> None:
    block = block_of(CHAIN)
    first, second = lognormal(30e6, 90e6), lognormal(5e6, 15e6)
    mean = first.mean() + 0.3 * second.mean()
    deviation = math.sqrt(first.var() + 0.3 * second.moment(2))
    time, charge = block.demand(1), np.asarray(block.charge(1))
    assert abs(time.mean() - mean) < 4 * deviation / math.sqrt(len(time))
    assert set(charge.tolist()) == {4_000_000, 6_000_000}
    assert stats.binomtest(int((charge == 6_000_000).sum()), len(charge), 0.3).pvalue > 1e-4
    assert (charge[block.opinion(1).score == np.float32(0.25)] == 6_000_000).all()


ENSEMBLE: dict[str, Any] = {
    "kind": "multi", "mode": "mean",
    "members": [{"kind": "synthetic", "auc": 0.76, "errors": "2%", "cost": 1.0}] * 4,
}


def test_an_ensemble_ranks_better_than_its_members_and_waits_for_the_slowest() -> None:
    block, one = block_of(ENSEMBLE), block_of(ENSEMBLE["members"][0])
    assert roc_auc_score(block.label, one.opinion(1).score) == pytest.approx(0.76, abs=0.02)
    assert roc_auc_score(block.label, block.opinion(1).score) > 0.80
    single = lognormal(30e6, 90e6)
    low, high = (single.ppf(q ** (1 / 4)) for q in (0.49, 0.51))  # the slowest of four is below x with chance F(x)^4
    assert low < np.median(block.demand(1)) < high
    assert block.charge(1) == 4_000_000
    assert Multi.model_validate(ENSEMBLE).failing == pytest.approx(1 - 0.98**4)


def test_an_ensemble_fails_in_flight_as_often_as_any_of_its_members() -> None:
    flight = fly(plan_of(ENSEMBLE))
    failed, n = int(flight.truth.statuses[1][3]), int(flight.truth.statuses[1].sum())
    assert stats.binomtest(failed, n, 1 - 0.98**4).pvalue > 1e-4


def test_a_service_is_sized_for_what_its_members_take() -> None:
    session = Session(plan_of(CHAIN))
    slow = Session(plan_of(CHAIN | {"members": [
        member | {"latency": {"p50": "300ms"}} for member in CHAIN["members"]
    ]}))
    small, large = (one.world.spec.services[1].replicas for one in (session, slow))
    assert small is not None
    assert large is not None
    assert large > 5 * small


@pytest.mark.parametrize(("change", "said"), [
    ({"members": []}, "at least 1"), ({"members": [{"kind": "logged"}]}, "logged"),
    ({"members": [CHAIN]}, "multi"), ({"mode": "vote"}, "mean"),
])
def test_a_chain_that_cannot_be_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Multi.model_validate(CHAIN | change)


def test_a_member_above_the_best_there_is_is_named_by_its_place() -> None:
    document = plan_of(CHAIN).document
    members = [CHAIN["members"][0], CHAIN["members"][1] | {"auc": 0.99}]
    worse = document.model_copy(update={"models": {
        **document.models, "candidate": Multi.model_validate(CHAIN | {"members": members})
    }})
    assert [one.path for one in worse.problems()] == [("models", "candidate", "members", 1, "auc")]


def test_tokens_named_by_a_feature_need_a_replay() -> None:
    document = plan_of(LLM).document
    named = document.model_copy(update={"models": {
        **document.models, "candidate": Llm.model_validate(LLM | {"prompt_feature": "ContextTokens"})
    }})
    assert [one.path for one in named.problems()] == [("models", "candidate", "prompt_feature")]


def test_recorded_tokens_take_their_recorded_time() -> None:
    class Recorded:
        def normals(self, component: str) -> np.ndarray:
            raise AssertionError("nothing is drawn")

        def column(self, feature: str) -> np.ndarray:
            return {"ContextTokens": np.float32([800, 0]), "GeneratedTokens": np.float32([60, 6])}[feature]

    model = Llm.model_validate(LLM | {"prompt_feature": "ContextTokens", "output_feature": "GeneratedTokens"})
    draws: Any = Recorded()
    np.testing.assert_allclose(model.time("candidate", draws), [20e6 + 1.1e9, 20e6 + 0.1e9], rtol=1e-6)
    np.testing.assert_array_equal(model.charge("candidate", draws), [1_000 + 490, 1_000 + 9])
