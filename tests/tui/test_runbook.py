"""A runbook says which step comes next by what fires and what became of the steps before, and what each step asks."""

import re

import pytest

from sandbox.operate.oncall.kinds import KINDS
from sandbox.operate.runbook import Runbook
from sandbox.run.session import fly
from sandbox.scenario.read import read_plan
from tests.tui.desk import MINUTE, SHORT, desk, feed_of, plan_of, said, screen_text, until
from tui.frame import AlertNow, StepNow
from tui.glyphs import Glyphs
from tui.replay import Replay
from tui.screens.cockpit import Cockpit
from tui.screens.confirm import Choice
from tui.sheet import ONCALL, sheet_of
from tui.steps import next_of, suggested
from tui.widgets.briefed import judged
from tui.widgets.runbook import runbook_detail, runbook_items

ERRS = Runbook.model_validate({
    "alerts": ["candidate fails"],
    "steps": [
        {"title": "the incumbent, too?", "verify": "errors.rate{arm=incumbent} < 1%", "then": "recipe"},
        {"title": "call the platform", "command": "by telephone"},
    ],
    "rollback": {"steps": [
        {"title": "make room", "action": {"kind": "scale", "model": "incumbent", "replicas": 8},
         "expect": "eight replicas", "verify": "saturation.busy < 90%", "within": "8m"},
        {"title": "roll back", "action": "roll back", "reversible": False, "then": "done"},
    ]},
})


def at(said: str) -> StepNow:
    """What became of a step, as it is written: "not verified at 00:02"."""
    what, _, clock = said.partition(" at ")
    hours, minutes = clock.split(":")
    return StepNow(what=what, at=(60 * int(hours) + int(minutes)) * MINUTE)


def rows(books, steps=None, **options) -> list[str]:
    return ["".join(text for text, _ in item.pieces) for item in runbook_items(books, Glyphs(), steps, **options)]


def alert(state: str = "firing", *, name: str = "candidate fails", active_at: int = 0) -> AlertNow:
    return AlertNow(
        name=name, arm="", severity="page", state=state, since=0, active_at=active_at, because="", kind="threshold",
        fired=state in ("firing", "inactive"),
    )


def test_a_question_of_a_runbook_is_answered_and_not_verified():
    assert any(row.endswith("too? asked at 00:02") for row in rows({"errs": ERRS}, {("errs", 1): at("done at 00:02")}))
    for state, answer in (("verified", "yes"), ("not verified", "no")):
        shown = rows({"errs": ERRS}, {("errs", number): at(f"{state} at 00:02") for number in (1, 2, 3)})
        assert [row.rstrip().rpartition("? ")[2] for row in shown if "too?" in row] == [answer]
        assert sum(row.endswith(f" {state}") for row in shown) == 2


def test_a_long_step_makes_room_for_what_became_of_it():
    book = Runbook.model_validate({"steps": [{"title": "give the incumbent its replicas back", "action": "hold"}]})
    _, row = rows({"errs": book}, {("errs", 1): at("done at 01:08")}, width=38)
    assert row.endswith(" done at 01:08")
    assert len(row) <= 38


@pytest.mark.parametrize(("said", "comes"), [
    ({}, 1),
    ({1: "verified at 00:02"}, 3),
    ({1: "not verified at 00:02"}, "escalate"),
    ({1: "verified at 00:02", 3: "done at 00:03"}, 3),
    ({1: "verified at 00:02", 3: "verified at 00:05"}, 4),
    ({1: "verified at 00:02", 3: "not verified at 00:11"}, "escalate"),
    ({1: "verified at 00:02", 3: "verified at 00:05", 4: "done at 00:06"}, "done"),
    ({4: "done at 00:01"}, 1),
    ({1: "not done at 00:02"}, "escalate"),
    ({1: "verified at 00:02", 3: "under way at 00:03"}, 3),
    ({1: "verified at 00:02", 3: "verified at 00:05", 4: "under way at 00:06"}, 4),
])
def test_what_became_of_the_steps_before_says_which_step_comes_next(said, comes):
    assert next_of(ERRS, {number: at(one) for number, one in said.items()}) == comes


def test_a_recipe_that_leads_back_to_its_begin_is_suggested_from_there_and_followed_for_ever_by_nobody():
    raw = ERRS.model_dump(mode="json", exclude_unset=True)
    raw["rollback"]["steps"][0]["otherwise"] = raw["rollback"]["steps"][1]["otherwise"] = "recipe"
    book = Runbook.model_validate(raw)
    said = {1: at("verified at 00:02"), 3: at("not verified at 00:05"), 4: at("not done at 00:06")}
    assert next_of(book, said) == 3
    assert next_of(book, said | {3: at("verified at 00:05")}) == 3


@pytest.mark.parametrize(("alerts", "steps", "comes"), [
    ([], {}, None),
    ([alert("pending")], {}, None),
    ([alert("inactive")], {}, None),
    ([alert(name="another")], {}, None),
    ([alert()], {}, 1),
    ([alert("inactive"), alert()], {}, 1),
    ([alert("inactive")], {("errs", 1): "verified at 00:02"}, 3),
    ([alert("inactive")], {("other", 1): "verified at 00:02"}, None),
    ([alert("inactive")], {("errs", number): "verified at 00:02" for number in (1, 3, 4)}, None),
    ([alert()], {("errs", number): "verified at 00:02" for number in (1, 3, 4)}, "done"),
    ([alert(active_at=3 * MINUTE)], {("errs", number): "verified at 00:02" for number in (1, 3, 4)}, 1),
    ([alert("pending")], {("errs", 1): "verified at 00:02"}, None),
    ([alert("inactive")], {("errs", 4): "done at 00:02"}, None),
    ([alert("inactive")], {("errs", 1): "not verified at 00:02"}, None),
])
def test_a_runbook_is_suggested_while_what_it_is_for_fires_and_until_it_is_at_its_end(alerts, steps, comes):
    found = suggested({"errs": ERRS}, alerts, {step: at(said) for step, said in steps.items()})
    assert [one.next for one in found.values()] == ([] if comes is None else [comes])


def test_a_step_says_what_it_does_what_is_expected_and_how_one_sees_it():
    steps, ahead = {("errs", 3): at("done at 00:03")}, suggested({"errs": ERRS}, [alert()], {})

    def told(number: int) -> list[str]:
        return [row.text for row in runbook_detail({"errs": ERRS}, f"errs/{number}", steps, ahead)]

    assert told(1)[1:] == ["asks    errors.rate{arm=incumbent} < 1%", "then    yes: the rollback recipe; no: escalate"]
    assert told(3) == [
        "make room  done at 00:03", "does    scale model incumbent, replicas 8", "expect  eight replicas",
        "looks   saturation.busy < 90% within 8m", "then    the next step; if not: escalate",
    ]
    assert told(2)[1:] == ["does    by hand: by telephone", "then    nothing is left; if not: escalate"]
    assert "does    roll back, and cannot be taken back" in told(4)
    assert told(0) == ["errs  SEV2", "fires   candidate fails: step 1 comes next"]


BOOK = """
[runbook.errs]
alerts = ["candidate fails"]
[[runbook.errs.steps]]
title = "does the incumbent fail, too?"
verify = "failures.rate{arm=incumbent} < 1%"
then = "recipe"
[[runbook.errs.rollback.steps]]
title = "send everybody back"
action = "roll back"
verify = "failures.rate < 1%"
"""


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_alert_that_fires_leads_to_its_runbook_and_from_step_to_step(size):
    feed = feed_of(SHORT.replace("[[gates]]", "[[gates]]\ndry_run = true") + BOOK)
    app = desk(feed)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.session.advance(7 * MINUTE)
        await feed.step()
        app.screen.repaint()
        await until(pilot, lambda: "runbook errs: step 1 comes next" in screen_text(app))
        assert "5 Runbook ▶1" in screen_text(app)
        await pilot.press("5")
        asks = "asks failures.rate{arm=incumbent} < 1%"
        await until(pilot, lambda: asks in " ".join(app.screen.query_one("#step").text.split()))
        assert app.screen.query_one("#runbook").key == "errs/1"
        await pilot.press("enter")
        asks = "does the incumbent fail, too?\nasks telemetry whether failures.rate{arm=incumbent} < 1%"
        await until(pilot, lambda: isinstance(app.screen, Choice) and asks in app.screen.effect)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        feed.session.advance(8 * MINUTE)
        await feed.step()
        app.screen.repaint()
        await until(pilot, lambda: "5 Runbook ▶2" in screen_text(app))
        assert "✔  1 does the incumbent fail" in screen_text(app)


async def test_a_line_of_the_log_that_is_cut_stands_below_it_whole():
    feed = feed_of(SHORT.replace("failures no worse", "failures of the candidate no worse than the incumbent's"))
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        while not any(one.who == "gate" for one in feed.frame().view.lines):
            await feed.step()
        app.screen.repaint()
        await pilot.press("4")
        await until(pilot, lambda: app.screen.query_one("#timeline").key)
        for _ in app.screen.query_one("#timeline").items:
            if " gate " not in app.screen.query_one("#line").text:
                await pilot.press("up")
        whole = app.screen.query_one("#line").text
        assert "(needs p ≤ 0.05 · n " in " ".join(whole.split())
        assert not any("needs p" in row for row in screen_text(app).splitlines() if row.startswith("│"))


async def test_a_step_is_performed_where_it_is_seen_and_nowhere_else():
    feed = feed_of(SHORT + BOOK)
    app = desk(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.press("5", "down", "4", "enter")
        await until(pilot, lambda: "5 looks at the runbook" in said(app))
        assert isinstance(app.screen, Cockpit)
        await pilot.press("5", "enter")
        await until(pilot, lambda: isinstance(app.screen, Choice))


async def test_a_click_on_a_runbook_looks_at_it_and_enter_performs_the_step_that_was_clicked():
    app = desk(feed_of(SHORT + BOOK))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.click("#runbook", offset=(4, 2))
        await until(pilot, lambda: app.screen.pane == "runbook" and app.screen.query_one("#runbook").key == "errs/1")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Choice) and "Perform step 1?" in screen_text(app))
        await pilot.press("escape", "1", "enter")
        await until(pilot, lambda: "5 looks at the runbook" in said(app))


async def test_what_takes_its_time_is_under_way_and_what_fails_is_not_done():
    slow = SHORT + BOOK + '[operations.scale]\ntakes = "30s"\nfails = "100%"\n' + """
[[runbook.errs.rollback.steps]]
title = "make room"
action = { kind = "scale", model = "incumbent", replicas = 9 }
"""
    feed = feed_of(slow)
    feed.session.advance(2 * MINUTE)
    feed.session.apply("perform", actor="you", runbook="errs", step=3)
    seen = []
    for _ in range(12):
        feed.session.advance(feed.session.now + MINUTE // 6)
        feed._take_in()
        if now := feed.frame().view.steps.get(("errs", 3)):
            seen.append(now.what)
    assert list(dict.fromkeys(seen)) == ["under way", "not done"]
    feed.close()


async def test_who_did_a_step_is_said_where_it_was_not_whoever_sits_there():
    feed = feed_of(SHORT + BOOK)
    await feed.step()
    feed.session.advance(2 * MINUTE)
    feed.session.apply("perform", actor="on-call", runbook="errs", step=2)
    feed.session.advance(4 * MINUTE)
    feed._take_in()
    assert re.fullmatch(r"verified at 00:0[2-4](:\d\d)? by on-call", str(feed.frame().view.steps["errs", 2]))
    feed.close()


def test_whoever_else_acts_is_told_before_take_off_and_so_is_the_runbook():
    assert set(ONCALL) == {kind.model_fields["kind"].default for kind in KINDS}
    text = SHORT + BOOK + '[notify]\nto = "on-call"\n[oncall]\nkind = "simulated"\nacknowledge = "3m"\n'
    lines = [row.text for row in judged(sheet_of(plan_of(text)))]
    assert "runbook    errs for candidate fails, 2 steps" in lines
    assert "on call    somebody made up acts beside you: who is paged answers, and follows the runbook" in lines
    assert not any(row.startswith("on call") for row in (row.text for row in judged(sheet_of(plan_of()))))


def test_a_replay_has_the_runbooks_that_the_flight_had_wherever_it_is_looked_at(tmp_path, monkeypatch):
    (tmp_path / "books.toml").write_text(BOOK)
    path = tmp_path / "shares.toml"
    path.write_text(f'format = 1\nshared = ["books.toml"]\n{SHORT}')
    flight = fly(read_plan(path))
    monkeypatch.chdir("/")
    (tmp_path / "books.toml").unlink()
    assert [*Replay(flight).sheet.runbooks] == ["errs"]
