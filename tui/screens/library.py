"""The library: what there is to fly."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical

from sandbox.record.errors import StoreError
from tui.actions import bindings
from tui.columns import WIDTHS, Columns, fitting
from tui.screens.room import Room
from tui.shelf import Offered, offer
from tui.topics import LIST
from tui.widgets.bar import Bar, Page
from tui.widgets.drawn import Drawing, Piece, line
from tui.widgets.listing import Item, Listing

if TYPE_CHECKING:
    from tui.archive import Kept
    from tui.screens.briefing import Briefing

BUSY = (0.0, 0.5, 2.0, 8.0)
"""Seconds to wait before the catalogue is asked, and asked once more where somebody holds it."""


class Library(Room):
    """A list of scenarios, and what the one under the cursor is about."""

    SCOPES = ("library", "list", "mode", "app")
    BINDINGS = bindings(*SCOPES)
    CSS_PATH = "../styles/library.tcss"
    ABOUT = (
        "Every line is a scenario: a plan for a rollout, and a world that may go wrong. Enter reads its briefing. "
        "Best is how many users were worse off than with the incumbent, less those who were better "
        "off, in that of your flights that did best; last is how the last one ended. What has no column in a narrow "
        "window stands in the preview."
    )

    TOPICS = LIST

    def __init__(self) -> None:
        super().__init__()
        self.shelf: dict[str, Offered] = {}
        self.results: dict[str, list[Kept]] = {}
        self.worse: dict[str, int] = {}
        self.by_last = False

    def compose(self) -> ComposeResult:
        """The list at the left or above, the preview at the right or below."""
        yield Bar(id="title")
        with Vertical(id="body"):
            with Vertical(id="scenarios", classes="pane"):
                yield Bar(id="columns")
                yield Listing(empty="reading the scenarios …", id="list")
            with Vertical(id="preview", classes="pane"):
                yield Page(id="about")
        yield from self.frame_of_screen()

    def on_mount(self) -> None:
        """Read the shelf aside; the first lines show as soon as they are there."""
        super().on_mount()
        self.title_bar("library")
        self.query_one("#scenarios").border_title = "Scenarios"
        self.query_one(Listing).focus()
        self.run_worker(self._read(), exclusive=True, group="shelf")

    async def _read(self) -> None:
        for one in await asyncio.to_thread(lambda: list(self.desk.shelf())):
            self.shelf[one.name] = one
        self._show()
        await self._read_plans()
        await self._read_results()

    async def _read_plans(self) -> None:
        """Make a plan of each, the one under the cursor first: whoever looks on wants to know what it is about."""
        chosen = self.query_one(Listing).key
        for name in sorted(self.shelf, key=lambda name: name != chosen):
            self.shelf[name] = await asyncio.to_thread(_whole, self.shelf[name])
            if name == self.query_one(Listing).key:
                self._preview(name)
        self._show()

    async def _read_results(self) -> None:
        """What came of the flights so far; a record that cannot be read is no reason not to fly."""
        from tui.archive import Archive

        try:
            archive = Archive(self.desk.store)
            flights = await asyncio.to_thread(archive.flights)
        except (OSError, StoreError) as error:
            self.say(f"the record cannot be read: {error}", ink="warn")
            return
        self.results = {}
        for one in flights:
            self.results.setdefault(one.name, []).append(one)
        self._show()
        for pause in BUSY:
            await asyncio.sleep(pause)
            with suppress(StoreError):  # what came of flights shows without it
                self.worse = await asyncio.to_thread(archive.worse) if flights else {}
                self._show()
                return

    def on_screen_resume(self) -> None:
        """Other flights may have landed."""
        super().on_screen_resume()
        if self.is_running and self.shelf:
            self.run_worker(self._read_results(), exclusive=True, group="results")

    def do_library_sort(self) -> None:
        """By name, or the last flown first."""
        self.by_last = not self.by_last
        self._show()
        self.say("the last flown first" if self.by_last else "by name")

    def _show(self) -> None:
        listing = self.query_one(Listing)
        there = self.shelf.values()
        columns = fitting([one.name for one in there], [one.title for one in there], width=listing.content_size.width)
        heads = {name: (name, "faint") for name in ("name", "title", "level", "lasts", "flown", "best", "last")}
        self.query_one("#columns", Bar).write(list(_pieces(heads, columns)))
        listing.show([_item(one, self._said(one), columns) for one in self._ordered()])
        self._preview(listing.key)

    def _said(self, one: Offered) -> dict[str, Piece]:
        return said_of(one, self.results.get(one.name, []), self.worse)

    def on_resize(self, event: events.Resize) -> None:
        """Another width has room for other columns."""
        if self.shelf:
            self.call_after_refresh(self._show)

    def _ordered(self) -> list[Offered]:
        if not self.by_last:
            return list(self.shelf.values())
        flown = {name: kept[0].run for name, kept in self.results.items()}
        return sorted(self.shelf.values(), key=lambda one: flown.get(one.name, ""), reverse=True)

    @on(Listing.Moved)
    def _moved(self, event: Listing.Moved) -> None:
        self._preview(event.key)

    def _preview(self, name: str) -> None:
        one, preview = self.shelf.get(name), self.query_one("#preview")
        listing = self.query_one(Listing)
        hides = f" of {len(self.shelf)} with: {listing.needle} (esc shows all)" if listing.needle else ""
        self.query_one("#scenarios").border_title = f"Scenarios {len(listing.items)}{hides}".replace("[", "(")
        if one is None:
            preview.border_title = ""
            self.query_one("#about", Page).write([])
            return
        preview.border_title = one.name.replace("[", "(")
        self.query_one("#about", Page).write(list(_about(one, self._said(one))))

    @property
    def chosen(self) -> Offered | None:
        """The scenario under the cursor."""
        return self.shelf.get(self.query_one(Listing).key)

    def refusal(self, name: str) -> str:
        """What cannot be read cannot be flown."""
        if name in ("library.brief", "library.run"):
            if self.chosen is None:
                return "no scenario is chosen"
            if self.chosen.trouble:
                return f"{self.chosen.name} cannot be read; `greenroom check` tells its mistakes"
        return super().refusal(name)

    async def do_library_brief(self) -> None:
        """Open the briefing."""
        await self._brief(at_once=False)

    @on(Listing.Opened)
    def _opened(self) -> None:
        self.action_act("library.brief")

    async def do_library_run(self) -> None:
        """Fly at once."""
        await self._brief(at_once=True)

    async def _brief(self, *, at_once: bool) -> None:
        assert self.chosen is not None
        one = self.shelf[self.chosen.name] = await asyncio.to_thread(_whole, self.chosen)
        if one.plan is None:
            self._show()
            self.say(self.refusal("library.brief"), ink="warn")
            return
        briefing = await asyncio.to_thread(_briefing)
        self.app.push_screen(briefing(one.plan, path=one.path, at_once=at_once))


def _whole(one: Offered) -> Offered:
    """A scenario with its plan, which is read once."""
    return one if one.read else offer(one.path)


def _briefing() -> "type[Briefing]":
    from tui.screens.briefing import Briefing

    return Briefing


def _item(one: Offered, said: Mapping[str, Piece], columns: Columns) -> Item:
    """A line, which a filter also finds by what the scenario is about."""
    words = " ".join((one.title, one.lesson, *one.reads, *one.kinds))
    return Item(one.name, tuple(_pieces(said, columns)), about=words)


def said_of(one: Offered, flown: Sequence["Kept"], worse: Mapping[str, int]) -> dict[str, Piece]:
    """What each column says of a scenario."""
    best = min((worse[kept.run] for kept in flown if kept.run in worse), default=None)
    return {
        "name": (one.name, "plain"), "title": (one.title, "warn" if one.trouble else "faint"),
        "level": (one.difficulty, "accent" if one.difficulty == "hard" else "plain"), "lasts": (one.lasts, "faint"),
        "flown": (f"{len(flown) or ''}", "faint"), "best": ("" if best is None else _users(best), "good"),
        "last": (flown[0].outcome.replace("_", " ") if flown else "never", "plain" if flown else "faint"),
    }


def _pieces(said: Mapping[str, Piece], columns: Columns) -> Iterable[Piece]:
    """A line of the list: the columns that are kept."""
    (name, plain), (title, ink), (last, last_ink) = said["name"], said["title"], said["last"]
    yield f"  {name:<{columns.name}.{columns.name}} ", plain
    yield f"{title if len(title) <= columns.title else f'{title[:columns.title - 1]}…':<{columns.title}} ", ink
    for column in columns.kept:
        text, its = said[column]
        wide = WIDTHS[column] - 1
        yield (f"{text:>{wide}} " if column in ("flown", "best") else f"{text:<{wide}.{wide}} "), its
    yield last, last_ink


def _users(count: int) -> str:
    """A number of users in four cells."""
    return f"{count}" if count < 10_000 else f"{count / 1_000:.0f}k" if count < 1_000_000 else f"{count / 1e6:.0f}M"


def _about(one: Offered, said: Mapping[str, Piece]) -> Iterable[Drawing]:
    if one.plan is None:
        yield line((one.trouble, "warn") if one.trouble else (one.title, "strong"))
        return
    from tui.sheet import sheet_of, told

    sheet = sheet_of(one.plan)
    yield line((sheet.title, "strong"))
    yield line("")
    yield line(told(one.plan.text) or sheet.story)
    yield line("")
    flown, best, last = (said[name][0] for name in ("flown", "best", "last"))
    ended = (("  best ", "faint"), best or "—", ("  last ", "faint"), last) if flown else ()
    yield line(("lasts   ", "faint"), one.lasts, ("  level ", "faint"), one.difficulty, ("  flown ", "faint"),
               flown or last, *ended)
    yield line(("models  ", "faint"), " ".join(sheet.arms))
    yield line(("ramp    ", "faint"), " > ".join(step.title for step in sheet.steps))
    for gate in sheet.gates[:6]:
        yield line(("gate    ", "faint"), f"{gate.name}: {gate.asks}")
    if sheet.alerts:
        yield line(("alerts  ", "faint"), f"{len(sheet.alerts)}")
    yield line(("seed    ", "faint"), str(sheet.seed))
    if one.lesson:
        yield line("")
        yield line(("lesson  ", "faint"), one.lesson)
