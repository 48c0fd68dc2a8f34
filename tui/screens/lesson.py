"""The first lesson: a flight that waits while it is explained, and the debrief it ends in."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from sandbox.base.flight import Flight
from sandbox.report.log import Line
from tui.actions import bindings
from tui.course import Course, lesson
from tui.screens.cockpit import Cockpit
from tui.screens.debrief import Debrief
from tui.screens.guided import Guided

if TYPE_CHECKING:
    from tui.feed import Feed


def prepared() -> "Feed":
    """The flight of the lesson, ready to take off; takes a second."""
    from sandbox.cli.scenarios import find, load
    from tui.feed import Feed

    return Feed(load(find(lesson().scenario)))


class LessonFlight(Guided, Cockpit):
    """The cockpit with a lesson below it."""

    SCOPES = ("lesson", "clock", "act", "alert", "cockpit", "pane", "list", "app")
    BINDINGS = bindings(*SCOPES)
    ABOUT = "A lesson: the flight waits while you read. Enter goes on, Escape leaves. " + Cockpit.ABOUT

    def __init__(self, feed: "Feed", course: Course | None = None) -> None:
        super().__init__(feed)
        self.course = course or Course(lesson())
        self._unhurried = feed.pace.speed

    @property
    def loses(self) -> str:
        """Nothing: a lesson is not kept."""
        return ""

    def told(self) -> Iterable[Line]:
        """The log so far."""
        return self.frame.view.lines

    def set_clock(self) -> None:
        """Fly until what the step waits for, or stand."""
        step = self.course.step
        self.feed.stop_when = step.until.fits if step.until else lambda _: False
        if step.flies:
            self.feed.pace.speed = step.flies
            self.feed.play()
            return
        if not self.feed.pace.paused:
            self.feed.pause()
        if self.feed.pace.speed == float("inf"):
            self.feed.pace.speed = self._unhurried

    def hurry(self) -> bool:
        """Fly there as fast as it goes."""
        if not self.course.step.flies or self.feed.ended:
            return False
        if self.feed.pace.speed != float("inf"):
            self._unhurried = self.feed.pace.speed
        self.feed.pace.speed = float("inf")
        self.feed.play()
        return True

    def waits_for(self) -> str:
        """A key, or time."""
        if not self.course.step.flies:
            return super().waits_for()
        if self.feed.ended:
            return "the day is over; enter goes on"
        if self.feed.pace.paused:
            return f"the clock stands; {self._key('clock.toggle')} lets it run"
        return "wait for it; enter is there at once"

    def did(self, name: str) -> None:
        """A day that somebody would rather not give away has not ended; one that has goes on in the debrief."""
        if name != "cockpit.end":
            super().did(name)

    async def do_cockpit_end(self) -> None:
        """Fly to the end, and go on in the debrief."""
        landed = await self.to_its_end() if await self.gives_away_the_day() else None
        if landed is not None:
            self.course.go_on()
            self.app.switch_screen(LessonDebrief(landed.flight, self.course))


class LessonDebrief(Guided, Debrief):
    """The debrief with a lesson below it."""

    SCOPES: ClassVar[tuple[str, ...]] = (
        "lesson", "debrief.left", "debrief.right", "debrief.next", "debrief.what-if", "pane", "list", "app",
    )
    BINDINGS = bindings(*SCOPES)

    def __init__(self, flight: Flight, course: Course) -> None:
        super().__init__(flight)
        self.course = course

    def begin(self) -> None:
        """Show what the step is about, too."""
        super().begin()
        if self.course.step.look in ("score", "other"):
            self._look_at(self.course.step.look)

    def did(self, name: str) -> None:
        """A question that was answered with no is no flight."""
        if name != "debrief.what-if" or len(self.others) > 1:
            super().did(name)
