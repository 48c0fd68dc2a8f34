"""The cockpit: a flight as its telemetry shows it, in the air or on record, and the levers."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Grid, Vertical
from textual.css.query import NoMatches

from sandbox.base.clock import clock
from tui.actions import BY_ID, bindings
from tui.frame import Frame, View
from tui.interpreter import set_aside, sweep, take_back
from tui.screens.acting import Acting
from tui.series import EMPTY
from tui.widgets.bar import Bar, Page
from tui.widgets.chart import Chart
from tui.widgets.drawn import Piece
from tui.widgets.listing import Item, Listing
from tui.widgets.rows import alert_detail, alert_item, gate_item, log_item, runbook_items, truth_lines
from tui.widgets.status import Ramp, Status

if TYPE_CHECKING:
    from tui.feed import Feed
    from tui.replay import Replay

CHARTS = 6
PAINTS, PAINTS_FAR = 0.2, 0.5
"""Seconds between two paintings, here and over ssh."""
SOON = 0.02
"""Seconds in which a screen above this one has shown what a key did."""
PANES = ("charts", "alerts", "gates", "timeline", "runbook")
MINUTE = 60 * 10**9
ZOOMS = (0, 120 * MINUTE, 60 * MINUTE, 20 * MINUTE)
"""How much of the flight charts show; 0 is all of it."""


class Cockpit(Acting):
    """Paints the frames of a feed, and hands it commands."""

    SCOPES = ("clock", "act", "alert", "runbook", "cockpit", "pane", "list", "app")
    BINDINGS = bindings(*SCOPES)
    CSS_PATH = "../styles/cockpit.tcss"
    ABOUT = (
        "Everything here comes from telemetry: sampled, windowed, late. A dotted curve is the incumbent, a solid one "
        "the candidate, ┄ a limit. Capitals act, and ask first; the clock runs on while they ask."
    )

    def __init__(self, feed: "Feed | Replay") -> None:
        super().__init__()
        self.feed = cast("Feed", feed)
        self.sheet = feed.sheet
        self.frame = Frame()
        self.dials = [dial.name for dial in self.sheet.dials[:CHARTS]]
        self.pane, self.zoom, self.at_chart = "alerts", 0, 0
        self._painted, self._told = 0.0, list[Item]()

    def compose(self) -> ComposeResult:
        """Charts and log at the left, alerts and gates at the right; one after the other where it is narrow."""
        yield Status(id="status")
        yield Ramp(self.sheet)
        with Vertical(id="body"):
            with Vertical(id="left"):
                with Grid(id="charts"):
                    for number in range(len(self.dials)):
                        yield Chart(id=f"chart-{number}")
                yield Bar(id="panes")
                yield Chart(id="big")
                yield Listing(follow=True, empty="nothing has happened yet", id="timeline")
            with Vertical(id="right"):
                yield Listing(empty="no alert has been active", id="alerts")
                yield Page(id="detail")
                yield Listing(empty="no gate was asked yet", id="gates")
                yield Listing(empty="this plan has no runbook", id="runbook")
                yield Page(id="truth")
        yield from self.frame_of_screen()

    def on_mount(self) -> None:
        """Begin paused, and let the engine run beside the desk."""
        super().on_mount()
        for name in ("alerts", "detail", "gates", "timeline", "runbook", "truth", "big"):
            self.query_one(f"#{name}").add_class("pane")
        for chart in self.query(Chart):
            chart.add_class("pane")
        self.query_one("#runbook").border_title = "5 Runbook"
        self.query_one("#gates").border_title = "3 Gates"
        self.query_one("#truth").border_title = "INSTRUCTOR: what is true"
        self.set_class(bool(runbook_items(self.sheet.plan, self.glyphs)), "-has-runbook")
        self.set_class(not self.feed.live, "-replay")
        self.feed.watch(tuple(self.dials))
        self._look_at("alerts")
        self.repaint()
        self.run_worker(self._fly(), group="flight")
        if not self.feed.live:
            self.run_worker(cast("Replay", self.feed).find_reference(), group="reference")

    async def _fly(self) -> None:
        """Slice after slice, and a frame at most five times a second; the engine rests until it is shown."""
        await self.wait_for_refresh()
        set_aside()
        while True:
            await self._shown()
            flown = await self.feed.fly()
            if time.monotonic() - self._painted >= (PAINTS_FAR if self.desk.far else PAINTS):
                self.repaint()
            if self.feed.stopped_by is not None:
                stopped, self.feed.stopped_by = self.feed.stopped_by, None
                with suppress(NoMatches):
                    self.say(f"stopped at {clock(stopped.at)}: {stopped.who} {stopped.what} {stopped.verdict}")
            await asyncio.sleep(0.001 if flown and self.feed.pace.speed > 600 else 0.04)

    async def _shown(self) -> None:
        """Wait until what somebody waits for has been shown, here or on a screen above."""
        while self.feed.gives_way:
            self.feed.gives_way = False
            if self.is_current:
                await self.wait_for_refresh()
            else:
                await asyncio.sleep(SOON)
            sweep()

    def touched(self) -> None:
        """A key was pressed: the engine gives way until its effect is shown."""
        self.feed.gives_way = True

    def on_unmount(self) -> None:
        """Leave no thread behind."""
        self.feed.close()
        take_back()

    @property
    def loses(self) -> str:
        """What would be lost if one left now; empty where nothing would."""
        return f"the flight of {self.sheet.name}" if self.feed.live and not self.feed.landed else ""

    # What is seen.

    def repaint(self) -> None:
        """Show how things stand now."""
        if not self.is_mounted or self.has_class("-too-small"):
            return
        self._painted, self.feed.gives_way = time.monotonic(), True
        with suppress(NoMatches):  # a screen that is being left loses its widgets one by one
            self.paint(self.feed.frame())

    def paint(self, frame: Frame) -> None:
        """Show a frame."""
        self.frame, view = frame, frame.view
        self.query_one(Status).show(frame, self.sheet)
        self.query_one(Ramp).show(frame)
        for number, name in enumerate(self.dials):
            self._chart(self.query_one(f"#chart-{number}", Chart), name)
        self._chart(self.query_one("#big", Chart), self.dials[self.at_chart])
        self._lists(view)
        self._panes()

    def _lists(self, view: View) -> None:
        alerts = self.query_one("#alerts", Listing)
        count = {state: sum(one.state == state for one in view.alerts) for state in ("firing", "pending")}
        alerts.entitle(f"2 Alerts  {count['firing']} firing {count['pending']} pending")
        alerts.show([alert_item(one, self.glyphs) for one in view.alerts])
        self._detail(alerts.key)
        self.query_one("#gates", Listing).show([gate_item(one, self.glyphs) for one in view.gates])
        timeline = self.query_one("#timeline", Listing)
        del self._told[len(view.lines) :]
        fresh = enumerate(view.lines[len(self._told) :], start=len(self._told))
        self._told += [log_item(one, place) for place, one in fresh]
        timeline.show(self._told)
        timeline.entitle("4 Timeline", "follows" if timeline.following else "G follows again")
        runbook = self.query_one("#runbook", Listing)
        runbook.show(runbook_items(self.sheet.plan, self.glyphs, view.steps))
        self.query_one("#truth", Page).write(truth_lines(view.instructor))

    def _chart(self, chart: Chart, name: str) -> None:
        dial = self.sheet.dial(name)
        if dial is not None and chart.display:
            view = self.frame.view
            end = max(view.at, 10 * self.sheet.tick)
            start = max(0, end - self.zoom) if self.zoom else 0
            chart.show(dial, view.series.get(name, EMPTY), start=start, end=end, matured_to=view.matured_to)

    def _detail(self, key: str) -> None:
        alert = next((one for one in self.frame.view.alerts if one.id == key), None)
        self.query_one("#detail", Page).write([] if alert is None else list(alert_detail(alert)))

    @on(Listing.Moved, "#alerts")
    def _another_alert(self, event: Listing.Moved) -> None:
        self._detail(event.key)

    def _panes(self) -> None:
        firing = [one for one in self.frame.view.alerts if one.firing]
        unseen = sum(not one.acknowledged for one in firing)
        standing = f" {unseen}!" if unseen else f" {len(firing)} ack" if firing else ""
        pieces: list[Piece] = []
        for number, name in enumerate(PANES, start=1):
            if name == "runbook" and not self.has_class("-has-runbook"):
                continue
            said = f"{number} {name.capitalize()}" + (standing if name == "alerts" else "")
            pieces.append((f"[{said}]", "accent") if name == self.pane else (f" {said} ", "faint"))
        self.query_one("#panes", Bar).write(pieces)

    # Where one looks.

    def _look_at(self, pane: str) -> None:
        self.pane = pane
        for name in PANES:
            self.set_class(name == pane, f"-at-{name}")
        self.query_one(f"#chart-{self.at_chart}" if pane == "charts" else f"#{pane}").focus()
        self.repaint()

    def do_pane_1(self) -> None:
        """Look at the charts."""
        self._look_at("charts")

    def do_pane_2(self) -> None:
        """Look at the alerts."""
        self._look_at("alerts")

    def do_pane_3(self) -> None:
        """Look at the gates."""
        self._look_at("gates")

    def do_pane_4(self) -> None:
        """Look at the timeline."""
        self._look_at("timeline")

    def do_pane_5(self) -> None:
        """Look at the runbook."""
        self._look_at("runbook")

    def on_descendant_focus(self) -> None:
        """A chart that has the focus is the one that is shown large, and that `d` is about."""
        focused = self.focused
        if isinstance(focused, Chart) and (focused.id or "").startswith("chart-"):
            self.at_chart = int((focused.id or "").removeprefix("chart-"))
            self.repaint()

    def do_list_down(self) -> None:
        """The next line, or the next chart."""
        self._another(1)

    def do_list_up(self) -> None:
        """The line, or the chart, before."""
        self._another(-1)

    def _another(self, by: int) -> None:
        if isinstance(self.focused, Chart):
            self.query_one(f"#chart-{(self.at_chart + by) % len(self.dials)}").focus()
        elif self.listing is not None:
            self.listing.move(by)

    async def do_cockpit_dial(self) -> None:
        """Another metric on this chart."""
        now = self.dials[self.at_chart]
        names = {dial.name: f"{dial.name:<30.30} {'has a limit' if dial.bounds else ''}" for dial in self.sheet.dials}
        name = await self.ask(f"Instead of {now}?", "Every metric this plan can read.", {"": "leave it"} | names)
        if name:
            self.dials[self.at_chart] = name
            self.feed.watch((name,))
            self.repaint()

    async def do_cockpit_hint(self) -> None:
        """A hint, which costs points."""
        answers = {"no": "no", "yes": "yes, a hint"}
        if await self.ask("A hint?", "It costs five points.", answers) == "yes":
            try:
                self.say(await self.feed.hint())
            except Exception as error:
                self.say(str(error), ink="warn")

    def do_cockpit_zoom(self) -> None:
        """More or less of the flight."""
        self.zoom = ZOOMS[(ZOOMS.index(self.zoom) + 1) % len(ZOOMS)]
        self.say(f"charts show the last {self.zoom // MINUTE}m" if self.zoom else "charts show the whole flight")
        self.repaint()

    def do_cockpit_maximise(self) -> None:
        """One pane, or all."""
        if self.maximized is not None:
            self.minimize()
        else:
            pane = self.query_one("#big") if self.has_class("-narrow") and self.pane == "charts" else self.focused
            if pane is not None:
                self.maximize(pane, container=False)
        self.call_after_refresh(self.repaint)

    def do_cockpit_truth(self) -> None:
        """The instructor's panel, or not."""
        self.feed.instructor = not self.feed.instructor
        self.set_class(self.feed.instructor, "-instructor")
        self.repaint()

    def do_app_back(self) -> None:
        """Give the screen back first, then ask whether to leave."""
        if self.maximized is not None:
            self.do_cockpit_maximise()
        else:
            self.run_worker(self.leave())

    def too_small(self, small: bool) -> None:
        """Nobody can see: stop the clock, but never a drill's, where a pause is its operator's to pay."""
        if not small:
            self.call_after_refresh(self.repaint)
        elif not self.feed.blind and not self.feed.pace.paused:
            self.feed.pause()
            self.say("paused: the window was too small; space goes on")

    # The clock.

    def refusal(self, name: str) -> str:
        """What cannot be done now, and why."""
        action = BY_ID[name]
        if not self.feed.live and (action.acts or action.scope == "alert" or name == "cockpit.note"):
            return "this is a replay; nothing acts"
        if self.feed.live and name in ("clock.toggle", "clock.step", "clock.next") and self.feed.ended:
            return "the day is over; E lands the flight and opens the debrief"
        if name == "cockpit.hint" and not self.feed.blind:
            return "hints are given in drills"
        if name == "app.lesson" and self.loses:
            return "one flight at a time; esc leaves this one"
        if self.feed.blind and name in ("clock.slower", "clock.faster", "clock.next", "clock.step"):
            return "a drill is flown at its own speed; space pauses, and costs five points"
        if name == "cockpit.truth" and self.feed.blind:
            return "this is a drill; what was true is told in the debrief"
        if action.scope == "clock" and action.id in ("clock.back", "clock.home") and self.feed.live:
            return "time does not run backwards here; it does in a replay"
        return super().refusal(name)

    def do_clock_toggle(self) -> None:
        """Let time pass, or stop it."""
        if self.feed.pace.paused:
            self.feed.play()
        else:
            self.feed.pause()
        self.repaint()

    async def do_clock_step(self) -> None:
        """One look of the gates."""
        await self.feed.step()
        self.repaint()

    async def do_clock_back(self) -> None:
        """One look back."""
        await self.feed.step(-1)
        self.repaint()

    def do_clock_faster(self) -> None:
        """Faster."""
        self.feed.pace.faster(1)
        self.repaint()

    def do_clock_slower(self) -> None:
        """Slower."""
        self.feed.pace.faster(-1)
        self.repaint()

    def do_clock_next(self) -> None:
        """To the next thing that happens."""
        self.feed.to_next_event()

    # The end.

    async def do_cockpit_end(self) -> None:
        """Fly to the end of the day, land, and read the debrief."""
        more = "; then some twenty other days are flown to compare" if self.feed.blind else ""
        landed = await self.feed.finish(lambda part: self.say(f"flying to the end of the day: {part:.0%}{more}"))
        self.desk.debrief(landed.flight, run=landed.run, trouble=landed.trouble, exercise=landed.exercise)

    async def save(self) -> None:
        """Fly to the end, and land."""
        await self.feed.finish(lambda part: self.say(f"flying to the end of the day: {part:.0%}"))

    async def leave(self) -> bool:
        """Leave; where a flight would be lost, ask first. Whether one left."""
        if self.loses:
            answer = await self.ask("Leave the flight?", "It is not over, and would be lost.", {
                "stay": "stay", "end": "fly to its end, keep it, and read the debrief", "drop": "drop it",
            })
            if answer == "end":
                await self.do_cockpit_end()
            if answer != "drop":
                return False
        self.app.pop_screen()
        return True
