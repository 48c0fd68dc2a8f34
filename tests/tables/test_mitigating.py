"""Where thresholds go: against Hardt, Price and Srebro's condition, and who may be moved when."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from sandbox.base.action import Action, Adjust, Hold, RollBack
from sandbox.base.verdict import Judgement, Verdict
from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.decide.ramp.mitigating import heed, thresholds
from sandbox.decide.ramp.steps import Steps

BINS = 100
GROUPS = ("many", "few")


def grades(*, shift: float, many: int = 60_000, few: int = 20_000) -> np.ndarray[Any, Any]:
    """Scores of false and of true cases, normal around 0.4 and 0.6, those of the few `shift` lower: known quantiles."""
    edges = np.linspace(0.0, 1.0, BINS + 1)
    edges[0], edges[-1] = -np.inf, np.inf
    table = np.zeros((2, 2, BINS), dtype=np.int64)
    for group, (n, lower) in enumerate(((many, 0.0), (few, shift))):
        for label, centre in enumerate((0.4, 0.6)):
            table[group, label] = np.round(n * np.diff(norm.cdf(edges, centre - lower, 0.1)))
    return table


@pytest.mark.parametrize("shift", [0.03, 0.1, 0.25, -0.08])
@pytest.mark.parametrize("kinds", [(1,), (0,), (0, 1)])
def test_scores_that_lie_lower_are_decided_on_as_much_lower(shift: float, kinds: tuple[int, ...]) -> None:
    # Equal opportunity asks for equal shares above the threshold: where all scores are moved alike, so is it.
    found = dict(thresholds(grades(shift=shift), GROUPS, kinds=kinds, threshold=0.5))
    assert found["few"] == pytest.approx(0.5 - shift, abs=0.5 / BINS)
    assert set(found) == {"few"}, "the largest group keeps its own"


def test_both_rates_at_once_are_a_compromise() -> None:
    # The true cases of the few lie 0.1 lower, their false ones where they are: no threshold makes both rates equal.
    table = grades(shift=0.1)
    table[1, 0] = table[0, 0] // 3
    one, other, both = (
        dict(thresholds(table, GROUPS, kinds=kinds, threshold=0.5)).get("few", 0.5) for kinds in ((1,), (0,), (0, 1))
    )
    assert one == pytest.approx(0.4, abs=0.005)
    assert other == 0.5
    assert one < both < other
    above = table[:, :, ::-1].cumsum(axis=2)[:, :, ::-1] / table.sum(axis=2, keepdims=True)
    gaps = np.abs(above[1] - above[0, :, [50]].T).max(axis=0)
    assert gaps[round(both * BINS)] == gaps.min()


def test_equal_groups_stay_and_so_do_groups_of_whom_little_is_known() -> None:
    assert thresholds(grades(shift=0.0), GROUPS, kinds=(1,), threshold=0.5) == ()
    assert thresholds(grades(shift=0.1, few=99), GROUPS, kinds=(1,), threshold=0.5) == ()
    assert thresholds(grades(shift=0.1, few=150), GROUPS, kinds=(1,), threshold=0.5) != ()


def failing(gate: str) -> Judgement:
    return Judgement(gate=gate, kind="g", verdict=Verdict.FAIL, because="+9pp > +5pp", value=0.09, bound=0.05, n=9)


FAIR, ODDS, ERRORS = {"fair": ("fairness.tpr_gap",)}, {"odds": ("fairness.tpr_gap", "fairness.fpr_gap")}, {
    "errors": ("errors.rate",)
}
BACK = RollBack("fair failed")

CASES: list[tuple[str, dict[str, Any], dict[str, tuple[str, ...]], Action, dict[str, Any], bool]] = [
    ("fairness alone failed", {}, FAIR, BACK, {}, True),
    ("both gates on fairness failed", {}, FAIR | ODDS, BACK, {}, True),
    ("something else failed, too", {}, FAIR | ERRORS, BACK, {}, False),
    ("only something else failed", {}, ERRORS, BACK, {}, False),
    ("nothing failed: patience ended", {}, {}, BACK, {}, False),
    ("it was tried before", {}, FAIR, BACK, {"thresholds": (("few", 0.4),)}, False),
    ("the ramp does not say so", {"mitigation": "none"}, FAIR, BACK, {}, False),
    ("it holds anyway", {}, FAIR, Hold("bakes"), {}, False),
]


@pytest.mark.parametrize(("says", "keys", "failed", "action", "climb", "moves"), CASES, ids=[row[0] for row in CASES])
def test_thresholds_move_instead_of_a_rollback(
    says: str, keys: dict[str, Any], failed: dict[str, tuple[str, ...]], action: Action, climb: dict[str, Any],
    moves: bool,
) -> None:
    ramp = Steps.model_validate({"steps": ["5%"], "mitigation": "thresholds", **keys})
    before = Climb(Phase.CLIMBING, 0, 0, **climb)
    gone = Climb(Phase.ROLLED_BACK, 0, 7)
    after, done = heed(
        ramp, before, gone, action, failed=failed, judgements=tuple(failing(name) for name in failed),
        grades=grades(shift=0.1), groups=GROUPS, threshold=0.5, at=7,
    )
    if not moves:
        assert (after, done) == (gone, action)
        return
    assert isinstance(done, Adjust)
    assert done.thresholds == (("few", pytest.approx(0.4, abs=0.005)),)
    assert "+9pp > +5pp" in done.because
    assert after.phase is Phase.CLIMBING
    assert (after.since, after.thresholds) == (7, done.thresholds), "the step begins anew"


def test_where_no_threshold_is_better_it_is_rolled_back() -> None:
    ramp = Steps.model_validate({"steps": ["5%"], "mitigation": "thresholds"})
    gone = Climb(Phase.ROLLED_BACK, 0, 7)
    after, done = heed(
        ramp, Climb(Phase.CLIMBING), gone, BACK, failed=FAIR, judgements=(failing("fair"),),
        grades=grades(shift=0.0), groups=GROUPS, threshold=0.5, at=7,
    )
    assert after == gone
    assert done == RollBack("fair failed, and no threshold of a group is known to narrow it")
