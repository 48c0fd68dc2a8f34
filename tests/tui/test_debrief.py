"""A debrief says whose hands did what, and what is taken along from it is the debrief itself."""

import json
import re
from dataclasses import replace
from datetime import date

from sandbox.cli import main
from sandbox.record.store import Store
from sandbox.report.debrief.lessons import ahead_of_the_page
from sandbox.report.debrief.page import page
from sandbox.report.exit_code import ExitCode
from sandbox.report.render.page import as_text
from sandbox.run.session import Session, fly
from sandbox.scenario.approvals import Signature
from sandbox.scenario.read import read_plan
from tests.tui.desk import MINUTE, SHORT, desk, flown, plan_of, said, scenario_file, screen_text, until
from tests.tui.test_lanes import acted, row_of
from tui.archive import Archive
from tui.hands import by_others, repeat_of
from tui.screens.confirm import Choice
from tui.screens.debrief import Debrief
from tui.whatif import otherwise, told
from tui.widgets.rows import log_item
from tui.widgets.scored import compared, scored

ON_CALL = """
# A small flight, for tests.
[notify]
to = "on-call"
[oncall]
kind = "simulated"
acknowledge = { p50 = "5s", p99 = "10s" }
decide = { p50 = "5s", p99 = "10s" }
step = "5s"
[runbook."it errs"]
alerts = ["candidate fails"]
diagnosis = "errors"
[[runbook."it errs".steps]]
title = "roll back"
action = "roll back"
"""


def with_on_call():
    """A flight whose plan has somebody on call, who acts by a runbook; somebody at the keys holds, and lets go."""
    session = Session(plan_of(SHORT.replace('"1pp"', '"90pp"') + ON_CALL))
    for at, kind in ((2 * MINUTE, "hold"), (3 * MINUTE, "resume")):
        session.advance(at)
        session.apply(kind, actor="you")
    return session.finish()


def kept_with_a_hand(tmp_path):
    """A flight in a store, in which somebody at the keys held and sent everybody back; and its run."""
    store = Store(tmp_path / "store")
    plan = read_plan(scenario_file(tmp_path))
    session = Session(plan)
    for at, kind in ((2 * MINUTE, "hold"), (3 * MINUTE, "roll back")):
        session.advance(at)
        session.apply(kind, actor="you")
    flight = session.finish()
    with store.begin(plan.name, seed=flight.header.seed) as landing:
        return flight, landing.land(flight)


async def test_what_others_did_is_not_told_as_what_you_did():
    flight = with_on_call()
    assert set(row_of(flight, "you").replace("·", "")) == {"H", "R"}
    assert set(row_of(flight, "on-call", width=1_000).replace("·", "")) == {"+", "d"}
    app = desk(first=lambda: Debrief(flight))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief) and "on-call" in screen_text(app))
        axis = app.screen.query_one("#axis")
        axis.go_to(next(one.at for one in app.screen.lines if one.who == "on-call"))
        await until(pilot, lambda: " on-call: " in app.screen.query_one("#moment").text)
        assert " you: " not in app.screen.query_one("#moment").text
        assert "defensible" in screen_text(app), "one more row leaves room for the last"


def test_a_diagnosis_is_credited_to_whoever_gave_it():
    flight = with_on_call()
    one = by_others(flight, run="", watch=lambda _: True)
    assert one.diagnosis.points > 0
    assert one.diagnosis.credited.endswith("(said by on-call)")
    assert one.hands == ("you", "on-call")
    assert "you, on-call acted: the points are for all of them together." in as_text(page(one, flight))


def test_a_flight_that_was_better_than_the_oracle_says_what_the_oracle_is():
    one = by_others(flown(), run="", watch=lambda _: True)
    ahead = replace(one, skill=replace(one.skill, oracle=one.skill.harm + 1_234))
    word = "this flight was better than the oracle by 1,234 net"
    assert word in as_text(page(ahead, flown()))
    assert word in "\n".join(row.text for row in compared([told("this flight", flown())], ahead))
    assert "better than the oracle" not in as_text(page(one, flown()))


def test_where_the_oracle_could_act_before_anybody_was_told_the_score_says_so():
    one = replace(by_others(flown(), run="", watch=lambda _: True), manned=True)
    shown = replace(one.skill, needed=True, oracle=one.skill.harm - 100)

    def told_of(notified: int | None, *, skill=shown) -> str:
        found = replace(one, skill=skill, clocks=replace(one.clocks, observable=4 * MINUTE, notified=notified))
        rows = "\n".join(row.text for row in scored(Debrief(flown()).card, found))
        word = ahead_of_the_page(found)
        assert word in rows
        assert word[1:] in str(page(found, flown()))
        return word

    assert "evident, at 00:04; the first notification came at 00:06, 2m later. What fell before" in told_of(6 * MINUTE)
    assert "nobody was ever told" in told_of(None)
    assert told_of(4 * MINUTE) == ""
    assert told_of(6 * MINUTE, skill=replace(shown, needed=False)) == ""
    assert told_of(6 * MINUTE, skill=replace(shown, oracle=shown.harm)) == ""


async def test_a_debrief_is_exported_as_the_command_writes_it_with_its_note(tmp_path, monkeypatch, capsys):
    flight, run = kept_with_a_hand(tmp_path)
    Archive(tmp_path / "store").write_note(run, "We held first.")
    monkeypatch.chdir(tmp_path)
    where = ("--store", str(tmp_path / "store"))
    app = desk(first=lambda: Debrief(flight, run=run), store=tmp_path / "store")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief) and "1 Score" in screen_text(app))
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Choice) and "CSV and SVG" in screen_text(app))
        await pilot.press("m")
        await until(pilot, lambda: (tmp_path / f"debrief-{run}.md").exists())
        await until(pilot, lambda: "written: " in said(app))
        await pilot.press("x", "h")
        await until(pilot, lambda: (tmp_path / f"debrief-{run}.html").exists())
        await pilot.press("x", "down", "down", "enter")  # j moves down, too
        await until(pilot, lambda: (tmp_path / f"debrief-{run}.json").exists())
    written = (tmp_path / f"debrief-{run}.md").read_text()
    capsys.readouterr()
    assert main(["debrief", run, "--output", "md", *where]) == ExitCode.MET
    headless = capsys.readouterr().out
    note = "## Note\n\nWe held first.\n\n"
    assert note in written
    assert written.replace(note, "").strip() == headless.strip()
    assert f"greenroom debrief {run}" in written
    assert f"greenroom rerun {run}" in written
    assert main(["rerun", run, *where]) == ExitCode.MET, "and that does fly it again, with what was done by hand"
    assert "We held first." in (tmp_path / f"debrief-{run}.html").read_text()
    assert json.loads((tmp_path / f"debrief-{run}.json").read_text())["note"] == "We held first."


def test_what_was_done_by_hand_in_a_flight_that_is_not_kept_is_not_promised_again():
    assert "without what was done by hand" in repeat_of(acted((2.0, "hold")), "")
    assert repeat_of(flown(), "") == "greenroom run short --seed 3"
    assert repeat_of(flown(), "a-run") == "greenroom debrief a-run"


async def test_the_keys_page_names_the_panes_that_are_there():
    app = desk(first=lambda: Debrief(flown()))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief) and "1 Score" in screen_text(app))
        await pilot.press("question_mark")
        await until(pilot, lambda: "Look at the score" in screen_text(app))
        text = screen_text(app)
        for here in ("the same day with other hands", "Look at your note", "Look at the log"):
            assert here in text
        for elsewhere in ("Look at the charts", "Look at the gates", "Look at the timeline"):
            assert elsewhere not in text


def test_who_speaks_in_the_log_is_set_apart_from_what():
    app = Debrief(with_on_call())
    for one in app.lines:
        text = "".join(part for part, _ in log_item(one, 0).pieces)
        assert f"{one.who} " in text


async def test_where_nothing_was_wrong_the_axis_says_so_and_after_the_last_event_so_does_its_key():
    quiet = plan_of(re.sub(r"\[\[faults\]\].*?(?=\[ramp\])", "", SHORT, flags=re.DOTALL))
    session = Session(quiet)
    app = desk(first=lambda: Debrief(session.finish()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief) and "1 Score" in screen_text(app))
        await until(pilot, lambda: "no harm began, so nothing to act upon" in screen_text(app))
        app.screen.query_one("#axis").go_to(app.screen.flight.ended_at)
        await pilot.press("n")
        await until(pilot, lambda: "nothing happened after this" in said(app))


def test_what_a_runbook_had_done_is_not_done_twice_on_the_same_day_with_something_else():
    climbs = SHORT.replace('["10%", "50%"]', '["10%", "30%", "50%"]')
    book = ON_CALL[ON_CALL.index("[runbook"):].replace('action = "roll back"', 'action = "advance"')
    text = f"{climbs}\n[notify]\nto = \"on-call\"\n{book}"
    session = Session(plan_of(text))
    session.advance(2 * MINUTE)
    session.apply("perform", actor="you", runbook="it errs", step=1)
    flight = session.finish()
    again = otherwise(flight, at=flight.ended_at, kind="", watch=lambda _: True)
    assert again.harm.total == Debrief(flight).card.harm.total


def test_what_was_signed_for_a_flight_is_signed_on_the_same_day_with_something_else_too():
    plan = plan_of(f'{SHORT}\n[plan]\napprovals = ["risk"]\n')
    signed = Signature(role="risk", steps=[1], plan=plan.hash, by="p-00000001", at=date(2026, 5, 1))
    flight = fly(replace(plan, approvals=(signed,)))
    again = otherwise(flight, at=3 * MINUTE, kind="roll back", watch=lambda _: True)
    assert (again.name, again.outcome, again.over_at) == ("roll back at 00:03", "rolled_back", 3 * MINUTE)
    nobody = otherwise(flight, at=0, kind="", watch=lambda _: True)
    assert nobody.harm.total == told("", flight).harm.total


async def test_where_somebody_is_on_call_what_if_does_not_promise_that_nobody_acts():
    app = desk(first=lambda: Debrief(with_on_call()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief) and "1 Score" in screen_text(app))
        await pilot.press("w")
        await until(pilot, lambda: "on call alone from the start" in screen_text(app))
        assert "nobody" not in screen_text(app)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, Debrief) and len(app.screen.others) == 2)
        assert app.screen.others[1].name == "on call alone"


async def test_a_pane_that_only_the_cockpit_has_is_said_not_to_be_here():
    app = desk(first=lambda: Debrief(with_on_call()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief) and "1 Score" in screen_text(app))
        await pilot.press("5")
        await until(pilot, lambda: "5: not on this screen" in said(app))


async def test_what_was_done_otherwise_is_named_to_the_second_and_a_tab_in_a_note_is_blanks(tmp_path):
    flight, run = kept_with_a_hand(tmp_path)
    Archive(tmp_path / "store").write_note(run, "page\tseen late")
    app = desk(first=lambda: Debrief(flight, run=run), store=tmp_path / "store")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief) and "1 Score" in screen_text(app))
        refused = "roll back at 00:05:50 (refused: the ramp has not begun)"
        app.screen.others += [replace(told("", flight), name=name) for name in ("roll back at 00:05:50", refused)]
        app.screen._write()
        await pilot.press("2")
        await until(pilot, lambda: re.search(r"roll back at 00:05:50 +(promoted|rolled back)", screen_text(app)))
        assert refused in screen_text(app)
        await pilot.press("3")
        await until(pilot, lambda: "page    seen late" in screen_text(app))


async def test_whoever_goes_through_the_log_reads_a_line_that_is_cut_whole_above_it():
    app = desk(first=lambda: Debrief(flown()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Debrief) and "1 Score" in screen_text(app))
        await pilot.press("4", "G")
        log = app.screen.query_one("#log")
        await until(pilot, lambda: log.cursor == len(log.items) - 1)
        for _ in log.items:
            if "FAIL" not in "".join(text for text, _ in log.chosen):
                await pilot.press("up")
        whole = "".join(text for text, _ in log.chosen)
        assert len(whole) > 80
        await until(pilot, lambda: " ".join(app.screen.query_one("#moment").text.split()) == " ".join(whole.split()))
