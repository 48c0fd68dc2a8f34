"""Two flights side by side: what they came to, where they parted, and any metric of both."""

from collections.abc import Iterator
from dataclasses import replace

from textual import events
from textual.app import ComposeResult
from textual.containers import Grid

from sandbox.base.clock import clock
from sandbox.base.flight import Flight
from sandbox.base.units import format_duration
from sandbox.report.scorecard import Scorecard, score
from tui.actions import Action, bindings
from tui.exports import as_csv
from tui.names import shortened
from tui.parting import parted
from tui.replay import Replay
from tui.screens.sharing import Sharing
from tui.series import EMPTY, side_by_side
from tui.sheet import Dial
from tui.widgets.axis import Axis
from tui.widgets.bar import Bar, Page
from tui.widgets.chart import Chart
from tui.widgets.drawn import Drawing, line

CHARTS = 2
LOOKS = {"table": "", "charts": "-narrow", "days": "-short"}
"""What may be looked at alone, and in which windows that is not in sight beside the rest."""


class Both(Chart):
    """A chart whose curves are of two flights."""

    def _reading(self, width: int) -> str:
        if self.dial is None or self.latest is None:
            return "A dotted, B solid"
        one, other = self.dial.words(self.latest.incumbent), self.dial.words(self.latest.candidate)
        said = f"at the end A dotted {one}, B solid {other}"
        return said if len(said) <= width else said.removeprefix("at the end ")


class Compare(Sharing):
    """A is drawn dotted in the incumbent's colour, B solid in the candidate's."""

    SCOPES = ("compare", "share", "app")
    BINDINGS = bindings(*SCOPES)
    CSS_PATH = "../styles/compare.tcss"
    ABOUT = (
        "A is dotted, B is solid; both show what telemetry read of the candidate. s swaps the two; where not "
        "everything fits, c looks at the charts, at what happened on both days, and at the table again."
    )
    look = "table"

    def __init__(self, first: Flight, second: Flight, *, runs: tuple[str, str], chosen: bool = False) -> None:
        super().__init__()
        self.flights, self.runs, self._chosen = [first, second], list(runs), chosen
        self.cards: list[Scorecard] = [score(first), score(second)]

    def compose(self) -> ComposeResult:
        """Both axes above, the difference and charts below."""
        yield Bar(id="title")
        for letter, flight, card in zip("ab", self.flights, self.cards, strict=True):
            axis = Axis(flight, card.harm, id=f"axis-{letter}")
            axis.add_class("pane")
            yield axis
        with Grid(id="body"):
            yield Page(id="difference")
            for number in range(CHARTS):
                yield Both(id=f"chart-{number}")
        yield from self.frame_of_screen()

    def on_mount(self) -> None:
        """Show both."""
        super().on_mount()
        for letter, run in zip("ab", self.runs, strict=True):
            self.query_one(f"#axis-{letter}").border_title = f"{letter.upper()}  {run}"
        self.query_one("#difference").add_class("pane")
        self.query_one("#difference").border_title = "Difference"
        for chart in self.query(Chart):
            chart.add_class("pane")
        first, second = (flight.header.name for flight in self.flights)
        self.query_one("#title", Bar).write([
            (" Compare ", "strong"), (f" A {first} ", "incumbent"), (f" B {second} ", "candidate"),
        ])
        if self._chosen:
            self.say("these two suggested themselves; in the history space marks others")
        self.query_one("#difference", Page).write(list(self._lines()))
        self.call_after_refresh(self._charts)

    def _charts(self) -> None:
        replays = [Replay(flight, at=flight.ended_at) for flight in self.flights]
        both = [one for one in replays[0].sheet.dials if replays[1].sheet.dial(one.name) is not None]
        dials = [one for one in both if one.name != "traffic.share"][:CHARTS]
        for replay in replays:
            replay.watch(tuple(one.name for one in dials))
        views = [replay.frame().view for replay in replays]
        end = max(flight.ended_at for flight in self.flights)
        for number, dial in enumerate(dials):
            read = side_by_side(*(view.series.get(dial.name, EMPTY) for view in views))
            chart = self.query_one(f"#chart-{number}", Both)
            chart.show(Dial(measure=dial.measure, title=f"{dial.name} of the candidate"), read, start=0,
                       end=end, matured_to=0)

    def rows(self) -> list[tuple[str, str, str, str]]:
        """What they came to, side by side."""
        one, other = self.cards
        return [
            ("seed", str(one.seed), str(other.seed), ""),
            ("outcome", one.outcome.replace("_", " "), other.outcome.replace("_", " "), ""),
            _times("over at", one.closed_at, other.closed_at),
            _times("harm began", _onset(one), _onset(other)),
            _times("detected", one.detected_at, other.detected_at),
            _counts("users worse", one.harm.users, other.harm.users),
            _counts("answers worse", one.harm.total.gross, other.harm.total.gross),
            _counts("net", one.harm.total.net, other.harm.total.net),
            ("largest share", f"{one.largest_share:.0%}", f"{other.largest_share:.0%}", ""),
            _counts("alerts", len(one.alerts), len(other.alerts)),
        ]

    def _lines(self) -> Iterator[Drawing]:
        yield line((f"{'':<14}{'A':<12}{'B':<12}A − B", "faint"))
        for name, one, other, apart in self.rows():
            numbers = ((f"{shortened(one, 11):<12}", "incumbent"), (f"{shortened(other, 11):<12}", "candidate"))
            yield line((f"{name:<14}", "faint"), *numbers, apart)
        yield line("")
        yield line(("they part ", "faint"), parted(*self.flights))

    @property
    def looks(self) -> tuple[str, ...]:
        """What there is to look at, one after the other."""
        return tuple(name for name, where in LOOKS.items() if not where or self.has_class(where))

    @property
    def _next(self) -> str:
        looks = self.looks
        return looks[(looks.index(self.look) + 1) % len(looks)] if self.look in looks else looks[0]

    @property
    def offered(self) -> tuple[Action, ...]:
        """What comes next is named in the footer."""
        return tuple(replace(one, label=self._next) if one.id == "compare.look" else one for one in super().offered)

    def ruled_out(self, name: str) -> str:
        """In a large window there is nothing else to look at."""
        if name == "compare.look" and len(self.looks) == 1:
            return "everything is in sight"
        return super().ruled_out(name)

    def do_compare_look(self) -> None:
        """What has no room beside the rest."""
        self._look_at(self._next)

    def _look_at(self, look: str) -> None:
        self.look = look
        for one in LOOKS:
            self.set_class(one == look, f"-at-{one}")
        self.offer_keys()

    def on_resize(self, event: events.Resize) -> None:
        """Another window has room for something else."""
        self.call_after_refresh(lambda: self._look_at(self.look if self.look in self.looks else "table"))

    def do_compare_swap(self) -> None:
        """The other way round."""
        self.app.switch_screen(Compare(self.flights[1], self.flights[0], runs=(self.runs[1], self.runs[0])))

    @property
    def forms(self) -> tuple[str, ...]:
        """The table."""
        return ("csv",)

    @property
    def stem(self) -> str:
        """What it is."""
        return "greenroom-compare"

    def exported(self, form: str) -> str:
        """The table as CSV."""
        return as_csv(("", "A", "B", "A - B"), [("run", *self.runs, ""), *self.rows()])


def _onset(card: Scorecard) -> int | None:
    return None if card.harm.onset is None else card.harm.onset.at


def _times(name: str, one: int | None, other: int | None) -> tuple[str, str, str, str]:
    words = ["never" if at is None else clock(at) for at in (one, other)]
    apart = ""
    if one is not None and other is not None and one != other:
        apart = f"{'+' if one > other else '−'}{format_duration(abs(one - other))}"
    return name, words[0], words[1], apart


def _counts(name: str, one: int, other: int) -> tuple[str, str, str, str]:
    return name, f"{one:,}", f"{other:,}", f"{one - other:+,}" if one != other else ""
