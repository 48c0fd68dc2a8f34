"""The keys of a screen, and what it is about."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.actions import Action, shown
from tui.widgets.bar import Bar, Page
from tui.widgets.drawn import line
from tui.widgets.filter import Filter
from tui.widgets.listing import Item, Listing


class KeysPage(ModalScreen[None]):
    """A list to look something up in; Escape closes it."""

    CSS_PATH = "../styles/keys_page.tcss"
    BINDINGS = [
        ("escape", "close", "close"), ("q", "close", "close"), ("question_mark", "close", "close"),
        ("j,down", "move(1)", "down"), ("k,up", "move(-1)", "up"), ("slash", "filter", "filter"),
    ]

    def __init__(self, actions: tuple[Action, ...], *, title: str, about: str) -> None:
        super().__init__()
        self.actions, self.name_, self.about = actions, title, about

    def compose(self) -> ComposeResult:
        """What it is about, then the keys."""
        with Vertical(id="box"):
            yield Page(id="about")
            with Vertical(id="lines"):
                yield Listing(id="keys-list")
                yield Filter()
            yield Bar(id="hint")

    def on_mount(self) -> None:
        """Show them."""
        box = self.query_one("#box")
        box.border_title = self.name_
        self.query_one("#about", Page).write([line(self.about)])
        listing = self.query_one(Listing)
        listing.display = bool(self.actions)
        listing.show([
            Item(action.id, (
                (f" {', '.join(shown(key) for key in action.keys.split(',')):<16}", "key"),
                (f"{action.says:<62}", "page" if action.acts else "plain"), (f" {action.id}", "faint"),
            ))
            for action in self.actions
        ])
        hint = " esc closes, / filters; keys are rebound by the ids at the right"
        self.query_one("#hint", Bar).write([(hint, "faint")])
        listing.focus()

    def action_move(self, by: int) -> None:
        """Go on."""
        self.query_one(Listing).move(by)

    def action_filter(self) -> None:
        """Look for words."""
        self.query_one(Filter).open(self.query_one(Listing))

    def action_close(self) -> None:
        """Close it."""
        self.dismiss(None)
