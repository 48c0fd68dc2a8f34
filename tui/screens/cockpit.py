"""The cockpit: a flight as its telemetry shows it, in the air or on record, and the levers."""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Grid, Vertical
from textual.css.query import NoMatches

from sandbox.base.clock import clock
from tui.actions import BY_ID, bindings
from tui.frame import Frame, View
from tui.interpreter import set_aside, sweep, take_back
from tui.screens.ending import Ending
from tui.screens.looking import CHARTS, Looking
from tui.series import EMPTY
from tui.topics import COCKPIT
from tui.widgets.bar import Bar, Page
from tui.widgets.briefed import recalled
from tui.widgets.chart import Chart
from tui.widgets.drawn import Drawing
from tui.widgets.listing import Item, Listing
from tui.widgets.rows import alert_detail, alert_items, gate_detail, gate_items, log_item, truth_lines
from tui.widgets.runbook import runbook_detail, runbook_items
from tui.widgets.status import SHORTLY, Ramp, Status

if TYPE_CHECKING:
    from tui.feed import Feed
    from tui.replay import Replay

PAINTS, PAINTS_FAR = 0.2, 0.5
"""Seconds between two paintings, here and over ssh."""
SOON = 0.02
"""Seconds in which a screen above this one has shown what a key did."""
ENDS = ("clock.toggle", "clock.step", "clock.next", "cockpit.hint")
"""What ends with the day, beside what acts."""


class Cockpit(Looking, Ending):
    """Paints the frames of a feed, and hands it commands."""

    SCOPES = ("clock", "act", "alert", "runbook", "cockpit", "pane", "list", "app")
    BINDINGS = bindings(*SCOPES)
    CSS_PATH = "../styles/cockpit.tcss"
    ABOUT = (
        "Everything here comes from telemetry: sampled, windowed, late. A dotted curve is the incumbent, a solid one "
        "the candidate, ┄ a limit. Capitals act, and ask first; the clock runs on while they ask. "
        "Above: where the ramp stands, what it waits for and how long at most; on its strip r is the ramp, A an alert, "
        "o somebody at the levers, ^ now."
    )
    TOPICS = COCKPIT

    def __init__(self, feed: "Feed | Replay") -> None:
        super().__init__()
        self.feed = cast("Feed", feed)
        self.sheet = feed.sheet
        self.frame = Frame()
        self.dials = [dial.name for dial in self.sheet.dials[:CHARTS]]
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
                with Vertical(id="log"):
                    yield Listing(follow=True, empty="nothing has happened yet", id="timeline")
                    yield Page(id="line")
            with Vertical(id="right"):
                yield Listing(empty="no alert has been active", id="alerts")
                yield Page(id="detail")
                yield Listing(empty="no gate was asked yet", id="gates")
                yield Page(id="because")
                yield Listing(empty="this plan has no runbook", id="runbook")
                yield Page(id="step")
                yield Page(id="truth")
        yield from self.frame_of_screen()

    def on_mount(self) -> None:
        """Begin paused, and let the engine run beside the desk."""
        super().on_mount()
        for name in ("alerts", "detail", "gates", "because", "timeline", "line", "runbook", "step", "truth", "big"):
            self.query_one(f"#{name}").add_class("pane")
        for chart in self.query(Chart):
            chart.add_class("pane")
        self.query_one("#gates").border_title = "3 Gates"
        self.query_one("#truth").border_title = "INSTRUCTOR: what is true"
        self.set_class(bool(self.sheet.runbooks), "-has-runbook")
        self.set_class(not self.feed.live, "-replay")
        self.feed.watch(tuple(self.dials))
        self.look_at("alerts")
        self.repaint()
        self.run_worker(self._fly(), group="flight")
        self.set_interval(PAINTS_FAR, self._say_if_compiling)
        if self.feed.blind:
            self.say("space takes off: the clock runs from then on, and each pause costs five points")
        if not self.feed.live:
            self.run_worker(cast("Replay", self.feed).find_reference(), group="reference")

    async def _fly(self) -> None:
        """Slice after slice, and a frame at most five times a second; the engine rests until it is shown."""
        await self.wait_for_refresh()
        set_aside()
        told = ""
        while True:
            if self.feed.trouble != told:
                told = self.feed.trouble
                self.run_worker(self.tell("The flight is broken off", told), group="trouble")
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

    def _say_if_compiling(self) -> None:
        """No slice ends while the engine is compiled, and no frame comes."""
        if self.feed.compiling > SHORTLY and self.is_current:
            frame = replace(self.frame, compiling=self.feed.compiling)
            self.query_one(Status).show(frame, self.sheet)
            self.query_one(Ramp).show(frame)

    def on_unmount(self) -> None:
        """Leave no thread behind."""
        self.feed.close()
        take_back()

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
        self.tabs()

    def _lists(self, view: View) -> None:
        alerts = self.query_one("#alerts", Listing)
        count = {state: sum(one.state == state for one in view.alerts) for state in ("firing", "pending")}
        alerts.entitle(f"2 Alerts  {count['firing']} firing {count['pending']} pending")
        alerts.show(alert_items(view.alerts, self.glyphs, width=alerts.content_size.width))
        self._detail(alerts.key)
        gates = self.query_one("#gates", Listing)
        gates.show(gate_items(view.gates, self.sheet, self.glyphs, width=gates.content_size.width))
        self._gate(gates.key)
        timeline = self.query_one("#timeline", Listing)
        del self._told[len(view.lines) :]
        fresh = enumerate(view.lines[len(self._told) :], start=len(self._told))
        self._told += [log_item(one, place) for place, one in fresh]
        timeline.show(self._told)
        timeline.entitle("4 Timeline", "follows" if timeline.following else "G follows again")
        self._log_line()
        runbook = self.query_one("#runbook", Listing)
        runbook.entitle(f"5 Runbook{self.suggests()}")
        runbook.show(runbook_items(
            self.sheet.runbooks, self.glyphs, view.steps, suggested=view.suggested, width=runbook.content_size.width,
        ))
        self._runbook_line(runbook.key)
        self.query_one("#truth", Page).write(truth_lines(view.instructor))

    def _chart(self, chart: Chart, name: str) -> None:
        dial = self.sheet.dial(name)
        if dial is not None and chart.display:
            view = self.frame.view
            end = max(view.at, 10 * self.sheet.tick)
            start = max(0, end - self.zoom) if self.zoom else 0
            chart.show(
                dial, view.series.get(name, EMPTY), start=start, end=end, matured_to=view.matured_to,
                each=self.sheet.tick, set_share=round(view.ramp.set_share, 4), failed=name in self.sheet.failed(view),
            )

    def _detail(self, key: str) -> None:
        view = self.frame.view
        alert = next((one for one in view.alerts if one.id == key), None)
        shows = self.bound(BY_ID["pane.5"]).shown_key
        lines = [] if alert is None else list(alert_detail(alert, self.sheet, view, key=shows))
        self.query_one("#detail", Page).write(lines)

    def _gate(self, key: str) -> None:
        gate = next((one for one in self.frame.view.gates if one.name == key), None)
        lines = [] if gate is None else list(gate_detail(gate, self.sheet, self.glyphs, self.frame.view.series))
        self.query_one("#because", Page).write(lines)

    @on(Listing.Moved, "#timeline")
    def _log_line(self) -> None:
        """The line of the log under the cursor, whole."""
        self.query_one("#line", Page).write([Drawing(self.query_one("#timeline", Listing).chosen)])

    def _runbook_line(self, key: str) -> None:
        view = self.frame.view
        lines = list(runbook_detail(self.sheet.runbooks, key, view.steps, view.suggested))
        self.query_one("#step", Page).write(lines)

    @on(Listing.Moved, "#runbook")
    def _another_step(self, event: Listing.Moved) -> None:
        self._runbook_line(event.key)

    @on(Listing.Moved, "#gates")
    def _another_gate(self, event: Listing.Moved) -> None:
        self._gate(event.key)

    @on(Listing.Moved, "#alerts")
    def _another_alert(self, event: Listing.Moved) -> None:
        self._detail(event.key)

    async def do_cockpit_hint(self) -> None:
        """A hint, which costs points."""
        answers = {"no": "no", "yes": "yes, a hint"}
        if await self.ask("A hint?", "It costs five points.", answers) == "yes":
            try:
                self.say(await self.feed.hint())
            except Exception as error:
                self.say(str(error), ink="warn")

    def do_cockpit_brief(self) -> None:
        """What was told before."""
        from tui.screens.keys_page import KeysPage

        told = tuple(recalled(self.sheet, self.feed.briefing))
        self.app.push_screen(KeysPage((), title=self.sheet.title, about=told))

    def do_cockpit_truth(self) -> None:
        """The instructor's panel, or not."""
        self.feed.instructor = not self.feed.instructor
        self.set_class(self.feed.instructor, "-instructor")
        self.repaint()

    def do_app_back(self) -> None:
        """Stop on the way to the end; give the screen back; then ask whether to leave."""
        if self.flying_on:
            self.call_off()
        elif self.maximized is not None:
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
        if self.feed.trouble and (action.acts or action.scope in ("clock", "alert", "runbook")):
            return "the flight is broken off; esc leaves it"
        if self.flying_on and (action.acts or action.scope in ("clock", "alert", "runbook")):
            return "it flies to the end of the day"
        if self.feed.live and self.feed.ended and (
            action.scope in ("act", "alert", "runbook") or name in ENDS or name == "cockpit.note"
        ):
            return "the day is over; E lands the flight and opens the debrief"
        if name == "app.lesson" and self.loses:
            return "one flight at a time; esc leaves this one"
        why = super().refusal(name)
        if not why and name == "runbook.perform" and (self.focused is None or self.focused.id != "runbook"):
            look = f"{self.bound(BY_ID['pane.5']).shown_key} looks at the runbook"
            return look if self.sheet.runbooks else "this plan has no runbook"
        return why

    def ruled_out(self, name: str) -> str:
        """What a replay, a drill or a flight in the air never does."""
        action = BY_ID[name]
        if not self.feed.live and (action.acts or action.scope in ("alert", "runbook") or name == "cockpit.note"):
            return "this is a replay; nothing acts"
        if name == "cockpit.hint" and not self.feed.blind:
            return "hints are given in drills"
        if self.feed.blind and name in ("clock.slower", "clock.faster", "clock.next", "clock.step"):
            return "a drill is flown at its own speed; space pauses, and costs five points"
        if name == "cockpit.truth" and self.feed.blind:
            return "this is a drill; what was true is told in the debrief"
        if name in ("clock.back", "clock.before") and self.feed.live:
            return "time does not run backwards here; it does in a replay"
        if name == "clock.on" and self.feed.live:
            return f"it goes through a replay; here {self.bound(BY_ID['clock.step']).shown_key} flies to the next look"
        return super().ruled_out(name)

    def do_clock_toggle(self) -> None:
        """Let time pass, or stop it."""
        if self.feed.pace.paused:
            self.feed.play()
        else:
            self.feed.pause()
            if self.feed.blind:
                self.say(f"paused, which is counted: {self.feed.toll} so far; space goes on")
        self.repaint()

    async def do_clock_step(self) -> None:
        """One look of the gates."""
        await self.feed.step()
        self.repaint()

    async def do_clock_back(self) -> None:
        """One look back."""
        await self.feed.step(-1)
        self.repaint()

    async def do_clock_on(self) -> None:
        """One look on."""
        await self.do_clock_step()

    def do_clock_before(self) -> None:
        """The last thing that happened."""
        cast("Replay", self.feed).to_event_before()
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
