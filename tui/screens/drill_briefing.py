"""The briefing of a drill: all that is told before it, what can be said and done, what that is worth, and the clock."""

from collections.abc import Iterator
from functools import partial

from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll

from sandbox.base.units import format_duration
from sandbox.report.debrief.points import DECISION, DIAGNOSIS, FORBIDDEN, HINT, PAUSE, PROCESS
from tui.actions import BY_ID, bindings
from tui.exercises import Exercise
from tui.screens.taking_off import TakingOff
from tui.sheet import Sheet, sheet_of
from tui.widgets.bar import Bar, Page
from tui.widgets.briefed import judged
from tui.widgets.drawn import Drawing, line

TITLES = {"situation": "Situation", "worth": "What counts", "judged": "Gates and alerts", "names": "Who and what"}
WORTH = (
    (f"{DECISION:.0f}", "act.rollback", "decision", "what users are spared, from nobody acting to the best there was"),
    (f"{DIAGNOSIS:.0f}", "act.diagnose", "diagnosis", "say what is wrong, or that nothing is; the last word counts"),
    (f"{PROCESS:.0f}", "alert.acknowledge", "process", "acknowledge pages, tell who should know, keep to the runbook"),
    (f"−{HINT:.0f}", "cockpit.hint", "hint", "each one you ask for"),
    (f"−{PAUSE:.0f}", "clock.toggle", "pause", "each one; nothing but you stops the clock, and take-off may wait"),
    (f"−{FORBIDDEN:.0f}", "act.other", "forbidden", "each command that the runbook forbids"),
)
"""Points, the first of the actions that earn or cost them, and what for."""


class DrillBriefing(TakingOff):
    """Four pages about one drill; Enter deals it and takes off."""

    SCOPES = ("drill", "app")
    BINDINGS = bindings(*SCOPES)
    CSS_PATH = "../styles/drill_briefing.tcss"
    ABOUT = (
        "What you are told before the drill, and nothing else will be. Enter deals a case and opens the cockpit; the "
        "clock waits there until you press space. In the cockpit v shows this again."
    )

    def __init__(self, exercise: Exercise) -> None:
        super().__init__()
        self.exercise = exercise
        self.sheet: Sheet = sheet_of(exercise.family.plan)

    def compose(self) -> ComposeResult:
        """Four panes."""
        yield Bar(id="title")
        with VerticalScroll(id="body"), Container(id="pages"):
            for name in TITLES:
                yield Page(id=name)
        yield from self.frame_of_screen()

    def on_mount(self) -> None:
        """Write the pages, and fetch the engine meanwhile."""
        super().on_mount()
        self.query_one("#title", Bar).write(
            [(" Drill ", "strong"), (f" {self.exercise.name}", "accent")],
            [("pgdn more  esc back  enter take off ", "faint")],
        )
        pages = {
            "situation": self._situation(), "worth": self._worth(), "judged": judged(self.sheet),
            "names": self._names(),
        }
        for name, lines in pages.items():
            page = self.query_one(f"#{name}", Page)
            page.add_class("pane")
            page.border_title = TITLES[name]
            page.write(list(lines))
        self.query_one("#body").focus()

    def _situation(self) -> Iterator[Drawing]:
        yield line((self.exercise.title, "strong"))
        yield line("")
        yield from told(self.exercise.briefing)
        yield line("")
        yield line(("the ramp  ", "faint"), " > ".join(step.title for step in self.sheet.steps))

    def _worth(self) -> Iterator[Drawing]:
        for points, action, name, what in WORTH:
            label = f"{points:>4} {name:<10} {self.bound(BY_ID[action]).shown_key:<5} "
            yield line((label, "strong"), what)
        wall = format_duration(round(self.exercise.duration / self.exercise.speed / 1e9) * 10**9)
        yield line("")
        lasts = f"{format_duration(self.exercise.duration)} are {wall} at the desk"
        said = f"{self.exercise.speed:g}x, fixed: {lasts}; it runs on while you answer questions"
        yield line(("clock  ", "faint"), said)

    def _names(self) -> Iterator[Drawing]:
        roster = self.exercise.roster
        rows = (
            ("models", ", ".join(self.sheet.arms)), ("segments", ", ".join(self.sheet.segments)),
            ("approvals", ", ".join(self.sheet.roles)), ("roles", ", ".join(roster.roles)),
            ("audiences", ", ".join(roster.audiences)), ("practises", self.exercise.teaches),
        )
        yield from (line((f"{name:<10} ", "faint"), said) for name, said in rows if said)
        for name, steps in roster.runbooks.items():
            yield line((f"{'runbook':<10} ", "faint"), name)
            for number, title in enumerate(steps, start=1):
                yield line((f"{'':<10} ", "faint"), f"{number}. {title}")

    async def do_drill_start(self) -> None:
        """Deal one, and take off."""
        from tui.screens.cockpit import Cockpit

        feed = await self.prepared_by(partial(self.exercise.take_off, self.desk.store))
        if feed is not None:
            self.app.switch_screen(Cockpit(feed))


def told(text: str) -> Iterator[Drawing]:
    """A text as its paragraphs, each of which is wrapped to the room there is."""
    for number, paragraph in enumerate(text.strip().split("\n\n")):
        if number:
            yield line("")
        yield line(" ".join(paragraph.split()))
