"""The keys of a screen, and what it is about."""

from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.actions import BY_ID, Action, shown
from tui.widgets.bar import Bar, Page
from tui.widgets.drawn import Drawing, line
from tui.widgets.filter import Filter
from tui.widgets.listing import Item, Listing


class KeysPage(ModalScreen[None]):
    """A list to look something up in; Escape closes it."""

    CSS_PATH = "../styles/keys_page.tcss"
    BINDINGS = [
        ("escape", "close", "close"), ("q", "close", "close"), ("question_mark,f1", "close", "close"),
        ("j,down", "move(1)", "down"), ("k,up", "move(-1)", "up"), ("slash", "filter", "filter"),
        ("pagedown,ctrl+d", "page(1)", "page down"), ("pageup,ctrl+u", "page(-1)", "page up"),
        ("g,home", "move(-1000)", "top"), ("G,end", "move(1000)", "bottom"),
    ]

    def __init__(
        self, actions: tuple[Action, ...], *, title: str, about: str | Sequence[Drawing],
        ruled_out: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.actions, self.name_ = actions, title
        self.about = (line(about),) if isinstance(about, str) else about
        self.ruled_out: Mapping[str, str] = ruled_out or {}

    def compose(self) -> ComposeResult:
        """What it is about, then the keys."""
        with Vertical(id="box"):
            yield Page(id="about")
            with Vertical(id="lines"):
                yield Listing(id="keys-list")
                yield Filter()
            yield Page(id="chosen")
            yield Bar(id="hint")

    def on_mount(self) -> None:
        """Show them."""
        box = self.query_one("#box")
        box.border_title = self.name_
        self.query_one("#about", Page).write(self.about)
        listing = self.query_one(Listing)
        for one in (listing, self.query_one("#chosen")):
            one.display = bool(self.actions)
        listing.show([self._item(action) for action in self.actions])
        self.set_class(not self.actions, "-reads")
        hint = " ↓ ↑ pgdn pgup move, / filters, esc closes" if self.actions else " ↓ ↑ pgdn pgup move, esc closes"
        self.query_one("#hint", Bar).write([(hint, "faint")])
        listing.focus()
        self._choose(listing.key)

    def _item(self, action: Action) -> Item:
        keys = f" {', '.join(shown(key) for key in action.keys.split(',')):<12} "
        if self.ruled_out.get(action.id):
            return Item(action.id, ((keys, "faint"), (f"not here: {action.says}", "faint")))
        return Item(action.id, ((keys, "key"), (action.says, "page" if action.acts else "plain")))

    @on(Listing.Moved)
    def _moved(self, event: Listing.Moved) -> None:
        self._choose(event.key)

    def _choose(self, name: str) -> None:
        """What does not fit into the list: why it is not done here, and the id by which a key is rebound."""
        action, why = BY_ID.get(name), self.ruled_out.get(name, "")
        rebinds = (f" for another key, under [keys] in cockpit.toml, its name is {name}", "faint")
        lines = [] if action is None else [line((" not here: ", "page"), why) if why else line(rebinds)]
        self.query_one("#chosen", Page).write(lines if not why else [*lines, line(rebinds)])

    def action_page(self, by: int) -> None:
        """Go on by a page."""
        if not self.actions:
            self.query_one("#about", Page).go(by * 10)
            return
        self.query_one(Listing).page(by)

    def action_move(self, by: int) -> None:
        """Go on."""
        if not self.actions:
            self.query_one("#about", Page).go(by)
            return
        self.query_one(Listing).move(by)

    def action_filter(self) -> None:
        """Look for words."""
        self.query_one(Filter).open(self.query_one(Listing))

    def action_close(self) -> None:
        """Close it."""
        self.dismiss(None)
