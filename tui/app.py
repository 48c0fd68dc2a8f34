"""The app: its modes, its themes, and what all screens share."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from rich.color import ColorSystem
from textual import events
from textual.app import App, SystemCommand
from textual.command import CommandPalette
from textual.css.query import NoMatches
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen
from textual.worker import WorkerFailed

from tui.actions import BY_ID
from tui.filters import OnlyAscii
from tui.glyphs import Glyphs
from tui.prefs import Preferences, place, read, write
from tui.screens.library import Library
from tui.screens.room import Room
from tui.shelf import Offered, offered
from tui.theme import NAMES, THEMES, inks
from tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from sandbox.base.flight import Flight
    from tui.palette import Palette

Teaches = Literal["", "offer", "fly"]
"""Whether the first lesson is offered, or flown, at the beginning."""


SYSTEMS = {"standard": "STANDARD", "256": "EIGHT_BIT"}
"""What Rich calls terminals with less than every colour, and its own name for that."""
_COLOURLESS, _ASCII = (NoColor(),), (OnlyAscii(),)


def _drills() -> Screen[None]:
    from tui.screens.drills import Drills

    return Drills()


def _history() -> Screen[None]:
    from tui.screens.history import History

    return History()


def _palette() -> "type[Palette]":
    from tui.palette import Palette

    return Palette


class Greenroom(App[None]):
    """The cockpit, from the library to the debrief."""

    CSS_PATH = ["styles/base.tcss", "styles/lesson.tcss"]
    MODES: ClassVar = {"library": Library, "drills": _drills, "history": _history}
    """Each is imported when somebody goes there: the library shows before the engine is loaded."""
    COMMANDS: ClassVar = {_palette}
    COMMAND_PALETTE_BINDING = "ctrl+backslash"
    """Textual's own key for it; ours are in the table of actions."""
    DEFAULT_MODE = "library"
    TITLE = "greenroom"

    def __init__(
        self, *, store: Path | None = None, preferences: Preferences | None = None, place: Path | None = None,
        shelf: Callable[[], Iterable[Offered]] | None = None, first: Callable[[], Room] | None = None,
        lesson: Teaches = "", drills: Path | None = None, spells: bool = True,
    ) -> None:
        super().__init__()
        self.store = store
        self.shelf = shelf or (lambda: offered(own=Path.cwd()))
        self._first, self._lesson = first, lesson
        self.preferences, self._place = preferences or Preferences(), place
        kept = self.preferences.drills
        self.drills = drills or (Path(kept).expanduser() if kept else None)
        self.far, self.spells = bool(os.environ.get("SSH_CONNECTION")), spells
        self._spell()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self.preferences.theme if self.preferences.theme in self.available_themes else NAMES[0]
        self.set_keymap(dict(self.preferences.keys))

    @property
    def ascii(self) -> bool:
        """Whether everything is written in ASCII: somebody prefers it, or this terminal spells nothing else."""
        return self.preferences.ascii or not self.spells

    def _spell(self) -> None:
        self.glyphs = Glyphs(unicode=not self.ascii)
        self.raster = "ascii" if self.ascii else self.preferences.charts

    def prefer(self, **changes: object) -> None:
        """Change preferences, and keep them; where they cannot be kept they hold until one leaves."""
        self.preferences = replace(self.preferences, **changes)  # type: ignore[arg-type]
        self._spell()
        if not {"ascii", "charts"}.isdisjoint(changes):
            self._draw_anew()
        if self._place is None:
            return
        try:
            write(self.preferences, self._place)
        except OSError as error:
            self.notify(f"{self._place} cannot be written: {error}", severity="warning", markup=False)

    def _draw_anew(self) -> None:
        """Draw all that is open with the characters there are now."""
        for screen in self.screens_open:
            for widget in screen.query("*"):
                if isinstance(widget, Drawn):
                    widget.on_resize()
                widget.refresh()

    def on_mount(self) -> None:
        """Open another screen than the library first, where one was asked for; offer the lesson to a newcomer."""
        if self._first is not None:
            self.push_screen(self._first())
        elif self._lesson:
            self.call_after_refresh(lambda: self.run_worker(self._welcome(), group="lesson"))

    async def _welcome(self) -> None:
        from tui.screens.confirm import Choice

        answer = "yes"
        if self._lesson == "offer":
            effect = "Ten minutes: each word where you need it, and your first rollback. F2 opens it later."
            answer = await self.push_screen_wait(Choice("Your first time here?", effect, {
                "later": "not now", "yes": "yes, take me along", "never": "do not ask again",
            }))
        if answer == "never":
            self.prefer(seen_lesson=True)
        if answer == "yes" and isinstance(self.screen, Room):
            self.screen.action_act("app.lesson")

    def action_command_palette(self) -> None:
        """Open the palette; it has no name of its own, since the one before is known by its while it goes away."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette())

    async def on_event(self, event: events.Event) -> None:
        """Tell every screen that somebody is at the keys before anything is made of it."""
        pressed = isinstance(event, events.InputEvent) and not isinstance(event, events.MouseMove)
        if pressed and not event.is_forwarded:
            for screen in self.screens_open:
                if isinstance(screen, Room):
                    screen.touched()
                    if isinstance(event, events.Key):
                        screen.heed()
        await super().on_event(event)

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme with the cockpit's own inks, all of which can be read."""
        variables = super().get_css_variables()
        system = ColorSystem[SYSTEMS.get(self.console.color_system or "", "TRUECOLOR")]
        self.theme_variables = variables | inks(self.current_theme, variables, system=system)
        return self.theme_variables

    def get_line_filters(self) -> Sequence[LineFilter]:
        """No colour at all under NO_COLOR, where Textual would send greys; and ASCII alone, where it is asked for."""
        kept = [one for one in super().get_line_filters() if not isinstance(one, Monochrome | NoColor)]
        return [*kept, *(_COLOURLESS if self.no_color else ()), *(_ASCII if self.ascii else ())]

    def next_theme(self) -> str:
        """Take the next theme, and say its name."""
        place = NAMES.index(self.theme) if self.theme in NAMES else -1
        self.take(NAMES[(place + 1) % len(NAMES)])
        return self.theme

    @property
    def room(self) -> Room | None:
        """The screen of ours that is uppermost, below any dialog."""
        return next((one for one in reversed(self.screen_stack) if isinstance(one, Room)), None)

    async def action_quit(self) -> None:
        """Leave by ctrl+q as by q, from a dialog too: what would be lost is asked about."""
        room = self.room
        if room is None:
            self.exit()
        else:
            room.do_app_quit()

    def action_help_quit(self) -> None:
        """Say how one leaves to whoever pressed ctrl+c, in the last line as all else."""
        room = self.room
        if room is not None:
            key = room.bound(BY_ID["app.quit"]).shown_key
            room.say(f"{key} leaves greenroom, and asks where something would be lost")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """None beside the actions of the table; themes are offered by their names."""
        for name in sorted(self.available_themes):
            yield SystemCommand(f"theme {name}", "Show everything in this theme", lambda name=name: self.take(name))

    def take(self, theme: str) -> None:
        """Take a theme, from now on."""
        self.theme = theme
        self.prefer(theme=theme)

    def debrief(self, flight: "Flight", *, run: str, trouble: str) -> None:
        """Read the debrief of a flight that is over, in place of the screen that is shown."""
        from tui.screens.debrief import Debrief as DebriefScreen

        self.switch_screen(DebriefScreen(flight, run=run, trouble=trouble))

    def lesson(self) -> Screen[None]:
        """The first lesson, ready to take off; takes a second."""
        from tui.screens.lesson import LessonFlight, prepared

        return LessonFlight(prepared())

    def outdated(self, error: ImportError) -> None:
        """Say that greenroom was changed while it is open: what it had not imported yet no longer fits the rest."""
        room = self.room
        if room is not None:
            room.say(f"greenroom was changed under this cockpit ({error.name or error}): leave it, and start it again; "
                     "flights on record are kept, and leaving asks about one in the air", ink="warn")

    def _handle_exception(self, error: Exception) -> None:
        """A worker that could not import is told of, and nothing is lost; a message about a widget that is gone is
        dropped once the app ends; all else is a bug, and ends the app.
        """
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(error, WorkerFailed) and isinstance(cause, ImportError):
            self.outdated(cause)
        elif self.is_running or not isinstance(cause, NoMatches):
            super()._handle_exception(error)

    @property
    def screens_open(self) -> list[Screen[object]]:
        """Every screen of every mode."""
        return [screen for stack in self._screen_stacks.values() for screen in stack]


def opened(
    first: Callable[[], Room] | None = None, *, lesson: bool = False, drills: Path | None = None,
    store: Path | None = None,
) -> int:
    """Open the cockpit at this terminal, or the lesson in it; returns the exit code. Raises PreferencesError."""
    preferences = read(place())
    if os.environ.get("NO_COLOR") == "":
        del os.environ["NO_COLOR"]
    teaches: Teaches = "fly" if lesson else "" if preferences.seen_lesson else "offer"
    app = Greenroom(
        preferences=preferences, place=place(), first=first, lesson=teaches, drills=drills, store=store,
        spells=_spells_unicode(),
    )
    app.run()
    compiler = sys.modules.get("tui.compiling")
    if compiler is not None and compiler.watched().lasts:
        print("greenroom: the engine is still being compiled; a moment, it is kept for the next time", file=sys.stderr)
    return app.return_code or 0


def _spells_unicode() -> bool:
    encoding = (getattr(sys.stdout, "encoding", "") or "ascii").lower().replace("-", "")
    return encoding.startswith("utf") and os.environ.get("TERM") != "linux"
