"""A drill while it is flown, and what becomes of it: nothing is told too soon, and no clock changes the score."""

import json
from dataclasses import replace

import pytest

from sandbox.drill.air import Air
from sandbox.drill.baselines import baselines, moves
from sandbox.drill.debriefing import debrief_of, debriefed
from sandbox.drill.drill import Drill, DrillError, visible
from sandbox.drill.family import DealError, Family
from sandbox.drill.seat import Seat, debrief_sitting, inject
from sandbox.record.history import history
from sandbox.record.sittings import Given, sitting, sittings
from sandbox.record.store import Store
from sandbox.report.debrief.exercise import NOTHING, ORACLE
from sandbox.report.debrief.points import Sitting
from sandbox.report.debrief.skill import net_harm
from sandbox.scenario.problems import ScenarioError
from tests.drill.conftest import BUDGET
from tests.report.made import MINUTE

ROLL_BACK = Given(at=11 * MINUTE, kind="roll back", arguments={})


def test_what_may_be_seen_names_neither_the_seed_nor_the_case(family: Family) -> None:
    drill = Drill(family.deal(seed=987_654_321, case="errors"))
    drill.advance(20 * MINUTE)
    told = json.dumps([entry.as_json() for entry in drill.news()])
    assert "987654321" not in told
    assert "imposed" not in told
    assert '"truth": true' not in told
    assert "candidate fails" in told, "what the instruments show is told"
    assert any(visible(entry) is None and entry.truth for entry in drill.session.journal.entries)
    with pytest.raises(DrillError):
        _ = drill.deal


def test_hints_come_in_turn_and_run_out(family: Family) -> None:
    drill = Drill(family.deal(seed=1, case="errors"))
    assert [drill.hint(), drill.hint()] == ["Look at both.", "Does it last?"]
    with pytest.raises(DrillError, match="no further hint"):
        drill.hint()
    assert drill.sitting.hints == ("Look at both.", "Does it last?")


def test_the_same_actions_give_the_same_score_headless_and_live_paused_and_straight(family: Family) -> None:
    deal = family.deal(seed=3, case="errors")
    straight = Drill(deal, clock=lambda: 0.0)
    straight.advance(11 * MINUTE)
    straight.act("roll back")
    live = Drill(deal, clock=iter(range(100)).__next__)
    for _ in range(22):
        live.run(0.5)
    live.pause()
    live.run(5.0)
    assert live.now == 11 * MINUTE, "the clock stands still"
    live.resume()
    live.act("roll back")
    for _ in range(40):
        live.run(0.7)
    assert straight.finish().digest == live.finish().digest
    found = baselines(Air(deal.plan, deal.seed), deal.cause, budget=2)
    air = Air(deal.plan, deal.seed)
    one, other = (
        debriefed(drill.finish(), air, cause=deal.cause, sitting=replace(drill.sitting, pauses=pauses), found=found)
        for drill, pauses in ((straight, ()), (live, ()))
    )
    assert one.points == other.points
    paused = debriefed(live.finish(), air, cause=deal.cause, sitting=live.sitting, found=found)
    assert live.sitting.pauses == ((11 * MINUTE, 1.0),)
    assert paused.points.total == one.points.total - 5.0


def test_another_speed_than_the_familys_is_practice(family: Family) -> None:
    deal = family.deal(seed=3)
    assert Drill(deal, speed=family.table.speed).mode == "live"
    assert Drill(deal, speed=10.0).mode == "practice"


def test_nothing_of_a_drill_is_in_the_store_before_its_debrief(family: Family, store: Store) -> None:
    seat = Seat.take(store, family, operator="p-00000001", mode="stepped", seed=123_456_789, case="one side")
    seat.drill.advance(9 * MINUTE)
    seat.act("acknowledge")
    seat.end()
    written = b"".join(path.read_bytes() for path in store.path.rglob("*") if path.is_file())
    assert b"123456789" not in written
    assert b'"case"' not in written
    assert not history(store).runs
    one, flight = debrief_sitting(store, sittings(store)[0], budget=2)
    assert (one.seed, one.sitting.case) == (123_456_789, "one side")
    assert [run.run for run in history(store).runs] == [one.run]
    assert flight.digest == seat.drill.finish().digest
    again, _ = debrief_sitting(store, sittings(store)[0], budget=2)
    assert again.points == one.points
    assert len(history(store).runs) == 1, "a second look lands nothing"


def test_a_sitting_that_was_cut_off_is_debriefed_with_what_was_done(family: Family, store: Store) -> None:
    seat = Seat.take(store, family, operator="p-00000001", mode="stepped", seed=5, case="errors")
    seat.drill.advance(11 * MINUTE)
    seat.act("roll back")
    filed = sitting(store, seat.filed.id)
    assert filed is not None
    assert not filed.over
    with pytest.raises(DealError, match="being sat, at 00:11"):
        debrief_sitting(store, filed, budget=2)
    assert not history(store).runs, "nothing of it landed"
    seat.leave()
    one, _ = debrief_sitting(store, filed, budget=2)
    assert one.outcome == "rolled_back"


def test_an_instructors_passphrase_keeps_a_drill_shut_for_everybody_else(family: Family, store: Store) -> None:
    from sandbox.record.errors import StoreError

    seat = Seat.take(store, family, operator="p-00000001", mode="stepped", passphrase="correct horse")
    seat.end()
    with pytest.raises(StoreError, match="passphrase"):
        debrief_sitting(store, seat.filed, budget=2)
    assert debrief_sitting(store, seat.filed, passphrase="correct horse", budget=2)[0].run


def test_the_oracle_scores_one_and_nobody_nothing_and_a_good_candidates_rollback_never_anything(family: Family) -> None:
    for case in ("errors", "one side"):
        deal = family.deal(seed=4, case=case)
        air = Air(deal.plan, deal.seed)
        found = baselines(air, deal.cause, budget=BUDGET)
        for name, value in ((ORACLE, 1.0), (NOTHING, 0.0)):
            one = debriefed(found.flights[name], air, cause=deal.cause, sitting=Sitting(), found=found)
            assert one.skill.value == value, (case, name)
            assert one.skill.needed
    good = family.deal(seed=4, case="nothing")
    air = Air(good.plan, good.seed)
    back = debriefed(air.fly((ROLL_BACK,)), air, cause=good.cause, budget=2)
    assert back.skill.value == -1.0
    assert back.skill.cost > 0, "what people lost"


def test_the_oracle_takes_from_people_no_more_than_it_must(family: Family) -> None:
    deal = family.deal(seed=4, case="one side")
    air = Air(deal.plan, deal.seed)
    found = baselines(air, deal.cause, budget=BUDGET)
    (done,) = found.oracle.script[:1]
    assert (done.kind, done.arguments) == ("divert", {"segment": deal.cause.segments[0]})
    assert found.oracle.cost == net_harm(found.oracle.flight) < net_harm(found.flights[NOTHING])
    assert ("roll back", {}) in moves(air, deal.cause)
    assert 1 < found.oracle.tried <= BUDGET
    assert found.oracle.says.endswith(f"; the best of {found.oracle.tried} scripts tried")


def test_an_oracle_that_had_nothing_to_mend_tried_nothing_else(family: Family) -> None:
    deal = family.deal(seed=6, case="nothing")
    found = baselines(Air(deal.plan, deal.seed), deal.cause, budget=BUDGET)
    assert found.oracle.says == "nothing, at any time; nothing else had to be tried"


def test_a_debrief_ends_the_drill_and_says_what_it_was(family: Family) -> None:
    drill = Drill(family.deal(seed=6, case="nothing"))
    one = debrief_of(drill, budget=2)
    assert drill.over
    assert one.cause.kind == "none"
    with pytest.raises(DrillError, match="over"):
        drill.act("roll back")


OUTAGE = {"kind": "outage", "lasts": "3m"}


def test_what_an_instructor_injects_strikes_now_and_changes_nothing_before(family: Family) -> None:
    deal = family.deal(seed=8, case="nothing")
    calm, struck = Drill(deal), Drill(deal)
    for drill in (calm, struck):
        drill.advance(5 * MINUTE)
        drill.act("hold")
        drill.advance(10 * MINUTE)
    before = struck.news()
    struck.inject(OUTAGE)
    assert struck.now == 10 * MINUTE
    assert not struck.news(), "nothing is told twice, and nothing of what is to come"
    assert before == calm.news()
    flights = [drill.finish() for drill in (calm, struck)]
    earlier = [[one.as_json() for one in flight.journal[1:] if one.at < 10 * MINUTE] for flight in flights]
    assert earlier[0] == earlier[1]
    assert struck.deal.cause.kind == "outage"
    assert flights[1].truth.statuses[0, 1:].sum() > 5 * flights[0].truth.statuses[0, 1:].sum() + 100
    assert struck.sitting.injected == ("outage",)


def test_an_event_posted_from_a_second_terminal_is_repeated_by_the_debrief(family: Family, store: Store) -> None:
    seat = Seat.take(store, family, operator="p-00000001", mode="stepped", seed=8, case="nothing")
    seat.drill.advance(10 * MINUTE)
    inject(store, seat.filed, OUTAGE)
    waiting = b"".join(path.read_bytes() for path in (store.path / "drills").rglob("*.json"))
    assert b"outage" not in waiting
    assert seat.take_events() == 1
    assert seat.take_events() == 0
    assert b"outage" not in (store.path / "drills" / f"{seat.filed.id}.json").read_bytes()
    seat.end()
    one, flight = debrief_sitting(store, seat.filed, budget=2)
    assert one.cause.kind == "outage"
    assert flight.digest == seat.drill.finish().digest
    with pytest.raises(DealError, match="over"):
        inject(store, seat.filed, OUTAGE)


def test_an_event_that_cannot_be_is_refused_where_it_is_posted(family: Family, store: Store) -> None:
    seat = Seat.take(store, family, operator="p-00000001", mode="stepped", seed=8, case="nothing")
    with pytest.raises(ScenarioError, match="mars"):
        inject(store, seat.filed, {"kind": "errors", "model": "mars"})
    assert seat.take_events() == 0
