"""The debrief: what happened, what was true, what it came to, and what else could have been done."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.report.log import Line, log
from sandbox.report.scorecard import Scorecard, score
from tui.actions import Action, bindings
from tui.archive import Archive
from tui.screens.confirm import Choice
from tui.screens.noting import Noting
from tui.screens.sharing import Sharing
from tui.topics import DEBRIEF
from tui.whatif import CalledOffError, Told, otherwise, told, unmanned
from tui.widgets.axis import Axis
from tui.widgets.bar import Bar, Page
from tui.widgets.drawn import Drawing, Piece, line
from tui.widgets.listing import Listing
from tui.widgets.rows import log_item
from tui.widgets.scored import compared, scored

if TYPE_CHECKING:
    from sandbox.record.sittings import Filed
    from sandbox.report.debrief.exercise import Debrief as Exercise

PANES = {
    "score": "the score, and why", "other": "the same day with other hands", "note": "your note", "log": "the log",
}
"""The panes by name, and what each shows."""
Result = TypeVar("Result")
LEGEND = "defensible: o harm began, ! evident, d detected; + several at once"
WHAT_IF = {
    "roll back": "roll back", "hold": "hold", "promote": "promote: everybody to the candidate",
    "advance": "advance: the next step of the ramp",
}


class Debrief(Sharing):
    """One axis, and four panes under it."""

    SCOPES: ClassVar[tuple[str, ...]] = ("debrief", "pane", "share", "list", "app")
    BINDINGS = bindings(*SCOPES)
    CSS_PATH = "../styles/debrief.tcss"
    ABOUT = (
        "On the axis: F a fault, D a drift, x a gate that failed, P a page, T a ticket; your commands by their first "
        "letter, + where there are several, and those of others in a row of their own. It is defensible to act from "
        "o, when harm began, to !, when it was evident; d is when it was detected. Left and right choose a moment; "
        "Enter replays from there, w flies the same day again and does something else there."
    )

    TOPICS = DEBRIEF

    def __init__(
        self, flight: Flight, *, run: str = "", trouble: str = "", exercise: "Exercise | None" = None
    ) -> None:
        super().__init__()
        self.flight, self.run, self.trouble, self.exercise = flight, run, trouble, exercise
        self.card: Scorecard = score(flight, run=run)
        self.lines: tuple[Line, ...] = log(flight, self.card.harm)
        self.others: list[Told] = [told("this flight", flight)]
        self.drill: Filed | None = None
        self._recalled, self._told = asyncio.Event(), ""
        self.pane, self._called_off, self._flying = "score", False, False

    def compose(self) -> ComposeResult:
        """The axis above, the panes below."""
        yield Bar(id="title")
        yield Axis(self.flight, self.card.harm)
        yield Page(id="moment")
        yield Bar(id="panes")
        with Horizontal(id="body"):
            yield Page(id="score")
            yield Page(id="other")
            yield Page(id="note")
            yield Listing(empty="nothing happened", id="log")
        yield from self.frame_of_screen()

    def on_mount(self) -> None:
        """Show everything that is known at once."""
        super().on_mount()
        axis = self.query_one(Axis)
        axis.add_class("pane")
        axis.border_title = "What happened"
        axis.border_subtitle = LEGEND
        for number, name in enumerate(PANES, start=1):
            widget = self.query_one(f"#{name}")
            widget.add_class("pane")
            title = {"other": "The same day with other hands"}.get(name, name.capitalize())
            widget.border_title = f"{number} {title}"
        self._write()
        self._look_at("score")
        axis.focus()
        self.call_after_refresh(self._begin)
        self.run_worker(self._recall(), group="recall")
        if self.trouble:
            kept = "kept, but not in the catalogue" if self.run else "not kept"
            self.say(f"{kept}: {self.trouble}", ink="warn")

    def _begin(self) -> None:
        onset = self.card.harm.onset
        self.query_one(Axis).go_to(onset.at if onset is not None else self.card.closed_at or 0)

    async def _recall(self) -> None:
        """What the last flight of this scenario came to; a record that cannot be read is the history's to tell."""
        from sandbox.record.errors import StoreError
        from tui.hands import sat, time_before

        with suppress(OSError, StoreError):
            try:
                self.drill = await asyncio.to_thread(sat, self._archive.store, self.run)
            finally:
                self._recalled.set()
            if self.drill is not None and self.exercise is None:
                self._write()
                self.run_worker(self._fly_others("score"), group="others")
            before = await asyncio.to_thread(time_before, self._archive, self.flight, run=self.run)
            if before is not None:
                self.others.insert(1, before)
                self._write()

    def _write(self) -> None:
        card = self.card
        outcome = card.outcome.replace("_", " ")
        when = "" if card.closed_at is None else f" at {clock(card.closed_at)}"
        left: list[Piece] = [(" Debrief ", "strong"), (f" {card.name} ", "accent"), (f" seed {card.seed} ", "faint"),
                             (f" {outcome}{when} ", "strong")]
        if self.exercise is not None:
            left.insert(2, (f" SCORE {self.exercise.points.total:.0f} / 100 ", "accent"))
        self.query_one("#title", Bar).write(left, [(f"{self.run or 'not kept'} ", "faint")])
        self.query_one("#score", Page).write(
            list(scored(card, self.exercise, drill=self.drill is not None))
        )
        self.query_one("#other", Page).write(list(compared(self.others, self.exercise)))
        self.query_one("#note", Page).write(self._note())
        who = max((6, *(len(one.who) for one in self.lines)))
        self.query_one("#log", Listing).show([log_item(one, place, who=who) for place, one in enumerate(self.lines)])

    def _note(self) -> list[Drawing]:
        text = self._written
        if not text:
            said = "no note yet; i writes one" if self.run else "a flight that is not kept has no note"
            why = f"; it is not kept: {self.trouble}" if self.trouble and not self.run else ""
            return [line((f"{said}{why}", "faint"))]
        return [line(one.expandtabs(4)) for one in text.splitlines()]

    @property
    def _written(self) -> str:
        """What somebody noted about it; empty where nobody did, or could."""
        return self._archive.note(self.run) if self.run else ""

    @property
    def _archive(self) -> Archive:
        return Archive(self.desk.store)

    @on(Axis.Moved)
    def _moved(self, event: Axis.Moved) -> None:
        near = [one for one in self.lines if one.at <= event.at]
        said = f" {clock(near[-1].at)} {near[-1].who} {near[-1].what} {near[-1].because}" if near else " take-off"
        done = self.query_one(Axis).done
        several = sum(map(len, done.values())) > 1
        by_whom = "".join(f" {who}: {', '.join(what)} " for who, what in done.items()) if several else ""
        ink = "truth" if near and near[-1].truth else "plain"
        self.query_one("#moment", Page).write([line((by_whom, "accent"), (said, ink))])
        self._told = str(max(0, len(near) - 1))
        self.query_one("#log", Listing).go(int(self._told))

    @on(Listing.Moved, "#log")
    def _another_line(self, event: Listing.Moved) -> None:
        """Whoever goes through the log reads each line whole above it."""
        if self.focused is event.listing and event.key not in ("", self._told):
            self.query_one("#moment", Page).write([line(" ", *event.listing.chosen)])

    # Where one looks.

    def _look_at(self, pane: str) -> None:
        self.pane = pane
        pieces: list[Piece] = []
        for number, name in enumerate(PANES, start=1):
            self.set_class(name == pane, f"-at-{name}")
            said = f"{number} {name.capitalize()}"
            pieces.append((f"[{said}]", "accent") if name == pane else (f" {said} ", "faint"))
        self.query_one("#panes", Bar).write(pieces)
        if pane == "log":
            self.query_one("#log").focus()
        else:
            self.query_one(Axis).focus()

    def do_pane_1(self) -> None:
        """The score."""
        self._look_at("score")

    def do_pane_2(self) -> None:
        """Other hands."""
        self._look_at("other")

    def do_pane_3(self) -> None:
        """The note."""
        self._look_at("note")

    def do_pane_4(self) -> None:
        """The log."""
        self._look_at("log")

    def do_list_down(self) -> None:
        """A line down, in the pane that is shown."""
        self._scroll(1)

    def do_list_up(self) -> None:
        """A line up, in the pane that is shown."""
        self._scroll(-1)

    def do_list_page_down(self) -> None:
        """A page down."""
        self._scroll(max(1, self.query_one(f"#{self.pane}").content_size.height - 1))

    def do_list_page_up(self) -> None:
        """A page up."""
        self._scroll(-max(1, self.query_one(f"#{self.pane}").content_size.height - 1))

    def _scroll(self, by: int) -> None:
        pane = self.query_one(f"#{self.pane}")
        if isinstance(pane, Page):
            pane.go(by)
        elif isinstance(pane, Listing):
            pane.move(by)

    def do_debrief_left(self) -> None:
        """An earlier moment."""
        self.query_one(Axis).move(-1)

    def do_debrief_right(self) -> None:
        """A later moment."""
        self.query_one(Axis).move(1)

    def do_debrief_next(self) -> None:
        """The next thing that happened."""
        axis = self.query_one(Axis)
        before = axis.place
        for one in self.lines:
            if one.at > axis.at:
                axis.go_to(one.at)
                if axis.place > before:
                    return
        self.say("nothing happened after this")

    # What else there is.

    def do_debrief_replay(self) -> None:
        """The cockpit, fed from the record."""
        from tui.replay import Replay
        from tui.screens.cockpit import Cockpit

        replay = Replay(self.flight, at=self.query_one(Axis).at)
        self.app.push_screen(Cockpit(replay))

    async def do_debrief_what_if(self) -> None:
        """The same day, with something else done at this moment."""
        if self._flying:
            self._called_off = True
            return
        at, left = self.query_one(Axis).at, unmanned(self.flight)
        answers = {"no": "no"} | WHAT_IF | {"nobody": f"{left} from the start"}
        effect = f"What you did before {clock(at)} is done again, then this; from then on {left}."
        kind = await self.app.push_screen_wait(Choice(f"At {clock(at)} instead?", effect, answers))
        if kind != "no":
            nobody = kind == "nobody"
            await self._fly_otherwise(0 if nobody else at, "" if nobody else kind)

    async def _fly_otherwise(self, at: int, kind: str) -> None:
        found = await self._again(partial(otherwise, self.flight, at=at, kind=kind), "flying the same day again", "w")
        if found is not None:
            self.others.append(found)
            self.say(f"{found.name}: {found.outcome.replace('_', ' ')}")
            self._write()

    async def do_debrief_others(self) -> None:
        """The same day with other hands, some twenty times, and the score that comes of it."""
        if self._flying:
            self._called_off = True
            return
        await self._fly_others("other")

    async def _fly_others(self, pane: str) -> None:
        from tui.hands import by_others

        work = partial(by_others, self.flight, run=self.run, drill=self.drill, store=self._archive.store)
        found = await self._again(work, "flying it with other hands", "o", pane=pane)
        if found is not None:
            self.exercise = found
            self.say(f"scored: {found.points.total:.0f} of 100; 1 says why")
            self._write()

    async def _again(
        self, work: Callable[..., Result], what: str, key: str, *, pane: str = "other"
    ) -> "Result | None":
        """Fly this day once more, or often; None where it was called off, or cannot be flown."""
        self._called_off, self._flying = False, True
        self._look_at(pane)

        def watch(part: float) -> bool:
            self.app.call_from_thread(self.say, f"{what}: {part:.0%} ({key} calls it off)")
            return not self._called_off

        try:
            return await asyncio.to_thread(work, watch=watch)
        except CalledOffError:
            self.say("called off")
        except Exception as error:
            self.say(f"cannot be flown again: {error}", ink="warn")
        finally:
            self._flying = False
        return None

    def bound(self, action: Action) -> Action:
        """The digits look at panes of this screen, not of the cockpit."""
        one = super().bound(action)
        if one.scope != "pane":
            return one
        at = int(one.id.removeprefix("pane.")) - 1
        if at >= len(PANES):
            return one
        name, says = list(PANES.items())[at]
        return replace(one, label=name, says=f"Look at {says}")

    def refusal(self, name: str) -> str:
        """A note belongs to a flight that is kept."""
        if name == "debrief.others" and self.exercise is not None:
            return "they are all there"
        if name == "debrief.note" and not self.run:
            return "the flight is not kept, so nothing could be kept about it"
        return super().refusal(name)

    async def do_debrief_note(self) -> None:
        """Write about it."""
        text = await self.app.push_screen_wait(Noting(self._written))
        if text is not None:
            await asyncio.to_thread(self._archive.write_note, self.run, text)
            self._write()
            self._look_at("note")

    async def do_debrief_again(self) -> None:
        """The briefing again, with another day; that of the drill, where it was one."""
        from tui.screens.again import drill_again, scenario_again

        await self._recalled.wait()
        another = self.flight.header.seed + 1
        self.app.switch_screen(drill_again(self.drill) if self.drill else scenario_again(self.flight, seed=another))

    def do_debrief_same(self) -> None:
        """The briefing again, with the same day."""
        from tui.screens.again import scenario_again

        self.app.switch_screen(scenario_again(self.flight, seed=self.flight.header.seed))

    # What one takes along.

    @property
    def forms(self) -> tuple[str, ...]:
        """Everything."""
        return ("md", "json", "csv", "html")

    @property
    def takes(self) -> str:
        """A debrief holds the day against other hands."""
        if self.exercise is not None:
            return ""
        others = "All but CSV and SVG hold it against other hands"
        return f"{others}, which fly the day some twenty times first, and score it. "

    async def ready(self, form: str) -> bool:
        """Other hands fly the day, unless they have."""
        if self.exercise is not None or form not in ("md", "json", "html"):
            return True
        if self._flying:
            self.say("others fly this day just now; ask again when they are done", ink="warn")
            return False
        await self._fly_others(self.pane)
        return self.exercise is not None

    @property
    def stem(self) -> str:
        """After the run."""
        return f"debrief-{self.run or self.flight.digest[:8]}"

    def exported(self, form: str) -> str:
        """The debrief and the note about it; or its log as CSV."""
        from tui.takeaway import debrief_file, log_table

        if form == "csv":
            return log_table(self.lines)
        assert self.exercise is not None
        return debrief_file(self.exercise, self.flight, note=self._written, form=form)
