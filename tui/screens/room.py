"""What every screen has: actions by id, a footer that never lies, refusals with a reason, and a smallest size."""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any, ClassVar, TypeVar, cast

from textual import events
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker, WorkType

from tui.actions import BY_ID, EVERYWHERE, Action, of
from tui.desk import Desk
from tui.glyphs import Glyphs
from tui.screens.waiting import Waiting
from tui.topics import Topic
from tui.widgets.bar import Bar
from tui.widgets.drawn import Drawn, Piece
from tui.widgets.filter import Filter
from tui.widgets.keys import Keys
from tui.widgets.listing import Listing

Result = TypeVar("Result")
PLACES = ("library", "drills", "history", "compare")
"""Where the digits lead from a place of the first rank."""
KEPT = ", kept for the next time"
"""Said of a choice that is a preference."""
SMALLEST = (60, 18)
"""Below this many cells a screen only says so."""


class Room(Screen[None]):
    """A screen whose actions are those of its scopes; `refusal` says why one cannot be done now."""

    SCOPES: ClassVar[tuple[str, ...]] = ("app",)
    TITLE_: ClassVar[str] = ""
    ABOUT: ClassVar[str] = ""
    """What `?` says, and F1 where what has the focus has no help of its own."""
    TOPICS: ClassVar[dict[str, Topic]] = {}
    """What F1 says of each of its widgets, by the id up to a dash."""
    AUTO_FOCUS = ""
    waiting: Waiting | None = None
    """What somebody waits for here."""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (160, "-xwide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]

    def frame_of_screen(self) -> Iterable[Widget]:
        """The two lines that every screen ends with: what it says when there is no room, and the keys."""
        yield Bar(id="too-small")
        yield Filter()
        yield Keys()

    @property
    def glyphs(self) -> Glyphs:
        """The characters there are."""
        return self.desk.glyphs

    @property
    def offered(self) -> tuple[Action, ...]:
        """The actions that are at hand here, with the keys they are bound to."""
        return tuple(self.bound(action) for action in of(*self.SCOPES) if hasattr(self, action.method))

    def bound(self, action: Action) -> Action:
        """An action with its keys as whoever sits here bound them."""
        keys = self.desk.preferences.keys.get(action.id, action.keys)
        return action if keys == action.keys else replace(action, keys=keys)

    def offer_keys(self) -> None:
        """Show what may be done here in the last line."""
        self.query_one(Keys).offer(tuple(one for one in self.offered if not self.ruled_out(one.id)))

    def ruled_out(self, name: str) -> str:
        """Why an action is not done on this screen at all; footers leave it out, and `?` says why."""
        return ""

    def on_mount(self) -> None:
        """Show the keys."""
        self.offer_keys()

    def on_screen_resume(self) -> None:
        """Other keys may be bound by now."""
        for drawn in self.query(Drawn):
            drawn.redraw()

    def on_resize(self, event: events.Resize) -> None:
        """Below the smallest size say so, and nothing else."""
        size = event.size
        small = size.width < SMALLEST[0] or size.height < SMALLEST[1]
        if small != self.has_class("-too-small"):
            self.set_class(small, "-too-small")
            self.too_small(small)
        if small:
            said = f" have {size.width}x{size.height}, need {SMALLEST[0]}x{SMALLEST[1]}"
            self.query_one("#too-small", Bar).write([(said, "warn")])

    def too_small(self, small: bool) -> None:
        """The screen became too small, or large enough again."""

    def action_act(self, name: str) -> None:
        """Do an action by its id, or say why not; a key that comes before there is anything to see does nothing."""
        if not self.is_mounted:
            return
        action = BY_ID[name]
        if name == "app.back" and self.waiting:
            self.waiting.leave()
            return
        why = self.refusal(name)
        if why:
            self.say(f"{self.bound(action).shown_key}: {why}", ink="warn")
            return
        try:
            done = getattr(self, action.method)()
        except ImportError as error:
            self.desk.outdated(error)
            return
        if inspect.isawaitable(done):
            self.run_worker(self._done(name, done), group="acts", exit_on_error=True)
        else:
            self.did(name)

    def run_worker(self, work: WorkType[Any], *args: Any, **options: Any) -> Worker[Any]:
        """Work beside this screen; what it would show of it once the screen is being left is dropped."""
        return super().run_worker(self._while_here(work) if inspect.isawaitable(work) else work, *args, **options)

    async def _while_here(self, work: Awaitable[Result]) -> Result | None:
        try:
            return await work
        except NoMatches:
            if self.display:  # a screen that is being left is displayed no more, and loses its widgets one by one
                raise
            return None

    async def _done(self, name: str, doing: Awaitable[object]) -> None:
        await doing
        self.did(name)

    def touched(self) -> None:
        """A key was pressed, here or on a screen above, or the mouse was."""

    def heed(self) -> None:
        """A key was pressed: the last line gives the keys back, until something new is said."""
        for keys in self.query(Keys):
            keys.fade()

    def did(self, name: str) -> None:
        """An action was done, to its end."""

    async def wait_for(
        self, what: str, work: Callable[[], Result], *, drop: Callable[[Result], object] = lambda _: None
    ) -> Result | None:
        """What some work gives, done aside; None where somebody did not wait for it, and then it is dropped.

        Raises what the work raises.
        """
        self.waiting = Waiting(what, say=self.say)
        try:
            return await self.waiting.through(work, drop=drop)
        finally:
            self.waiting = None

    def refusal(self, name: str) -> str:
        """Why an action cannot be done now; empty where it can."""
        return self.ruled_out(name) if hasattr(self, BY_ID[name].method) else "not on this screen"

    def say(self, text: str, *, ink: str = "accent") -> None:
        """Say something in the last line."""
        self.query_one(Keys).say(text, ink=ink)

    async def tell(self, what: str, why: str) -> None:
        """Say what went wrong, in as much room as it takes, until somebody has read it."""
        from tui.screens.confirm import Choice

        await self.app.push_screen_wait(Choice(what, why, {"back": "back"}))

    # What every screen can do.

    def do_app_back(self) -> None:
        """Show what a filter hides; else go back one level."""
        if self.listing is not None and self.listing.needle:
            self.query_one(Filter).action_drop()
        elif len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    def do_app_palette(self) -> None:
        """Open the palette."""
        self.app.action_command_palette()

    def do_app_quit(self) -> None:
        """Leave; where something would be lost, ask first, and once."""
        if not any(one.group == "quit" and not one.is_finished for one in self.app.workers):
            self.app.run_worker(self.quit(), group="quit")

    async def quit(self) -> None:
        """Leave greenroom."""
        from tui.screens.confirm import Choice

        lost = [one.loses for one in self.desk.screens_open if isinstance(one, Room) and one.loses]
        if lost:
            question = Choice("Quit?", f"It is not landed, and would be lost: {lost[0]}.", {
                "stay": "stay", "end": "fly it to its end and keep it, then quit", "drop": "drop it, and quit",
            }, careful=True)
            answer = await self.app.push_screen_wait(question)
            if answer == "stay":
                return
            if answer == "end":
                for one in self.desk.screens_open:
                    if isinstance(one, Room) and one.loses and not await one.save():
                        return
        self.app.exit()

    @property
    def loses(self) -> str:
        """What would be lost if one left now; empty where nothing would."""
        return ""

    async def save(self) -> bool:
        """Keep what would be lost; whether it is kept now."""
        return True

    def do_app_keys(self) -> None:
        """All keys of this screen."""
        from tui.screens.keys_page import KeysPage

        why = {one.id: self.ruled_out(one.id) for one in self.offered}
        own = sorted(self.offered, key=lambda one: (bool(why[one.id]), one.scope in EVERYWHERE))
        self.app.push_screen(KeysPage(tuple(own), title=type(self).__name__, about=self.ABOUT, ruled_out=why))

    def do_app_help(self) -> None:
        """What has the focus, and what this screen is about."""
        from tui.screens.keys_page import KeysPage

        name = (self.focused.id if self.focused is not None else "") or ""
        topic = self.TOPICS.get(name.partition("-")[0])
        if topic is None:
            self.do_app_keys()
            return
        keys = tuple(self.bound(one) for one in of(*topic.actions) if hasattr(self, one.method))
        why = {one.id: self.ruled_out(one.id) for one in keys}
        self.app.push_screen(KeysPage(keys, title=topic.title, about=topic.about, ruled_out=why))

    async def do_app_lesson(self) -> None:
        """The first lesson, on a flight of its own."""
        lesson = await self.wait_for("preparing the lesson", self.desk.lesson)
        if lesson is not None:
            self.desk.prefer(seen_lesson=True)
            self.app.push_screen(lesson)

    def do_app_charts(self) -> None:
        """The next way to draw charts."""
        from tui.draw.raster import RASTERS

        names = list(RASTERS)
        charts = names[(names.index(self.desk.preferences.charts) + 1) % len(names)]
        self.desk.prefer(charts=charts)
        self.say(f"charts in {charts}{'' if self.desk.raster == charts else ' once ASCII is off'}{KEPT}")

    def do_app_ascii(self) -> None:
        """ASCII, or all there is."""
        if not self.desk.spells:
            self.say("this terminal spells ASCII alone: by its locale, or as TERM=linux", ink="warn")
            return
        self.desk.prefer(ascii=not self.desk.preferences.ascii)
        self.say(f"{'ASCII alone' if self.desk.preferences.ascii else 'all characters'}{KEPT}")

    @property
    def desk(self) -> Desk:
        """The app, and what it knows of whoever sits there."""
        return cast(Desk, self.app)

    def do_app_theme(self) -> None:
        """The next theme."""
        self.say(f"theme {self.desk.next_theme()}{KEPT}")

    def title_bar(self, here: str) -> None:
        """The line that says which of the places one is in."""
        pieces: list[Piece] = [(" greenroom ", "strong")]
        for number, name in enumerate(PLACES, start=1):
            said = f"{number} {name.capitalize()}"
            pieces.append((f"[{said}]", "accent") if name == here else (f" {said} ", "faint"))
        self.query_one("#title", Bar).write(pieces, [(f"{self.app.theme} ", "faint")])

    def do_mode_library(self) -> None:
        """To the library."""
        self._go("library")

    def do_mode_drills(self) -> None:
        """To the drills."""
        self._go("drills")

    def do_mode_history(self) -> None:
        """To the history."""
        self._go("history")

    def do_mode_compare(self) -> None:
        """To the comparison."""
        self._go("history")
        self.app.screen.call_after_refresh(lambda: _compare(self.app.screen))

    def _go(self, place: str) -> None:
        if self.app.current_mode != place:
            self.app.switch_mode(place)

    @property
    def listing(self) -> Listing | None:
        """The list that the keys of lists are about: the one with the focus, else the first."""
        focused = self.focused
        if isinstance(focused, Listing):
            return focused
        return next(iter(self.query(Listing)), None)

    def do_list_down(self) -> None:
        """One line down."""
        self._move(1)

    def do_list_up(self) -> None:
        """One line up."""
        self._move(-1)

    def do_list_top(self) -> None:
        """To the first line."""
        self._move(-1_000_000)

    def do_list_bottom(self) -> None:
        """To the last line."""
        self._move(1_000_000)

    def do_list_page_down(self) -> None:
        """A page down."""
        if self.listing is not None:
            self.listing.page(1)

    def do_list_page_up(self) -> None:
        """A page up."""
        if self.listing is not None:
            self.listing.page(-1)

    def do_list_filter(self) -> None:
        """Type words to filter by."""
        if self.listing is not None:
            self.query_one(Filter).open(self.listing)

    def _move(self, by: int) -> None:
        if self.listing is not None:
            self.listing.move(by)


def _compare(screen: object) -> None:
    if isinstance(screen, Room):
        screen.action_act("history.compare")
