"""The briefing: the situation, what will be judged, what one can do, and how to fly."""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll

from sandbox.base.units import format_duration
from sandbox.scenario.plan import Plan
from tui.actions import ACTIONS, bindings
from tui.pace import SPEEDS, Pace, speed_words
from tui.screens.taking_off import TakingOff
from tui.sheet import Sheet, sheet_of
from tui.stops import STOPS, stop_when
from tui.widgets.bar import Bar, Page
from tui.widgets.briefed import judged, ramp
from tui.widgets.drawn import Drawing, line

if TYPE_CHECKING:
    from tui.feed import Feed


class Briefing(TakingOff):
    """Four pages about one scenario; Enter takes off."""

    SCOPES = ("briefing", "app")
    BINDINGS = bindings(*SCOPES)
    CSS_PATH = "../styles/briefing.tcss"
    ABOUT = "What you know before the flight. Enter takes off; the clock starts when you say so."

    def __init__(self, plan: Plan, *, path: Path, at_once: bool = False, seed: int | None = None) -> None:
        super().__init__()
        self.plan, self.path, self._at_once = plan, path, at_once
        self.sheet: Sheet = sheet_of(plan)
        self.speed, self.stops, self.record = 60.0, "page", True
        self.seed = self.sheet.seed if seed is None else seed

    def compose(self) -> ComposeResult:
        """Four panes."""
        yield Bar(id="title")
        with VerticalScroll(id="body"), Container(id="pages"):
            for name in ("situation", "settings", "judged", "levers"):
                yield Page(id=name)
        yield from self.frame_of_screen()

    def on_mount(self) -> None:
        """Write the pages, and fetch the engine meanwhile."""
        super().on_mount()
        preferred = self.desk.preferences
        self.speed, self.record = preferred.speed, preferred.record
        self.stops = preferred.pause_on if preferred.pause_on in STOPS else "page"
        self.query_one("#title", Bar).write(
            [(" Briefing ", "strong"), (f" {self.sheet.name}", "accent")],
            [("pgdn more  esc back  enter take off ", "faint")],
        )
        pages = {"situation": _situation, "judged": judged, "levers": _levers}
        titles = {"situation": "Situation", "judged": "Gates and alerts", "levers": "Your levers"}
        for name, write in pages.items():
            page = self.query_one(f"#{name}", Page)
            page.add_class("pane")
            page.border_title = titles[name]
            page.write(list(write(self.sheet)))
        settings = self.query_one("#settings", Page)
        settings.add_class("pane")
        settings.border_title = "How you fly"
        self.query_one("#body").focus()
        self._show()
        self.run_worker(asyncio.to_thread(_fetch_engine), group="engine")
        if self._at_once:
            self.do_briefing_start()

    def _show(self) -> None:
        own = "the scenario's own" if self.seed == self.sheet.seed else "another day"
        self.query_one("#settings", Page).write([
            line(("[ ] speed     ", "faint"), (speed_words(self.speed), "strong"), f"  ({self._lasts()})"),
            line(("s   seed      ", "faint"), (str(self.seed), "strong"), f"  ({own})"),
            line(("p   pause on  ", "faint"), (self.stops, "strong")),
            line(("e   record    ", "faint"), ("kept in the history" if self.record else "not kept", "strong")),
        ])

    def _lasts(self) -> str:
        if self.speed == SPEEDS[-1]:
            return "as fast as it goes"
        return f"{format_duration(round(self.sheet.duration / self.speed / 1e9) * 10**9)} at the desk"

    def do_briefing_faster(self) -> None:
        """The next speed up."""
        self._speed(1)

    def do_briefing_slower(self) -> None:
        """The next speed down."""
        self._speed(-1)

    def _speed(self, by: int) -> None:
        pace = Pace(speed=self.speed)
        pace.faster(by)
        self.speed = pace.speed
        self._show()

    def do_briefing_seed(self) -> None:
        """Another day of the same scenario."""
        self.seed += 1
        self._show()

    def do_briefing_pause_on(self) -> None:
        """What stops the clock."""
        names = list(STOPS)
        self.stops = names[(names.index(self.stops) + 1) % len(names)]
        self._show()

    def do_briefing_record(self) -> None:
        """Keep the flight, or not."""
        self.record = not self.record
        self._show()

    def do_briefing_start(self) -> None:
        """Prepare the world, then take off."""
        self.starting = True
        self.run_worker(self._take_off(), group="take-off", exit_on_error=False)

    async def _take_off(self) -> None:
        from tui.screens.cockpit import Cockpit

        feed = await self.prepared_by(self._prepared)
        if feed is None:
            return
        self.desk.prefer(speed=self.speed, pause_on=self.stops, record=self.record)
        feed.stop_when = stop_when(self.stops)
        feed.pace.speed = self.speed
        self.app.switch_screen(Cockpit(feed))

    def _prepared(self) -> "Feed":
        from sandbox.cli.stores import default_store
        from sandbox.cli.trusting import refuse_strangers
        from tui.feed import Feed

        refuse_strangers(self.plan, scenario=self.path, trusting=False)
        store = self.desk.store or default_store()
        return Feed(self.plan, seed=self.seed, store=store if self.record else None)


def _fetch_engine() -> None:
    """Import the engine, which takes most of a second."""
    import tui.feed  # noqa: F401


def _situation(sheet: Sheet) -> Iterator[Drawing]:
    yield line((sheet.title, "strong"))
    yield line("")
    if sheet.story:
        yield line(sheet.story)
        yield line("")
    yield line(("the day lasts  ", "faint"), format_duration(sheet.duration), (", gates look every ", "faint"),
               format_duration(sheet.tick))
    yield line(("in service     ", "faint"), (sheet.arms[0], "incumbent"))
    yield line(("being tried    ", "faint"), (sheet.candidate, "candidate"))
    if sheet.segments:
        yield line(("segments       ", "faint"), ", ".join(sheet.segments))
    yield line("")
    yield from ramp(sheet)


def _levers(sheet: Sheet) -> Iterable[Drawing]:
    for action in ACTIONS:
        if action.acts or action.id == "alert.acknowledge":
            yield line((f"{action.shown_key} ", "key"), f"{action.label:<12} ", (action.says, "faint"))
    yield line("")
    yield line(("Capitals act, and ask first. The clock runs on while they ask.", "faint"))
