"""A line to type a filter into, for the list above it."""

from textual import on
from textual.widgets import Input

from tui.widgets.listing import Listing


class Filter(Input):
    """Filters the list beside it as one types; Enter keeps the filter, Escape drops it."""

    DEFAULT_CSS = "Filter { height: 1; border: none; padding: 0 1; display: none; } Filter.-open { display: block; }"
    BINDINGS = [("escape", "drop", "drop the filter")]

    def __init__(self) -> None:
        super().__init__(placeholder="words, !without", compact=True)

    @property
    def _listing(self) -> Listing:
        assert self.parent is not None
        return self.parent.query_one(Listing)

    def open(self) -> None:
        """Begin to type."""
        self.add_class("-open")
        self.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._listing.filter(self.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not self.value:
            self.remove_class("-open")
        self._listing.focus()

    def action_drop(self) -> None:
        """Forget the filter."""
        self.value = ""
        self.remove_class("-open")
        self._listing.focus()
