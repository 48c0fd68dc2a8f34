"""Where one looks in the cockpit: panes, charts, how much of the flight, and one thing large."""

from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.widget import Widget

from sandbox.base.units import format_duration
from tui.actions import Action
from tui.screens.acting import Acting
from tui.widgets.bar import Bar
from tui.widgets.chart import Chart
from tui.widgets.drawn import Piece
from tui.widgets.keys import Keys
from tui.widgets.listing import Listing

CHARTS = 6
PANES = ("charts", "alerts", "gates", "timeline", "runbook")
MINUTE = 60 * 10**9
DETAILED = ("alerts", "gates", "runbook")
"""Panes at the right, under which stands more about the line that is chosen."""
ZOOMS = (0, 120 * MINUTE, 60 * MINUTE, 20 * MINUTE)
"""How much of the flight charts show; 0 is all of it."""


class Looking(Acting):
    """What is shown of a flight, and how large."""

    ALLOW_IN_MAXIMIZED_VIEW: ClassVar[str | None] = ".-textual-system, Status, Coach, Filter, Keys, #too-small"
    dials: list[str]
    pane, zoom, at_chart = "alerts", 0, 0
    _over = False

    def tabs(self) -> None:
        """Say which panes there are, what stands in them, and over what instruments read."""
        firing = [one for one in self.frame.view.alerts if one.firing]
        unseen = sum(not one.acknowledged for one in firing)
        standing = f" {unseen}!" if unseen else f" {len(firing)} ack" if firing else ""
        pieces: list[Piece] = []
        for number, name in enumerate(PANES, start=1):
            if name == "runbook" and not self.has_class("-has-runbook"):
                continue
            said = f"{number} {name.capitalize()}" + {"alerts": standing, "runbook": self.suggests()}.get(name, "")
            pieces.append((f"[{said}]", "accent") if name == self.pane else (f" {said} ", "faint"))
        readings = f"  readings: the last {format_duration(self.sheet.tick)} "
        self.query_one("#panes", Bar).write(pieces, [(readings, "faint")])
        over = self.feed.live and self.feed.ended
        if over != self._over:
            self._over = over
            self.offer_keys()

    def suggests(self) -> str:
        """Which step of a runbook comes next by what fires, in as few characters as there are."""
        found = [one.next for one in self.frame.view.suggested.values() if one.next != "done"]
        return f" {self.glyphs.spell('▶')}{found[0]}" if found else ""

    @property
    def offered(self) -> tuple[Action, ...]:
        """Where one pane has the whole screen, what gives it back stands first."""
        large = {"cockpit.maximise": "all panes"} if self.maximized is not None else {}
        return tuple(replace(one, label=large[one.id], rank=1) if one.id in large else one for one in super().offered)

    def offer_keys(self) -> None:
        """Once the day is over what ends it comes first, and what is refused by then is left out."""
        if not self._over:
            super().offer_keys()
            return
        left = [one for one in self.offered if not self.refusal(one.id)]
        self.query_one(Keys).offer(tuple(replace(one, rank=1) if one.id == "cockpit.end" else one for one in left))

    # Where one looks.

    def look_at(self, pane: str) -> None:
        """Show a pane, and give it the focus."""
        self.pane = pane
        for name in PANES:
            self.set_class(name == pane, f"-at-{name}")
        self.query_one(f"#chart-{self.at_chart}" if pane == "charts" else f"#{pane}").focus()
        self._stay_large()
        self.repaint()
        self.call_after_refresh(self.repaint)  # only now a pane that was hidden has its width

    def do_pane_1(self) -> None:
        """Look at the charts."""
        self.look_at("charts")

    def do_pane_2(self) -> None:
        """Look at the alerts."""
        self.look_at("alerts")

    def do_pane_3(self) -> None:
        """Look at the gates."""
        self.look_at("gates")

    def do_pane_4(self) -> None:
        """Look at the timeline."""
        self.look_at("timeline")

    def do_pane_5(self) -> None:
        """Look at the runbook, at the step that comes next where one is suggested."""
        self.look_at("runbook")
        comes = [f"{name}/{one.next}" for name, one in self.frame.view.suggested.items()]
        listing = self.query_one("#runbook", Listing)
        places = [place for place, item in enumerate(listing.items) if item.key in comes]
        if places:
            listing.go(places[0])

    def on_descendant_focus(self) -> None:
        """A chart that has the focus is the one that is shown large, and that `d` is about."""
        focused = self.focused
        if isinstance(focused, Chart) and (focused.id or "").startswith("chart-"):
            self.at_chart = int((focused.id or "").removeprefix("chart-"))
            self._stay_large()
            self.repaint()

    def on_click(self) -> None:
        """A click on a list looks at it; only when it is over, since what lies under the mouse may move."""
        if isinstance(self.focused, Listing) and self.focused.id in PANES and self.focused.id != self.pane:
            self.look_at(self.focused.id)

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
            if isinstance(self.focused, Chart):
                self.look_at("charts")
            elif self.listing is not None and self.listing.id in PANES:
                self.look_at(self.listing.id)
            self.maximized = self._large()

    def watch_maximized(self) -> None:
        """Say how it is given back, and show it once it has its width."""
        self.offer_keys()
        self.call_after_refresh(self.repaint)

    def on_resize(self, event: events.Resize) -> None:
        """Another widget may be the large one now."""
        self.call_after_refresh(self._stay_large)

    def _stay_large(self) -> None:
        if self.maximized is not None:
            self.maximized = self._large()

    def _large(self) -> Widget:
        """What gets the whole screen: a list with what it tells of its line, or the chart itself."""
        if self.pane in DETAILED:
            return self.query_one("#right")
        if self.pane == "timeline":
            return self.query_one("#log")
        return self.query_one("#big" if self.has_class("-narrow") else f"#chart-{self.at_chart}")
