"""The ramp at its boundaries: one row, one case."""

import pytest

from sandbox.base.action import Advance, Divert, Hold, Promote, RollBack
from sandbox.base.verdict import Judgement, Verdict, worst
from sandbox.decide.ramp.approving import Asked, approve, heed
from sandbox.decide.ramp.climb import Climb, Phase, begin, step
from sandbox.decide.ramp.steps import Steps

MINUTE = 60 * 10**9


def says(verdict: Verdict, *, decides: bool = True, segment: str = "") -> Judgement:
    return Judgement(
        gate="g", kind="threshold", verdict=verdict, because="3% > 2%", value=0.03, bound=0.02, n=9, decides=decides,
        segment=segment,
    )


def ramp(**keys: object) -> Steps:
    return Steps.model_validate({"steps": ["shadow", "5%", "50%"], "bake": "10m", **keys})


PASS, FAIL, OPEN, NONE, BROKEN = (
    Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NO_DATA, Verdict.ERROR
)

TABLE = [
    # minutes, answered, verdicts, ramp, action, phase
    (9, 0, [PASS], {}, Hold, Phase.CLIMBING),
    (10, 0, [PASS], {}, Advance, Phase.CLIMBING),
    (10, 0, [], {}, Advance, Phase.CLIMBING),
    (10, 0, [PASS, OPEN], {}, Hold, Phase.CLIMBING),
    (10, 0, [PASS, NONE], {}, Hold, Phase.CLIMBING),
    (10, 0, [PASS, BROKEN], {}, Hold, Phase.CLIMBING),
    (1, 0, [FAIL], {}, RollBack, Phase.ROLLED_BACK),
    (10, 0, [PASS, FAIL], {}, RollBack, Phase.ROLLED_BACK),
    (1, 0, [FAIL], {"on_fail": "hold"}, Hold, Phase.CLIMBING),
    (30, 0, [FAIL], {"on_fail": "hold"}, Hold, Phase.CLIMBING),
    (10, 99, [PASS], {"minimum": 100}, Hold, Phase.CLIMBING),
    (10, 100, [PASS], {"minimum": 100}, Advance, Phase.CLIMBING),
    (14, 0, [NONE], {"patience": "5m"}, Hold, Phase.CLIMBING),
    (15, 0, [NONE], {"patience": "5m"}, RollBack, Phase.ROLLED_BACK),
    (15, 0, [NONE], {"patience": "5m", "out_of_patience": "advance"}, Advance, Phase.CLIMBING),
    (15, 0, [FAIL], {"patience": "5m", "out_of_patience": "advance", "on_fail": "hold"}, Hold, Phase.CLIMBING),
    (14, 0, [FAIL], {"patience": "5m", "on_fail": "hold"}, Hold, Phase.CLIMBING),
    (15, 0, [FAIL], {"patience": "5m", "on_fail": "hold"}, RollBack, Phase.ROLLED_BACK),
]


@pytest.mark.parametrize(("minutes", "answered", "verdicts", "keys", "action", "phase"), TABLE)
def test_the_ramp_does_what_its_row_says(
    minutes: int, answered: int, verdicts: list[Verdict], keys: dict[str, object], action: type, phase: Phase
) -> None:
    began = 37 * MINUTE
    at = began + minutes * MINUTE
    climb, done = step(
        ramp(**keys), begin(ramp(**keys), at=began), [says(verdict) for verdict in verdicts], at=at, answered=answered,
    )
    assert isinstance(done, action)
    assert done.because
    assert climb.phase is phase
    if isinstance(done, Hold):
        assert (climb.step, climb.since, climb.held_by) == (0, began, done.because)
    else:
        assert (climb.step, climb.since, climb.held_by) == (int(isinstance(done, Advance)), at, "")


SAID = [
    (1, [FAIL], {}, "g failed at step shadow: 3% > 2%"),
    (1, [], {}, "bakes until 00:10"),
    (10, [], {"minimum": 2_000}, "0 of at least 2,000 answers"),
    (10, [OPEN], {}, "g: inconclusive, 3% > 2%"),
    (10, [NONE, OPEN], {}, "g: no data, 3% > 2%"),
    (10, [PASS], {}, "every gate passed"),
    (10, [], {}, "bake served, no gate to ask"),
    (15, [NONE], {"patience": "5m"}, "out of patience at step shadow: g: no data, 3% > 2%"),
    (15, [NONE], {"patience": "5m", "out_of_patience": "advance"}, "out of patience: g: no data, 3% > 2%"),
]


@pytest.mark.parametrize(("minutes", "verdicts", "keys", "because"), SAID)
def test_every_action_says_why(
    minutes: int, verdicts: list[Verdict], keys: dict[str, object], because: str
) -> None:
    _, done = step(
        ramp(**keys), begin(ramp(**keys), at=0), [says(one) for one in verdicts], at=minutes * MINUTE, answered=0
    )
    assert done.because == because


def test_a_dry_run_gate_decides_nothing() -> None:
    _, done = step(ramp(), begin(ramp(), at=0), [says(FAIL, decides=False)], at=10 * MINUTE, answered=0)
    assert isinstance(done, Advance)


def test_the_last_step_promotes() -> None:
    climb, done = step(ramp(), Climb(Phase.CLIMBING, 2, 0), [says(PASS)], at=10 * MINUTE, answered=0)
    assert isinstance(done, Promote)
    assert climb == Climb(Phase.PROMOTED, 2, 10 * MINUTE)
    assert climb.over


def test_a_step_may_bake_longer_than_the_others() -> None:
    slow = Steps.model_validate({"steps": [{"share": "5%", "bake": "20m"}, "50%"], "bake": "10m"})
    _, done = step(slow, begin(slow, at=0), [], at=19 * MINUTE, answered=0)
    assert isinstance(done, Hold)
    _, done = step(slow, begin(slow, at=0), [], at=20 * MINUTE, answered=0)
    assert isinstance(done, Advance)


def test_worst_of_verdicts_is_a_total_order() -> None:
    order = [PASS, OPEN, NONE, BROKEN, FAIL]
    for i, a in enumerate(order):
        for j, b in enumerate(order):
            assert worst([a, b]) is order[max(i, j)]
    assert worst([]) is NONE


APPROVED = [
    # minutes after the bake, roles that agreed, action, why
    (0, (), Hold, "5% waits for the approval of risk, legal"),
    (0, ("risk",), Hold, "5% waits for the approval of legal"),
    (0, ("risk", "legal"), Advance, "every gate passed"),
    (29, ("risk",), Hold, "5% waits for the approval of legal"),
    (30, ("risk",), Advance, "every gate passed"),
    (30, (), Hold, "5% waits for the approval of risk"),
]


@pytest.mark.parametrize(("later", "roles", "action", "because"), APPROVED)
def test_a_step_waits_for_those_who_must_agree(
    later: int, roles: tuple[str, ...], action: type, because: str
) -> None:
    path = ramp(approvals=[{"step": 2, "role": "risk"}, {"step": 2, "role": "legal", "takes": "30m"}])
    asked, done = heed(path, Asked(), Advance(1, "every gate passed"), at=10 * MINUTE)
    for role in roles:
        asked = approve(asked, role, step=2)
    asked, done = heed(path, asked, Advance(1, "every gate passed"), at=(10 + later) * MINUTE)
    assert isinstance(done, action)
    assert done.because == because
    assert dict(asked.since) == {2: 10 * MINUTE}


def test_promotion_may_wait_for_approval_and_nothing_else_does() -> None:
    path = ramp(approvals=[{"step": 4, "role": "owner"}])
    for action in (Advance(1, "x"), Advance(2, "x"), Hold("x"), RollBack("x")):
        assert heed(path, Asked(), action, at=0)[1] is action
    _, done = heed(path, Asked(), Promote("x"), at=0)
    assert done == Hold("promotion waits for the approval of owner")


SEGMENTS = [
    # who failed, who was diverted before, what it does, who is diverted then
    (["eu"], (), Divert, ("eu",)),
    (["eu", "us"], (), Divert, ("eu", "us")),
    (["us"], ("eu",), Divert, ("eu", "us")),
    (["eu", ""], (), RollBack, ()),
    ([""], (), RollBack, ()),
    (["eu"], ("eu",), Advance, ("eu",)),
]


@pytest.mark.parametrize(("failed", "before", "action", "after"), SEGMENTS)
def test_a_gate_about_a_segment_may_send_that_segment_back_alone(
    failed: list[str], before: tuple[str, ...], action: type, after: tuple[str, ...]
) -> None:
    path = ramp(rollback="segment")
    climb = Climb(Phase.CLIMBING, 0, 0, diverted=before)
    climb, done = step(path, climb, [says(FAIL, segment=one) for one in failed], at=10 * MINUTE, answered=0)
    assert isinstance(done, action)
    assert climb.diverted == after
    if isinstance(done, Divert):
        assert (climb.phase, climb.step, climb.since) == (Phase.CLIMBING, 0, 0)


def test_unless_told_so_a_failed_segment_rolls_everybody_back() -> None:
    _, done = step(ramp(), begin(ramp(), at=0), [says(FAIL, segment="eu")], at=MINUTE, answered=0)
    assert isinstance(done, RollBack)


ESTIMATED = "every gate passed, and all of them on estimates: those may hold or roll back, not advance"

MOVES = [
    # step, judgements, keys, only estimates, action
    (0, [PASS], {}, False, Advance(1, "every gate passed")),
    (1, [PASS], {}, False, Advance(2, "every gate passed")),
    (2, [PASS], {}, False, Promote("every gate passed")),
    (2, [], {}, False, Promote("bake served, no gate to ask")),
    (1, [PASS], {}, True, Hold(ESTIMATED)),
    (2, [PASS], {}, True, Hold(ESTIMATED)),
    (1, [OPEN], {}, True, Hold("g: inconclusive, 3% > 2%")),
    (1, [NONE], {}, True, Hold("g: no data, 3% > 2%")),
    (1, [FAIL], {}, True, RollBack("g failed at step 5%: 3% > 2%")),
    (1, [PASS], {"patience": "0s"}, True, RollBack(f"out of patience at step 5%: {ESTIMATED}")),
]


@pytest.mark.parametrize(("at", "verdicts", "keys", "only_estimates", "action"), MOVES)
def test_where_it_stands_next_is_where_the_action_leads(
    at: int, verdicts: list[Verdict], keys: dict[str, object], only_estimates: bool, action: object
) -> None:
    path = ramp(**keys)
    before = Climb(Phase.CLIMBING, at, 0, held_by="before", share=None)
    after, done = step(
        path, before, [says(one) for one in verdicts], at=10 * MINUTE, answered=0, only_estimates=only_estimates
    )
    assert done == action
    if isinstance(action, Hold):
        assert after == Climb(Phase.CLIMBING, at, 0, held_by=action.because)
    elif isinstance(action, Advance):
        assert after == Climb(Phase.CLIMBING, action.to_step, 10 * MINUTE)
    elif isinstance(action, Promote):
        assert after == Climb(Phase.PROMOTED, at, 10 * MINUTE)


def test_a_share_that_moved_is_named_and_is_left_behind_with_its_step() -> None:
    before = Climb(Phase.CLIMBING, 1, 0, share=0.37)
    _, done = step(ramp(), before, [says(FAIL)], at=MINUTE, answered=0)
    assert done == RollBack("g failed at step 37%: 3% > 2%")
    after, _ = step(ramp(), before, [says(PASS)], at=10 * MINUTE, answered=0)
    assert (after.step, after.share) == (2, None)


def test_segments_sent_back_are_named_with_the_reason() -> None:
    path, before = ramp(rollback="segment"), Climb(Phase.CLIMBING, 1, 0, held_by="before")
    after, done = step(path, before, [says(FAIL, segment="eu")], at=MINUTE, answered=0)
    assert done == Divert(("eu",), "g failed at step 5%: 3% > 2%")
    assert after == Climb(Phase.CLIMBING, 1, 0, diverted=("eu",))
