"""A line to type a filter into, for the list above it."""

from textual import on
from textual.widgets import Input

from tui.widgets.listing import Listing


class Filter(Input):
    """Filters the list beside it as one types; Enter keeps the filter, Escape drops it."""

    DEFAULT_CSS = """
    Filter { dock: bottom; margin-bottom: 1; height: 1; border: none; padding: 0 1; display: none; }
    Filter.-open { display: block; }
    """
    BINDINGS = [("escape", "drop", "drop the filter")]

    def __init__(self) -> None:
        super().__init__(placeholder="filter: words, !without", compact=True)
        self._listing: Listing | None = None

    def open(self, listing: Listing) -> None:
        """Begin to type a filter for a list."""
        self._listing = listing
        self.value = listing.needle
        self.add_class("-open")
        self.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._listing is not None:
            self._listing.filter(self.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._close()

    def action_drop(self) -> None:
        """Forget the filter."""
        self.value = ""
        if self._listing is not None:
            self._listing.filter("")
        self._close()

    def _close(self) -> None:
        if not self.value:
            self.remove_class("-open")
        if self._listing is not None:
            self._listing.focus()
