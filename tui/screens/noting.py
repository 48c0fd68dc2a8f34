"""A note, written in a box."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import TextArea

from tui.widgets.bar import Bar


class Noting(ModalScreen["str | None"]):
    """A text to write; F2 keeps it, Escape leaves it as it was."""

    CSS_PATH = "../styles/noting.tcss"
    BINDINGS = [("f2", "keep", "keep"), ("ctrl+s", "keep", "keep"), ("escape", "drop", "drop")]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """The text, and what ends it."""
        with Vertical(id="box"):
            yield TextArea(self._text, id="text")
            yield Bar(id="keys-here")

    def on_mount(self) -> None:
        """Begin to write."""
        self.query_one("#box").border_title = "Note"
        area = self.query_one(TextArea)
        area.cursor_blink = False
        area.focus()
        self.query_one(Bar).write([(" F2 ", "key"), ("keep  ", "faint"), ("esc ", "key"), ("leave as it was", "faint")])

    def action_keep(self) -> None:
        """Keep it."""
        self.dismiss(self.query_one(TextArea).text)

    def action_drop(self) -> None:
        """Leave it."""
        self.dismiss(None)
