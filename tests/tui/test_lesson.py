"""The lesson waits while it explains, goes on as one does what it asks, and lets nothing be done before that."""

import pytest
from pydantic import ValidationError

from sandbox.report.log import Line
from tests.tui.desk import desk, feed_of, said, screen_text, until
from tui.actions import BY_ID
from tui.course import Course, Lesson, lesson
from tui.prefs import Preferences, read
from tui.screens.confirm import Choice
from tui.screens.lesson import LessonDebrief, LessonFlight, prepared
from tui.screens.library import Library
from tui.widgets.bar import wrapped
from tui.widgets.coach import Coach, inked
from tui.widgets.drawn import line

SMALL = Lesson.model_validate({"title": "Small", "scenario": "short", "steps": [
    {"title": "Read", "text": "A *word*, and [clock.toggle]."},
    {"title": "Do", "text": "Press [pane.3].", "do": "pane.3", "look": "gates"},
    {"title": "Wait", "text": "It flies.", "until": {"who": "ramp", "what": "10%"}, "flies": 600},
    {"title": "Act", "text": "Press [act.rollback].", "until": {"who": "you", "what": "roll back"}},
    {"title": "End", "text": "Press [cockpit.end].", "do": "cockpit.end"},
    {"title": "Over", "text": "That was it.", "look": "score"},
]})


def place(app) -> str:
    return app.screen.course.step.title


async def test_the_first_lesson_is_flown_by_doing_what_it_asks_and_ends_with_a_rollback_and_its_debrief():
    feed = prepared()
    app = desk(first=lambda: LessonFlight(feed))
    steps = lesson().steps
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LessonFlight))
        seen = []
        for number, step in enumerate(steps):
            course = app.screen.course
            await until(pilot, lambda here=number, course=course: course.place == here, what=step.title)
            await until(pilot, lambda one=step: one.title in app.screen.query_one(Coach).border_title)
            seen.append(step.title)
            assert "▸" in screen_text(app), f"{step.title}: what it waits for is in sight"
            if not step.flies:
                assert feed.pace.paused, f"{step.title}: the flight waits"
            if step.reads or step.flies:
                await pilot.press("enter")
                continue
            await pilot.press(BY_ID[step.do or step.asks].keys.split(",")[0])
            if step.asks == "act.rollback":
                await until(pilot, lambda: isinstance(app.screen, Choice))
                await pilot.press("a", "enter")
            if step.do == "debrief.what-if":
                await until(pilot, lambda: isinstance(app.screen, Choice))
                await pilot.press("j", "j", "j", "j", "j", "enter")
                await until(pilot, lambda: len(app.screen.others) == 2)
                with_you, without = app.screen.others
                assert without.harm.total.net > 3 * with_you.harm.total.net, "waiting would have been much worse"
            if step.do == "cockpit.end":
                await until(pilot, lambda: isinstance(app.screen, Choice))
                await pilot.press("y")
                await until(pilot, lambda: isinstance(app.screen, LessonDebrief))
        assert seen == [step.title for step in steps]
        await until(pilot, lambda: isinstance(app.screen, Library))
    assert feed.session.journal.entries[-1].facts["outcome"] == "rolled_back"
    assert feed.session.finish().header.name == "first-rollback"


def test_every_step_fits_into_the_panel_of_a_small_terminal():
    for step in lesson().steps:
        lines = wrapped(line(*inked(step, lambda action: BY_ID[action].shown_key)), 76)
        assert len(lines) + 1 <= 6, f"{step.title} has {len(lines)} lines"


async def test_nothing_can_be_done_before_the_lesson_comes_to_it_and_the_clock_stands_while_one_reads():
    app = desk(first=lambda: LessonFlight(feed_of(), Course(SMALL)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LessonFlight))
        await pilot.press("space")
        assert "the flight waits while the lesson explains" in said(app)
        await pilot.press("R")
        assert "not in this lesson, or not yet" in said(app)
        assert place(app) == "Read"
        await pilot.press("enter", "3")
        await until(pilot, lambda: place(app) == "Wait")
        assert not app.screen.feed.pace.paused


async def test_what_is_asked_for_can_be_passed_over_and_read_again():
    app = desk(first=lambda: LessonFlight(feed_of(), Course(SMALL)))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LessonFlight))
        await pilot.press("enter", "enter")
        assert "press 3; enter does it for you" in said(app)
        await pilot.press("backspace")
        await until(pilot, lambda: "Read" in app.screen.query_one(Coach).border_title)
        await pilot.press("enter")
        assert place(app) == "Do"
        await pilot.press("enter")
        await until(pilot, lambda: place(app) == "Wait")
        assert app.screen.pane == "gates"
        assert "enter does it for you" not in said(app), "what was said of a step is gone with it"
        await pilot.press("enter")
        await until(pilot, lambda: place(app) == "Act")
        assert app.screen.feed.pace.speed == 600, "as fast as it goes was for the wait alone"
        assert app.screen.frame.at == 60 * 10**9 + 1, "it stopped just after what was waited for"
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LessonFlight))
        assert place(app) == "Act", "what comes later is about a flight that was rolled back"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("a", "enter")
        await until(pilot, lambda: place(app) == "End")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LessonFlight))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, Library))


@pytest.mark.parametrize("keys", [("E",), ("enter", "enter")], ids=["by its key", "by enter"])
async def test_who_would_rather_not_end_the_day_is_still_asked_to_and_can_end_it_then(keys):
    course = Course(SMALL)
    while course.step.title != "End":
        course.go_on()
    app = desk(first=lambda: LessonFlight(feed_of(), course))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LessonFlight))
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LessonFlight))
        await pilot.pause(0.5)
        assert place(app) == "End"
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, LessonDebrief))
        assert place(app) == "Over"


async def test_a_small_terminal_has_room_for_the_gates_that_the_lesson_points_to():
    feed = feed_of()
    app = desk(first=lambda: LessonFlight(feed, Course(SMALL)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LessonFlight))
        while not feed.frame().view.gates:
            await feed.step()
        await pilot.press("enter", "3")
        await until(pilot, lambda: "failures no worse" in app.screen.query_one("#gates").text)


async def test_a_newcomer_is_offered_the_lesson_until_they_say_never(tmp_path):
    for answer, kept in (("n", False), ("d", True)):
        app = desk(lesson="offer", preferences=Preferences(), place=tmp_path / "cockpit.toml")
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda app=app: isinstance(app.screen, Choice))
            await pilot.press(answer)
            await until(pilot, lambda app=app: isinstance(app.screen, Library))
        assert read(tmp_path / "cockpit.toml").seen_lesson is kept


async def test_the_lesson_opens_from_the_library_and_is_not_offered_again(tmp_path, monkeypatch):
    monkeypatch.setattr("tui.screens.lesson.prepared", feed_of)
    app = desk(preferences=Preferences(), place=tmp_path / "cockpit.toml")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Library))
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, LessonFlight))
        await pilot.press("f2")
        assert "this is the lesson" in said(app)
        assert app.screen.loses == "", "a lesson is not kept, so nothing is lost"
    assert read(tmp_path / "cockpit.toml").seen_lesson


@pytest.mark.parametrize(("step", "wrong"), [
    ({"do": "clock.fly"}, "no such action 'clock.fly'"),
    ({"text": "Press [clock.fly]."}, "no such action: clock.fly"),
    ({"flies": 60}, "say `until`"),
    ({"looks": "gates"}, "Extra inputs"),
])
def test_a_mistake_in_a_lesson_is_named(step, wrong):
    with pytest.raises(ValidationError, match=wrong):
        Lesson.model_validate({"title": "x", "scenario": "y", "steps": [{"title": "a", "text": "b"} | step]})


def test_a_line_of_the_log_ends_a_step_where_it_begins_as_asked():
    fits = SMALL.steps[2].until.fits
    assert fits(Line(at=0, who="ramp", what="10%"))
    assert not fits(Line(at=0, who="ramp", what="50%"))
    assert not fits(Line(at=0, who="you", what="10%"))


async def test_who_sends_one_segment_back_is_still_asked_for_all_of_them():
    step = next(one for one in lesson().steps if one.asks == "act.rollback")
    feed = feed_of()
    await feed.step()
    feed.session.advance(3 * 60 * 10**9)

    def answered(**arguments: str) -> list[bool]:
        feed.session.apply("roll back", actor="you", **arguments)
        feed._take_in()
        return [step.until.fits(one) for one in feed.frame().view.lines if one.who == "you"]

    assert answered(segment="eu") == [False]
    assert answered(segment="eu")[1:] == [False], "it is refused: there is nothing left to send back"
    assert answered()[-1]
    feed.close()
