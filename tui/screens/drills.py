"""The drills: families of which one case is dealt, and nobody is told which."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from sandbox.base.units import format_duration
from tui.actions import bindings
from tui.exercises import Course, Exercise, course
from tui.screens.drill_briefing import DrillBriefing, told
from tui.screens.room import Room
from tui.topics import LIST
from tui.widgets.bar import Bar, Page
from tui.widgets.drawn import Drawing, Piece, line
from tui.widgets.listing import Item, Listing


class Drills(Room):
    """A list of drills, the easiest first, and what is told before each."""

    SCOPES = ("drills", "list", "mode", "app")
    BINDINGS = bindings(*SCOPES)
    CSS_PATH = "../styles/library.tcss"
    ABOUT = (
        "A drill is scored: something is wrong, or nothing is, and nobody says which. Find out, say so with W, and do "
        "what is right. A pause and a hint cost five points each."
    )

    TOPICS = LIST

    def __init__(self) -> None:
        super().__init__()
        self.drills: dict[str, Exercise] = {}
        self.course: Course | None = None

    def compose(self) -> ComposeResult:
        """The list, and the briefing of the one under the cursor."""
        yield Bar(id="title")
        with Vertical(id="body"):
            with Vertical(id="scenarios", classes="pane"):
                yield Bar(id="columns")
                yield Listing(empty="reading the drills …", id="list")
            with Vertical(id="preview", classes="pane"):
                yield Page(id="about")
        yield from self.frame_of_screen()

    def on_mount(self) -> None:
        """Read them aside."""
        super().on_mount()
        self.title_bar("drills")
        self.query_one(Listing).focus()
        self.run_worker(self._read(), exclusive=True, group="drills")

    async def _read(self) -> None:
        read = partial(course, self.desk.drills, own=Path.cwd(), store=self.desk.store)
        try:
            self.course = await self.wait_for("reading the drills", read)
        except Exception as error:
            await self.tell("The drills cannot be read", str(error))
        if self.course is None:
            self.query_one(Listing).empty = "the drills were not read"
            self.query_one(Listing).show([])
            return
        self.drills = {one.name: one for one in self.course.drills}
        self.query_one("#columns", Bar).write(
            [(f"  {'drill':<23} {'level':<6} {'lasts':<7} {'points':<7} teaches", "faint")]
        )
        listing = self.query_one(Listing)
        listing.show([Item(one.name, tuple(_row(one, self.course))) for one in self.course.drills])
        if not listing.touched:
            keys = [item.key for item in listing.items]
            listing.go(keys.index(self.course.next) if self.course.next in keys else 0)
        self._preview(listing.key)

    def on_screen_resume(self) -> None:
        """Another may have been sat."""
        super().on_screen_resume()
        if self.is_running and self.course is not None:
            self.run_worker(self._read(), exclusive=True, group="drills")

    @on(Listing.Moved)
    def _moved(self, event: Listing.Moved) -> None:
        self._preview(event.key)

    def _preview(self, name: str) -> None:
        if self.course is None:  # a filter may be typed before there is anything to filter
            return
        listing = self.query_one(Listing)
        hides = f" of {len(self.drills)} with: {listing.needle} (esc shows all)" if listing.needle else ""
        title = f"{self.course.title or 'Drills'} {len(listing.items)}{hides}"
        self.query_one("#scenarios").border_title = title.replace("[", "(")
        one = self.drills.get(name)
        self.query_one("#preview").border_title = name
        why = self.course.because if name == self.course.next else ""
        self.query_one("#about", Page).write([] if one is None else list(_about(one, why)))

    def refusal(self, name: str) -> str:
        """There is no briefing without a drill."""
        if name == "drills.brief" and self.query_one(Listing).key not in self.drills:
            return "no drill is chosen"
        return super().refusal(name)

    @on(Listing.Opened)
    def _opened(self) -> None:
        self.action_act("drills.brief")

    async def do_drills_brief(self) -> None:
        """All that is told before it."""
        self.app.push_screen(DrillBriefing(self.drills[self.query_one(Listing).key]))


def _row(one: Exercise, course: Course) -> Iterable[Piece]:
    points = course.points.get(one.name)
    learned = points is not None and points >= course.passed
    yield ("> " if one.name == course.next else "  "), "accent"
    yield f"{one.name:<23.23} ", "plain"
    yield f"{'.' * one.level:<6} ", "accent"
    yield f"{format_duration(one.duration):<7} ", "faint"
    came_to = "" if points is None else f"{points:.0f}{' ✔' if learned else ''}"
    yield f"{came_to:<7} ", "good" if learned else "plain"
    yield one.teaches, "faint"


def _about(one: Exercise, why: str) -> Iterable[Drawing]:
    yield line((one.title, "strong"))
    yield line("")
    yield from told(one.briefing)
    yield line("")
    if why:
        yield line(("next    ", "faint"), (why, "accent"))
    yield line(("speed   ", "faint"), f"{one.speed:g}x, fixed")
    yield line(("scored  ", "faint"), "60 points for the decision, 20 for the diagnosis, 20 for the process")
