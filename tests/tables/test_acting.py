"""What firing alerts make of the ramp, alone and in flight."""

import pytest
import tomli

from sandbox.base.action import Action, Advance, Hold, Promote, RollBack
from sandbox.decide.alerts.acting import Demand, heed
from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.report.scorecard import score
from sandbox.run.session import Session, fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

ON = Climb(Phase.CLIMBING, 0, 0)
NEXT, DONE = Climb(Phase.CLIMBING, 1, 9), Climb(Phase.PROMOTED, 1, 9)
BACK = Climb(Phase.ROLLED_BACK, 0, 9)

TABLE: list[tuple[Climb, Action, list[str], type, Phase]] = [
    (NEXT, Advance(1, "x"), [], Advance, Phase.CLIMBING),
    (NEXT, Advance(1, "x"), ["hold"], Hold, Phase.CLIMBING),
    (DONE, Promote("x"), ["hold"], Hold, Phase.CLIMBING),
    (ON, Hold("x"), ["hold"], Hold, Phase.CLIMBING),
    (DONE, Promote("x"), ["hold", "roll back"], RollBack, Phase.ROLLED_BACK),
    (ON, Hold("x"), ["roll back"], RollBack, Phase.ROLLED_BACK),
    (BACK, RollBack("a gate"), ["hold"], RollBack, Phase.ROLLED_BACK),
]


@pytest.mark.parametrize(("after", "action", "wanted", "done", "phase"), TABLE)
def test_an_alert_that_rolls_back_goes_first_and_one_that_holds_stops_only_what_goes_on(
    after: Climb, action: Action, wanted: list[str], done: type, phase: Phase
) -> None:
    demands = [Demand("a", one, "3% > 2%") for one in wanted]  # type: ignore[arg-type]
    climb, found = heed(ON, after, action, demands, at=9)
    assert isinstance(found, done)
    assert climb.phase is phase
    if found != action:
        assert found.because == ("alert a fires" if done is Hold else "alert a fires: 3% > 2%")


TEXT = """
[scenario]
title = "Short"
duration = "40m"
[traffic]
mean = "50/s"
kind = "steady"
[models.incumbent]
kind = "synthetic"
[models.candidate]
kind = "synthetic"
[[faults]]
kind = "errors"
rate = "10%"
at = "11m"
lasts = "10m"
model = "candidate"
[ramp]
steps = ["20%", "60%"]
bake = "15m"
[[alerts]]
name = "candidate errors"
expr = "errors.rate{arm=candidate} > 3%"
for = "2m"
"""


def plan_of(more: str, text: str = TEXT) -> Plan:
    return Plan(name="s", text=text + more, document=Document.model_validate(tomli.loads(text + more)))


def story(plan: Plan) -> list[tuple[float, str, str, str]]:
    return [
        (line.at / 60e9, line.who, line.what, line.verdict)
        for line in score(fly(plan)).log
        if line.who in ("alert", "ramp", "notify")
    ]


def test_an_alert_without_an_action_only_tells() -> None:
    assert story(plan_of("")) == [
        (0, "ramp", "20%", ""), (14, "alert", "candidate errors", "FIRING"), (15, "ramp", "advance → 60%", ""),
        (22, "alert", "candidate errors", "RESOLVED"), (30, "ramp", "promote → 100%", ""),
    ]


def test_an_alert_that_holds_lets_the_ramp_go_on_when_it_resolves() -> None:
    assert story(plan_of('action = "hold"')) == [
        (0, "ramp", "20%", ""), (14, "alert", "candidate errors", "FIRING"), (15, "ramp", "holds at 20%", ""),
        (22, "alert", "candidate errors", "RESOLVED"), (22, "ramp", "advance → 60%", ""),
        (37, "ramp", "promote → 100%", ""),
    ]


def test_an_alert_that_rolls_back_does_so_at_the_evaluation_at_which_it_fires() -> None:
    plan = plan_of('action = "roll back"\n[expect]\noutcome = "rolled_back"\npages = 1\ndetected_within = "3m"\n'
                   'alert_fired = "candidate errors"')
    card = score(fly(plan))
    assert [one.state for one in card.expectations] == ["met"] * 4
    last = card.decisions[-1]
    assert last.at / 60e9 == 14
    assert last.because.startswith("alert candidate errors fires: ")
    assert last.because.endswith("> 3% (for 2m)")


def test_pages_and_alerts_that_were_expected_and_did_not_come_are_missed() -> None:
    card = score(fly(plan_of('[expect]\npages = 0\nalert_fired = "candidate errors"')))
    assert [(one.name, one.state, one.got) for one in card.expectations] == [
        ("pages", "missed", "1"), ("alert_fired", "met", "candidate errors")
    ]


NOTIFY = """
[notify]
group_wait = "30s"
[[notify.routes]]
match = { severity = "page" }
to = "pager"
escalate_after = "3m"
escalate_to = "lead"
"""


def test_people_are_told_in_flight_and_who_does_not_acknowledge_is_escalated() -> None:
    told = [(at, what) for at, who, what, _ in story(plan_of(NOTIFY)) if who == "notify"]
    assert told == [(14.5, "→ pager"), (17.5, "→ lead"), (24.5, "→ pager")]


def test_an_acknowledgement_keeps_it_from_escalating() -> None:
    session = Session(plan_of(NOTIFY))
    session.advance(16 * 60 * 10**9)
    session.apply("acknowledge", actor="ada")
    flight = session.finish()
    assert [one.to for one in score(flight).notifications] == ["pager", "pager"]


def test_alerts_change_nothing_in_the_world_unless_they_act() -> None:
    plain = fly(plan_of("", TEXT.split("[[alerts]]")[0]))
    watched = fly(plan_of(NOTIFY))
    assert (plain.truth.harmed == watched.truth.harmed).all()
    assert [one.facts for one in plain.journal if one.kind == "window"] == [
        one.facts for one in watched.journal if one.kind == "window"
    ]


def test_an_alert_sees_nothing_before_it_is_readable() -> None:
    late = story(plan_of('[telemetry]\ndelay = "3m"'))
    assert (17, "alert", "candidate errors", "FIRING") in late
