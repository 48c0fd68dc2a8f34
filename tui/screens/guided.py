"""Screens with a lesson below them, which goes on as somebody does what it asks."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.widget import Widget

from sandbox.report.log import Line
from tui.actions import BY_ID, shown
from tui.course import Course
from tui.widgets.coach import Coach
from tui.widgets.keys import Keys

if TYPE_CHECKING:
    from tui.screens.room import Room
else:
    Room = object  # styles and messages are inherited from the first base that is a widget, which must be the screen

LOOKS = 0.2
"""Seconds between two looks at whether a step is done."""


class Guided(Room):
    """Shows the step of a lesson, ends it when it is done, and lets nothing be done before the lesson comes to it."""

    course: Course
    _insisted = False

    def frame_of_screen(self) -> Iterable[Widget]:
        """The lesson stands above the keys."""
        yield Coach(self.course, self._key)
        yield from super().frame_of_screen()

    def _key(self, action: str) -> str:
        return shown(self.desk.preferences.keys.get(action, BY_ID[action].keys).split(",")[0])

    def on_mount(self) -> None:
        """Begin once the screen itself has; it is told of the mounting, too."""
        self.add_class("-lesson")
        self.query_one(Coach).add_class("pane")
        self.call_after_refresh(self.begin)
        self.set_interval(LOOKS, self.follow)

    def told(self) -> Iterable[Line]:
        """The log so far."""
        return ()

    def hurry(self) -> bool:
        """Bring about what the step waits for, where that is only time; whether it was."""
        return False

    def set_clock(self) -> None:
        """Let the clock run, or stop it, as the step has it."""

    def begin(self) -> None:
        """Begin the step that is under way."""
        step = self.course.step
        self.query(".-looked-at").remove_class("-looked-at")
        if step.look:
            self.query_one(f"#{step.look}").add_class("-looked-at")
        for name in ("axis", "score", "other"):
            self.set_class(step.look == name, f"-looks-at-{name}")
        self.set_clock()
        self.follow()

    def follow(self) -> None:
        """End the step where it is done."""
        if self.app.screen is self and self.course.done(self.told()):
            self._next()
        self.query_one(Coach).show(self._waits())

    def _next(self) -> None:
        self.course.go_on()
        if self._insisted:
            self.query_one(Keys).forget()
        self._insisted = False
        self.begin()

    def _waits(self) -> str:
        course, step = self.course, self.course.step
        if course.shown < course.place:
            return "enter reads on"
        if course.at_end:
            return "enter goes to the library"
        if step.reads:
            return "enter goes on; backspace goes back, esc leaves"
        return self.waits_for()

    def waits_for(self) -> str:
        """What the step waits for, where that is not Enter."""
        return f"press {self._key(self.course.step.do or self.course.step.asks)}"

    def did(self, name: str) -> None:
        """An action was done."""
        self.course.did(name)
        super().did(name)

    def refusal(self, name: str) -> str:
        """What the lesson has not come to yet."""
        action, step = BY_ID[name], self.course.step
        if name == "app.lesson":
            return "this is the lesson"
        if action.acts and not self.course.came_to(name):
            return "not in this lesson, or not yet; esc leaves it"
        if action.scope == "clock" and not step.flies and not step.do.startswith("clock."):
            return "the flight waits while the lesson explains; enter goes on"
        return super().refusal(name)

    def do_lesson_next(self) -> None:
        """Go on; past something to do only when told so twice."""
        course = self.course
        if course.forth():
            self.follow()
        elif course.at_end:
            self.app.pop_screen()
        elif course.step.reads:
            self._next()
        elif not self.hurry():
            self._insist()

    def _insist(self) -> None:
        """What comes later is about a flight in which this was done, so that it can be done for one, not left out."""
        asked = self.course.step.do or self.course.step.asks
        if not self._insisted:
            self._insisted = True
            self.say(f"{self.waits_for()}; enter {'does it for you' if asked else 'goes on without'}")
        elif asked:
            self.action_act(asked)
        else:
            self._next()

    def on_coach_clicked(self) -> None:
        """A click goes on, as Enter does."""
        self.do_lesson_next()

    def do_lesson_back(self) -> None:
        """Read the step before."""
        self.course.back()
        self.follow()

    def do_app_back(self) -> None:
        """Leave, once somebody has said so."""
        self.run_worker(self._leave())

    async def _leave(self) -> None:
        from tui.screens.confirm import Choice

        again = f"{self._key('app.lesson')} opens it again, from the beginning."
        answers = {"stay": "stay", "leave": "leave"}
        if await self.app.push_screen_wait(Choice("Leave the lesson?", again, answers)) == "leave":
            self.app.pop_screen()
