"""The flights on record."""

import asyncio
from collections.abc import Iterable
from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical

from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from tui.actions import bindings
from tui.archive import Archive, Kept
from tui.exports import as_csv
from tui.screens.sharing import Sharing
from tui.topics import LIST
from tui.widgets.bar import Bar
from tui.widgets.drawn import Piece
from tui.widgets.listing import Item, Listing


class History(Sharing):
    """A list of flights, the newest first; two may be marked and compared."""

    SCOPES = ("history", "list", "mode", "share", "app")
    BINDINGS = bindings(*SCOPES)
    CSS_PATH = "../styles/history.tcss"
    ABOUT = (
        "Every flight that was kept. Enter reads its debrief. Space marks two, A and B, and c compares them; where "
        "fewer are marked, c takes the one under the cursor, and the last other flight of the same scenario."
    )

    TOPICS = LIST

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, Kept] = {}
        self.marked: list[str] = []
        self._was_read = asyncio.Event()

    def compose(self) -> ComposeResult:
        """The list."""
        yield Bar(id="title")
        with Vertical(id="runs", classes="pane"):
            yield Bar(id="columns")
            yield Listing(empty="reading the record …", id="list")
        yield from self.frame_of_screen()

    def on_mount(self) -> None:
        """Read the record."""
        super().on_mount()
        self.title_bar("history")
        self.query_one("#columns", Bar).write(
            [(f"  {'when':<13}{'scenario':<23}{'seed':<8}{'outcome':<12}{'lasted':<9}digest", "faint")]
        )
        self.query_one(Listing).focus()

    def on_screen_resume(self) -> None:
        """Other flights may have landed."""
        super().on_screen_resume()
        if self.is_running:
            self._read()

    @work(exclusive=True, group="record")
    async def _read(self) -> None:
        try:
            flights = await asyncio.to_thread(Archive(self.desk.store).flights)
        except Exception as error:
            self.say(f"the record cannot be read: {error}", ink="warn")
            return
        self.kept = {one.run: one for one in flights}
        self._show()
        self._was_read.set()

    def _show(self) -> None:
        listing = self.query_one(Listing)
        listing.empty = "no flight is on record yet; fly a scenario of the library"
        marks = dict(zip(self.marked, "AB", strict=False))
        listing.show([Item(one.run, tuple(_row(one, marks.get(one.run, "")))) for one in self.kept.values()])
        said = {0: "", 1: "   A is marked: space marks B", 2: "   A and B are marked: c compares them"}
        self.query_one("#runs").border_title = f"Flights {len(self.kept)}{said[len(self.marked)]}"

    @property
    def _chosen(self) -> Kept | None:
        return self.kept.get(self.query_one(Listing).key)

    def refusal(self, name: str) -> str:
        """What is damaged cannot be opened, and it takes two to compare."""
        if name in ("history.open", "history.replay", "history.mark"):
            if self._chosen is None:
                return "no flight is chosen"
            if self._chosen.trouble:
                return f"it is damaged: {self._chosen.trouble}"
        return super().refusal(name)

    async def do_history_open(self) -> None:
        """Its debrief."""
        from tui.screens.debrief import Debrief

        assert self._chosen is not None
        run = self._chosen.run
        flight = await self._load(run)
        if flight is not None:
            self.app.push_screen(Debrief(flight, run=run))

    @on(Listing.Opened)
    def _opened(self) -> None:
        self.action_act("history.open")

    async def do_history_replay(self) -> None:
        """The cockpit, fed from it."""
        from tui.replay import Replay
        from tui.screens.cockpit import Cockpit

        assert self._chosen is not None
        flight = await self._load(self._chosen.run)
        if flight is not None:
            self.app.push_screen(Cockpit(Replay(flight)))

    async def _load(self, run: str) -> Flight | None:
        try:
            return await self.wait_for("reading the flight", partial(Archive(self.desk.store).flight, run))
        except Exception as error:
            self.say(f"it cannot be read: {error}", ink="warn")
            return None

    def do_history_mark(self) -> None:
        """Mark, or take the mark away; the third mark takes the place of the first."""
        assert self._chosen is not None
        run = self._chosen.run
        if run in self.marked:
            self.marked.remove(run)
        else:
            self.marked = [*self.marked, run][-2:]
        self._show()

    async def do_history_compare(self) -> None:
        """The two that are marked, or those that suggest themselves."""
        from tui.screens.compare import Compare

        await self._was_read.wait()
        pair = self.pair()
        if len(pair) < 2:
            there = "none is" if not pair else "only one is"
            self.say(f"it takes two flights to compare, and {there} on record; the library has more", ink="warn")
            return
        one, other = pair
        first = await self._load(one)
        second = None if first is None else await self._load(other)
        if first is not None and second is not None:
            chosen = len(self.marked) < 2
            self.app.push_screen(Compare(first, second, runs=(one, other), chosen=chosen))

    def pair(self) -> list[str]:
        """The runs to compare: those marked, else that under the cursor and the last of its scenario, or of any."""
        whole = {run: one for run, one in self.kept.items() if not one.trouble}
        here = self.query_one(Listing).key
        first = next(iter([*self.marked, here]), "")
        alike = [run for run, one in whole.items() if first in whole and one.name == whole[first].name]
        return [run for run in dict.fromkeys([*self.marked, here, *alike, *whole]) if run in whole][:2]

    @property
    def forms(self) -> tuple[str, ...]:
        """The table."""
        return ("csv",)

    @property
    def stem(self) -> str:
        """What it is."""
        return "greenroom-history"

    def exported(self, form: str) -> str:
        """The flights as CSV."""
        head = ("run", "landed", "scenario", "seed", "outcome", "digest")
        return as_csv(head, [
            (one.run, one.landed or "", one.name, one.seed, one.outcome, one.digest) for one in self.kept.values()
        ])


def _row(one: Kept, mark: str) -> Iterable[Piece]:
    yield f"{mark:<2}", "key"
    if one.trouble:
        yield f"{one.run} is damaged: {one.trouble}", "warn"
        return
    when = "" if one.landed is None else one.landed.strftime("%m-%d %H:%M")
    yield f"{when:<13}", "faint"
    yield f"{one.name:<22.22} ", "plain"
    seed = str(one.seed)
    yield f"{seed if len(seed) < 8 else f'{seed[:6]}…':<8}", "faint"
    ink = {"promoted": "good", "rolled_back": "candidate", "aborted": "candidate"}.get(one.outcome, "limit")
    yield f"{one.outcome.replace('_', ' '):<12}", ink
    yield f"{clock(one.ended_at // 10**9 * 10**9):<9}{one.digest[:8]}", "faint"
