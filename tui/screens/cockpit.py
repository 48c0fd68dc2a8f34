"""The cockpit: a flight as its telemetry shows it, and the levers."""

import asyncio
import time
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Grid, Vertical

from sandbox.base.command import Refused
from tui.actions import bindings
from tui.frame import Frame
from tui.screens.confirm import Choice
from tui.screens.room import Room
from tui.widgets.bar import Bar, Page
from tui.widgets.chart import Chart
from tui.widgets.listing import Listing
from tui.widgets.rows import alert_detail, alert_item, gate_item, log_item
from tui.widgets.status import Ramp, Status

if TYPE_CHECKING:
    from tui.feed import Feed

CHARTS = 6
PAINTS = 0.2
"""Seconds between two paintings."""
PANES = {"1": "charts", "2": "alerts", "3": "gates", "4": "timeline"}


class Cockpit(Room):
    """Paints the frames of a feed, and hands it commands."""

    SCOPES = ("clock", "act", "alert", "cockpit", "pane", "list", "app")
    BINDINGS = bindings(*SCOPES)
    CSS_PATH = "../styles/cockpit.tcss"
    ABOUT = "Everything here comes from telemetry: sampled, windowed, late. Capitals act, and ask first."

    def __init__(self, feed: "Feed") -> None:
        super().__init__()
        self.feed = feed
        self.sheet = feed.sheet
        self.frame = Frame()
        self.dials = [dial.name for dial in self.sheet.dials[:CHARTS]]
        self.pane = "alerts"

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
        yield from self.frame_of_screen()

    def on_mount(self) -> None:
        """Begin paused, and let the engine run beside the desk."""
        super().on_mount()
        for name in ("alerts", "detail", "gates", "timeline", "big"):
            self.query_one(f"#{name}").add_class("pane")
        for chart in self.query(Chart):
            chart.add_class("pane")
        self.query_one("#timeline").border_title = "4 Timeline"
        self.query_one("#gates").border_title = "3 Gates"
        self.feed.watch(tuple(self.dials))
        self.query_one("#alerts").focus()
        self._look_at("alerts")
        self.paint(self.feed.frame())
        self.run_worker(self._fly(), group="flight")

    async def _fly(self) -> None:
        """Slice after slice, and a frame at most five times a second."""
        painted = 0.0
        while True:
            flown = await self.feed.fly()
            now = time.monotonic()
            if now - painted >= PAINTS:
                self.paint(self.feed.frame())
                painted = now
            await asyncio.sleep(0.001 if flown and self.feed.pace.speed > 600 else 0.04)

    def on_unmount(self) -> None:
        """Leave no thread behind."""
        self.feed.close()

    # What is seen.

    def paint(self, frame: Frame) -> None:
        """Show a frame."""
        self.frame = frame
        view = frame.view
        self.query_one(Status).show(frame, self.sheet)
        self.query_one(Ramp).show(frame)
        for number, name in enumerate(self.dials):
            self._chart(self.query_one(f"#chart-{number}", Chart), name)
        self._chart(self.query_one("#big", Chart), self.dials[0])
        alerts = self.query_one("#alerts", Listing)
        firing = sum(one.firing for one in view.alerts)
        pending = sum(one.state == "pending" for one in view.alerts)
        alerts.border_title = f"2 Alerts  {firing} firing {pending} pending"
        alerts.show([alert_item(one, self.glyphs, at=view.at) for one in view.alerts])
        self._detail(alerts.key)
        self.query_one("#gates", Listing).show([gate_item(one, self.glyphs) for one in view.gates])
        self.query_one("#timeline", Listing).show([log_item(one, place) for place, one in enumerate(view.lines)])
        self._panes()

    def _chart(self, chart: Chart, name: str) -> None:
        dial = self.sheet.dial(name)
        if dial is not None:
            view = self.frame.view
            chart.show(
                dial, view.series.get(name, ()), start=0, end=max(view.at, 10 * self.sheet.tick),
                matured_to=view.matured_to,
            )

    def _detail(self, key: str) -> None:
        alert = next((one for one in self.frame.view.alerts if one.id == key), None)
        self.query_one("#detail", Page).write([] if alert is None else list(alert_detail(alert)))

    @on(Listing.Moved, "#alerts")
    def _another_alert(self, event: Listing.Moved) -> None:
        self._detail(event.key)

    def _panes(self) -> None:
        names = {"charts": "1 Chart", "alerts": "2 Alerts", "gates": "3 Gates", "timeline": "4 Timeline"}
        firing = sum(one.firing for one in self.frame.view.alerts)
        pieces = []
        for name, title in names.items():
            said = f"{title} {firing}!" if name == "alerts" and firing else title
            pieces.append((f"[{said}]", "accent") if name == self.pane else (f" {said} ", "faint"))
        self.query_one("#panes", Bar).write(pieces)

    def _look_at(self, pane: str) -> None:
        self.pane = pane
        for name in PANES.values():
            self.set_class(name == pane, f"-at-{name}")
        target = "#chart-0" if pane == "charts" else f"#{pane}"
        self.query_one(target).focus()
        self._panes()

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

    def too_small(self, small: bool) -> None:
        """Nobody can see: stop the clock."""
        if small:
            self.feed.pause()

    # The clock.

    def refusal(self, name: str) -> str:
        """What cannot be done now, and why."""
        if name in ("clock.toggle", "clock.step", "clock.next") and self.feed.ended:
            return "the day is over; E ends the flight and opens the debrief"
        return super().refusal(name)

    def do_clock_toggle(self) -> None:
        """Let time pass, or stop it."""
        if self.feed.pace.paused:
            self.feed.pace.play()
        else:
            self.feed.pause()
        self.paint(self.feed.frame())

    async def do_clock_step(self) -> None:
        """One look of the gates."""
        await self.feed.step()
        self.paint(self.feed.frame())

    def do_clock_faster(self) -> None:
        """Faster."""
        self.feed.pace.faster(1)
        self.paint(self.feed.frame())

    def do_clock_slower(self) -> None:
        """Slower."""
        self.feed.pace.faster(-1)
        self.paint(self.feed.frame())

    def do_clock_next(self) -> None:
        """To the next thing that happens."""
        self.feed.to_next_event()

    # The levers.

    async def do_act_hold(self) -> None:
        """Hold, or let it go on."""
        if self.frame.view.ramp.held:
            await self._ask("Resume the ramp?", "The policy decides again when the next step begins.", "resume")
        else:
            share = self.frame.view.ramp.set_share
            await self._ask("Hold the ramp?", f"It stays at {100 * share:g}% until you resume it.", "hold")

    async def do_act_promote(self) -> None:
        """The next step, or everything."""
        answer = await self.app.push_screen_wait(Choice(
            "Promote?", "Gates are not asked. The clock runs on while you choose.",
            {"": "no", "advance": "next step of the ramp", "promote": "everybody to the candidate"},
        ))
        if answer:
            await self._command(answer)

    async def do_act_rollback(self) -> None:
        """Everybody back."""
        await self._ask(
            "Roll back?", f"All traffic goes to {self.sheet.arms[0]}; requests in flight finish where they are.",
            "roll back",
        )

    async def do_alert_acknowledge(self) -> None:
        """Say that the alerts were seen."""
        await self._command("acknowledge")

    async def _ask(self, question: str, effect: str, command: str) -> None:
        answer = await self.app.push_screen_wait(Choice(question, effect, {"no": "no", "yes": f"yes, {command}"}))
        if answer == "yes":
            await self._command(command)

    async def _command(self, kind: str, **arguments: str) -> None:
        self.say(f"{kind}: on its way")
        answer = await self.feed.command(kind, **arguments)
        if isinstance(answer, Refused):
            self.say(f"{kind} refused: {answer.reason}", ink="warn")
        else:
            self.say(f"{kind}: done")
        self.paint(self.feed.frame())

    # The end.

    async def do_cockpit_end(self) -> None:
        """Fly to the end of the day."""
        landed = await self.feed.finish(lambda part: self.say(f"flying to the end of the day: {part:.0%}"))
        self.paint(self.feed.frame())
        if landed is not None:
            self.say(f"{landed.flight.outcome.replace('_', ' ')}; kept as {landed.run}" if landed.run else "not kept")
