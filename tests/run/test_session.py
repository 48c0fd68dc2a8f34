"""A session can be advanced, acted upon and looked at; what it refuses it explains."""

import numpy as np
import pytest
import tomli
from scipy.stats import binom

from sandbox.base.command import Accepted, Refused
from sandbox.base.journal import verify
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

MINUTE = 60 * 10**9
TEXT = """
[scenario]
title = "Short"
duration = "10m"
tick = "30s"
[traffic]
mean = "30/s"
kind = "steady"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[labels]
delay = "20s"
[ramp]
start = "1m"
steps = ["10%", "50%"]
bake = "2m"
"""


def plan_of(text: str = TEXT) -> Plan:
    return Plan(name="short", text=text, document=Document.model_validate(tomli.loads(text)))


def session_at(minutes: float) -> Session:
    session = Session(plan_of())
    session.advance(int(minutes * MINUTE))
    return session


@pytest.mark.parametrize(("minutes", "kind", "reason"), [
    (0.5, "advance", "the ramp has not begun"),
    (0.5, "roll back", "the incumbent already answers everybody"),
    (2, "resume", "not held"),
    (4, "advance", "this is the last step; promote instead"),
    (9, "hold", "the rollout is over: promoted"),
    (2, "rol bak", 'no command "rol bak"; nearest: roll back'),
])
def test_a_command_that_makes_no_sense_is_refused_with_its_reason(minutes: float, kind: str, reason: str) -> None:
    session = session_at(minutes)
    answer = session.apply(kind)
    assert isinstance(answer, Refused)
    assert answer.reason == reason
    assert session.journal.entries[-1].facts["reason"] == reason


def test_hold_keeps_a_step_and_resume_lets_it_go_on() -> None:
    session = session_at(1.2)
    assert isinstance(session.apply("hold"), Accepted)
    assert isinstance(session.apply("hold"), Refused)
    session.advance(8 * MINUTE)
    assert session.snapshot().step == 0
    session.apply("resume")
    session.advance(9 * MINUTE)
    assert session.snapshot().step == 1


def test_a_promoted_candidate_can_still_be_rolled_back() -> None:
    session = session_at(8)
    assert session.snapshot().phase == "promoted"
    assert isinstance(session.apply("roll back"), Accepted)
    flight = session.finish()
    assert flight.outcome == "rolled_back"


def test_a_command_takes_effect_exactly_when_it_is_given() -> None:
    kept = []
    session = Session(plan_of(), keep=kept.append)
    at = int(1.2345678 * MINUTE)
    session.advance(at)
    session.apply("promote")
    session.finish()
    arrived = np.concatenate([rows.at for rows in kept])
    arm = np.concatenate([rows.arm for rows in kept])
    assert (arm[arrived >= at] == 1).all()
    assert (arm[(arrived >= MINUTE) & (arrived < at)] == 1).mean() < 0.3


def test_abort_ends_the_rollout_on_the_incumbent() -> None:
    session = session_at(2)
    session.apply("abort", actor="ada")
    flight = session.finish()
    assert flight.outcome == "aborted"
    assert flight.journal[-1].facts["outcome"] == "aborted"


def test_every_request_that_was_offered_is_accounted_for_at_every_instant() -> None:
    text = TEXT + '[services.candidate]\nreplicas = 1\nqueue = 2\ntimeout = "60ms"\n'
    session = Session(plan_of(text))
    for second in range(7, 600, 13):
        session.advance(second * 10**9)
        session.touch()
        world = session.world
        arrived = 0
        for number in range(world._next_block):
            arrived += int((world.day.block(number).at < session.now).sum())
        assert int(world.offered().sum()) == arrived
        assert world._in_flight().tolist() == [pool.in_flight for pool in world._pools.flown]


def test_the_windows_of_a_flight_count_every_request_once() -> None:
    flight = fly(plan_of())
    layout = flight.header.layout
    offered = sum(
        int(layout.part(window.counts.dense(), "offered").sum()) for window in flight.windows if not window.matured
    )
    assert offered == int(flight.truth.requests.sum())
    assert flight.truth.statuses.sum() == offered


def test_no_window_is_readable_before_it_has_ended_and_its_delay_has_passed() -> None:
    session = Session(plan_of(TEXT + '[telemetry]\ndelay = "45s"\n'))
    for half_minute in range(1, 20):
        session.advance(half_minute * MINUTE // 2 + 1)
        for window in session.snapshot().windows:
            assert window.visible_at <= session.now
            assert window.end + 45 * 10**9 <= session.now


def test_no_label_is_judged_before_its_cohort_has_matured() -> None:
    session = Session(plan_of())
    horizon = session.plan.document.labels.horizon
    for half_minute in range(1, 20):
        session.advance(half_minute * MINUTE // 2 + 1)
        for window in session.snapshot().windows:
            if window.matured:
                assert window.end + horizon <= session.now


def test_the_journal_leads_to_the_digest_and_a_changed_line_does_not() -> None:
    flight = fly(plan_of())
    assert verify(flight.journal, flight.digest)
    entry = flight.journal[5]
    entry.facts["spoiled"] = 1
    assert not verify(flight.journal, flight.digest)


def test_a_flight_that_stays_on_the_incumbent_harms_nobody() -> None:
    stays = fly(plan_of(TEXT.replace('start = "1m"', 'start = "20m"')))
    assert stays.outcome == "held"
    assert int(stays.truth.harmed.sum()) == int(stays.truth.helped.sum()) == 0


APPROVED = TEXT.replace(
    'bake = "2m"',
    'bake = "2m"\napprovals = [{ step = 2, role = "risk" }, { step = 3, role = "owner", takes = "90s" }]',
)


def moves(flight) -> list[tuple[float, str]]:
    return [
        (entry.at / MINUTE, entry.facts["what"]) for entry in flight.journal
        if entry.kind == "ramp" and entry.facts["what"] != "hold"
    ]


def test_a_step_that_nobody_approves_is_held_to_the_end_and_says_for_whom_it_waits() -> None:
    flight = fly(plan_of(APPROVED))
    assert flight.outcome == "held"
    assert flight.journal[-1].facts["held_by"] == "50% waits for the approval of risk"
    assert moves(flight) == [(1.0, "step")]


def test_an_approval_lets_the_step_begin_and_one_that_takes_its_time_comes_by_itself() -> None:
    session = Session(plan_of(APPROVED))
    session.advance(2 * MINUTE)
    assert session.apply("approve", role="owner").reason == (
        'the step that comes next waits for risk, not for "owner"'
    )
    assert isinstance(session.apply("approve", role="risk"), Accepted)
    flight = session.finish()
    # 1m + a bake of 2m; then 2m more to promotion, which is asked for at 5m and agreed to 90s later.
    assert moves(flight) == [(1.0, "step"), (3.0, "step"), (6.5, "promote")]


def test_a_step_that_waits_for_nobody_needs_no_approval() -> None:
    session = session_at(2)
    assert session.apply("approve", role="risk").reason == "the step that comes next waits for nobody's approval"


def test_held_out_users_never_meet_the_candidate_not_even_when_it_is_promoted() -> None:
    text = TEXT.replace('steps = ["10%", "50%"]', 'steps = ["10%", "100%"]\nhold_out = "20%"')
    session = Session(plan_of(text))
    arms: dict[int, set[int]] = {}
    world = session.world.advance

    def watched(to):
        telemetry = world(to)
        for arrivals in telemetry.arrivals:
            late = arrivals.at > 3 * MINUTE
            for user, arm in zip(arrivals.user[late].tolist(), arrivals.arm[late].tolist(), strict=True):
                arms.setdefault(user, set()).add(arm)
        return telemetry

    session.world.advance = watched  # type: ignore[method-assign]
    flight = session.finish()
    assert flight.outcome == "promoted"
    shares = [entry.facts["share"] for entry in flight.journal if entry.kind == "ramp" and "share" in entry.facts]
    assert shares == [0.1, 0.8, 0.8]
    assert all(len(met) == 1 for met in arms.values()), "who is held out stays so"
    never = sum(met == {0} for met in arms.values())
    low, high = binom.interval(0.999, len(arms), 0.2)
    assert low <= never <= high
