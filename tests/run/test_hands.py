"""What operations do: to the split, to pools, to what a model reads and decides, to who is told."""

import numpy as np
import pytest

from sandbox.base.command import Accepted
from sandbox.base.flight import Flight
from sandbox.base.rows import RequestRows
from sandbox.base.status import Status
from sandbox.run.session import Session
from tests.run.operated import MINUTE, SLOW, facts, plan_of, session_at


def given(session: Session, kind: str, **arguments: str | int | float | bool) -> None:
    answer = session.apply(kind, actor="ada", **arguments)
    assert isinstance(answer, Accepted), answer


def shares_by_segment(rows: list[RequestRows], start: float, end: float) -> dict[str, float]:
    at, arm, segment = (np.concatenate([getattr(one, name) for one in rows]) for name in ("at", "arm", "segment"))
    inside = (at >= start * MINUTE) & (at < end * MINUTE)
    return {name: float(arm[inside & (segment == code)].mean()) for code, name in enumerate(("eu", "us"))}


@pytest.mark.parametrize(("kind", "arguments", "eu", "us"), [
    ("divert", {"segment": "eu", "part": "50%"}, 0.1, 0.2), ("divert", {"segment": "us"}, 0.2, 0.0),
    ("roll back", {"segment": "eu"}, 0.0, 0.2), ("roll back", {"part": "75%"}, 0.05, 0.05),
    ("roll back", {}, 0.0, 0.0), ("promote", {}, 1.0, 1.0),
])
def test_a_part_that_is_sent_back_is_sent_back_where_it_was_said(
    kind: str, arguments: dict[str, str], eu: float, us: float
) -> None:
    kept: list[RequestRows] = []
    session = Session(plan_of(), keep=kept.append)
    session.advance(5 * MINUTE)
    given(session, kind, **arguments)
    session.finish()
    before, after = shares_by_segment(kept, 1, 5), shares_by_segment(kept, 5, 15)
    # Users are drawn, some 600 of a thousand in eu: four standard errors of a fifth of them are 0.065.
    assert before == pytest.approx({"eu": 0.2, "us": 0.2}, abs=0.065)
    assert after == pytest.approx({"eu": eu, "us": us}, abs=0.065)


def test_who_stays_on_the_candidate_was_on_it_before_a_part_was_sent_back() -> None:
    kept: list[RequestRows] = []
    session = Session(plan_of(), keep=kept.append)
    session.advance(5 * MINUTE)
    given(session, "divert", segment="eu", part="50%")
    session.advance(9 * MINUTE)
    given(session, "readmit", segment="eu")
    session.finish()
    at, arm, user = (np.concatenate([getattr(one, name) for one in kept]) for name in ("at", "arm", "user"))
    first, less, again = (
        {code: set(user[(arm == code) & (at >= low * MINUTE) & (at < high * MINUTE)].tolist()) for code in (0, 1)}
        for low, high in ((1, 5), (5, 9), (9, 14))
    )
    assert not first[0] & less[1], "nobody is drawn anew"
    assert not first[0] & again[1]
    assert first[1] & less[0], "some were sent back"
    assert not first[1] & again[0], "and are let in again"


def test_a_comparison_over_segments_that_are_cut_differently_says_so() -> None:
    gate = '[[gates]]\nkind = "no-worse"\nmetric = "failures.rate"\nunit = "request"\nmargin = "5pp"\n'
    session = session_at(5, gate)
    given(session, "divert", segment="eu", part="50%")
    flight = session.finish()
    said = [told for at, told in facts(flight, "gate") if 6 < at < 15]
    assert {one["verdict"] for one in said} == {"no_data"}
    assert "mixes them with the rest" in said[0]["because"]


def test_a_pool_gets_the_replicas_it_is_given_after_their_cold_start() -> None:
    session = session_at(5)
    given(session, "scale", replicas=7)
    pool = session.world._pools.flown[1]
    assert pool.slots == 7
    assert int((pool.free_at == session.now + 20 * 10**9).sum()) == 3, "the new ones are cold"
    given(session, "scale", replicas=1)
    assert pool.slots == 1
    assert session.standing.replicas == {"incumbent": session.standing.replicas["incumbent"], "candidate": 1}


def test_more_replicas_mend_a_full_pool() -> None:
    full = SLOW.replace("factor = 5.0", "factor = 14.0")

    def failed(replicas: int | None) -> int:
        session = session_at(5, full)
        if replicas is not None:
            given(session, "scale", replicas=replicas)
        truth = session.finish().truth
        return int(truth.statuses[1, [Status.REJECTED, Status.TIMED_OUT]].sum())

    assert failed(None) > 500
    assert failed(40) < 0.3 * failed(None)


def test_a_restart_fails_what_is_served_and_brings_the_replicas_back_cold() -> None:
    session = session_at(5, SLOW)
    session.touch()
    pool = session.world._pools.flown[1]
    serving = int(((pool.open_key >= 0) & (pool.open_published > session.now)).sum())
    assert serving > 0
    given(session, "restart")
    assert (pool.free_at[pool.free_at < 2**62] == session.now + 20 * 10**9).all()
    before = Session(plan_of(SLOW)).finish().truth.statuses[1, Status.ERRORED]
    assert session.finish().truth.statuses[1, Status.ERRORED] == before + serving


LEAK = """
[[faults]]
kind = "memory-leak"
model = "candidate"
per_minute = "100MB"
life = "8m"
restart = "10s"
at = "2m"
[[gates]]
name = "memory"
kind = "threshold"
metric = "saturation.memory"
max = "100GB"
dry_run = true
"""


def memory(flight: Flight, at: float) -> float:
    return next(told["value"] for when, told in facts(flight, "gate") if when == at) / 1e6


def test_a_restart_begins_a_leak_anew_and_puts_its_crash_off() -> None:
    session = session_at(6, LEAK)
    given(session, "restart")
    flight = session.finish()
    left = Session(plan_of(LEAK)).finish()
    assert memory(left, 9.5) - memory(left, 9) == pytest.approx(memory(flight, 9.5) - memory(flight, 9), abs=20)
    layout = flight.header.layout

    def held(one: Flight, minute: int) -> float:
        window = next(w for w in one.windows if not w.matured and w.start == minute * MINUTE)
        counts = window.counts.dense()
        return float(layout.part(counts, "gauge_memory")[1, 0] / max(1, layout.part(counts, "scrapes")[1]))

    assert held(left, 9) - held(flight, 9) == pytest.approx(400, abs=60), "four minutes of it are gone"
    crashed = [statuses[Status.ERRORED] for statuses in (left.truth.statuses[1], flight.truth.statuses[1])]
    assert crashed[0] > 0
    # Of the two crashes, at 10m and 18m, one is left: at 14m.
    assert held(flight, 13) > 600 > held(flight, 14)


def test_a_feature_that_is_switched_off_is_missing_from_then_on_and_nothing_else_changes() -> None:
    text = "[record]\nfeatures = true\n"
    kept: dict[bool, list[RequestRows]] = {False: [], True: []}
    for off, rows in kept.items():
        session = Session(plan_of(text), keep=rows.append)
        session.advance(int(5.3 * MINUTE))
        if off:
            given(session, "toggle", feature="f1")
            assert session.standing.off == (("candidate", "f1"),)
        session.advance(8 * MINUTE)
        if off:
            given(session, "toggle", feature="f1", on=True)
        session.finish()
    at, arm = (np.concatenate([getattr(one, name) for one in kept[True]]) for name in ("at", "arm"))
    score = {off: np.concatenate([one.score for one in rows]) for off, rows in kept.items()}
    off = (arm == 1) & (at >= 5.3 * MINUTE) & (at < 8 * MINUTE)
    assert np.array_equal(score[True][~off], score[False][~off])
    assert (score[True][off] != score[False][off]).mean() > 0.99


def test_what_was_switched_off_shows_as_missing_in_telemetry() -> None:
    session = session_at(5)
    given(session, "toggle", feature="f1")
    flight = session.finish()
    window = next(one for one in flight.windows if not one.matured and one.start == 7 * MINUTE)
    layout, counts = flight.header.layout, window.counts.dense()
    missing = layout.part(counts, "feature")[:, 0, -1] / layout.part(counts, "feature_rows")
    assert missing.tolist() == [0.0, 1.0]


def test_a_threshold_that_is_adjusted_decides_who_gets_a_yes() -> None:
    kept: list[RequestRows] = []
    session = Session(plan_of(), keep=kept.append)
    session.advance(5 * MINUTE)
    given(session, "adjust", group="b", threshold=0.9)
    session.finish()
    at, arm, group, score, decision = (
        np.concatenate([getattr(one, name) for one in kept]) for name in ("at", "arm", "group", "score", "decision")
    )
    late = (arm == 1) & (at >= 5 * MINUTE)
    assert np.array_equal(decision[late & (group == 1)], score[late & (group == 1)] >= np.float32(0.9))
    assert np.array_equal(decision[late & (group == 0)], score[late & (group == 0)] >= np.float32(0.5))
    assert (decision[late & (group == 1)]).mean() < (decision[late & (group == 0)]).mean()


def told(flight: Flight) -> list[tuple[float, str, list[str]]]:
    return [(told["sent_at"] / MINUTE, told["to"], told["firing"]) for _, told in facts(flight, "notify")]


def test_nobody_is_told_of_what_is_silenced_until_the_silence_ends() -> None:
    loud = told(Session(plan_of(SLOW)).finish())
    session = session_at(4.5, SLOW)
    given(session, "silence", alert="slow", lasts="4m", reason="known")
    assert session.standing.silences == (("slow", int(8.5 * MINUTE)),)
    quiet = told(session.finish())
    assert loud[0][0] < 7
    assert quiet[0][0] >= 8.5
    cut = session_at(4.5, SLOW)
    given(cut, "silence", alert="slow", lasts="4m", reason="known")
    cut.advance(7 * MINUTE)
    given(cut, "unsilence", alert="slow")
    assert 7 <= told(cut.finish())[0][0] < 8.5


def test_an_alert_that_is_disabled_is_over_and_fires_again_once_it_is_enabled() -> None:
    session = session_at(8, SLOW)
    given(session, "disable", alert="slow", reason="noise")
    session.advance(12 * MINUTE)
    given(session, "enable", alert="slow")
    turns = [(at, one["state"]) for at, one in facts(session.finish(), "alert") if one["state"] != "pending"]
    assert [state for _, state in turns] == ["firing", "inactive", "firing"]
    assert turns[1][0] == 8
    assert turns[2][0] == pytest.approx(13.5, abs=0.51), "pending for a minute, as any new alert"


ASKED = """
[[gates]]
name = "failures"
kind = "threshold"
metric = "failures.rate"
max = "90%"
"""


def test_a_step_that_somebody_refused_is_held_until_they_approve() -> None:
    asked = plan_of(ASKED, text=plan_of().text.replace(
        'bake = "15m"', 'bake = "2m"\napprovals = [{ step = 2, role = "risk", takes = "1m" }]'
    ))
    assert [at for at, one in facts(Session(asked).finish(), "ramp") if one["what"] == "step"] == [1.0, 4.0]
    session = Session(asked)
    session.advance(2 * MINUTE)
    given(session, "refuse", role="risk", reason="too soon")
    session.advance(9 * MINUTE)
    assert session.snapshot().held_by == "risk refused 50%: too soon"
    given(session, "approve", role="risk")
    assert [at for at, one in facts(session.finish(), "ramp") if one["what"] == "step"] == [1.0, 9.0]


def test_an_incident_is_open_from_when_it_is_declared_until_it_is_closed() -> None:
    session = session_at(5)
    given(session, "declare", severity=1)
    assert session.standing.incident == 1
    given(session, "close")
    assert session.standing.incident == 0
