"""A list with a cursor that stays on its item while the list changes under it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from tui.widgets.drawn import Drawing, Drawn, Piece, marked


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list, and what tells it from the others; `about` is not shown, but a filter finds it."""

    key: str
    pieces: tuple[Piece, ...]
    about: str = ""


class Listing(Drawn, can_focus=True):
    """Items, one a line; `follow` keeps the last in sight until somebody scrolls up."""

    DEFAULT_CSS = "Listing { height: 1fr; }"

    class Moved(Message):
        """The cursor stands on another item."""

        def __init__(self, listing: "Listing", key: str) -> None:
            super().__init__()
            self.listing, self.key = listing, key

        @property
        def control(self) -> "Listing":
            """The list it happened in."""
            return self.listing

    class Opened(Moved):
        """An item was opened by a double click."""

    def __init__(self, *, follow: bool = False, empty: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.items: tuple[Item, ...] = ()
        self.cursor, self.top = 0, 0
        self.follows, self.following, self.empty = follow, follow, empty
        self.needle = ""
        self.touched = False
        """Whether somebody moved the cursor; until then it stays at the top."""
        self._all: tuple[Item, ...] = ()

    @property
    def key(self) -> str:
        """The item under the cursor; empty where there is none."""
        return self.items[self.cursor].key if self.items else ""

    @property
    def chosen(self) -> tuple[Piece, ...]:
        """The line under the cursor, however little of it there is room for; empty where there is none."""
        return self.items[self.cursor].pieces if self.items else ()

    def show(self, items: Sequence[Item]) -> None:
        """Show these; the cursor stays on its item where that is still there."""
        fresh = tuple(items)
        if fresh != self._all or not fresh:
            self._all = fresh
            self._settle(self.key)

    def filter(self, needle: str) -> None:
        """Show only items that hold all of these words; a word after ! must be missing."""
        before, self.needle = self.key, needle
        self._settle(before)
        if self.key == before:
            self.post_message(self.Moved(self, before))

    def move(self, by: int) -> None:
        """Move the cursor."""
        self.go(self.cursor + by)

    def go(self, to: int) -> None:
        """Put the cursor on a line."""
        before, self.touched = self.key, True
        self.cursor = max(0, min(len(self.items) - 1, to))
        self.following = self.follows and self.cursor >= len(self.items) - 1
        self._scroll()
        self.redraw()
        if self.key != before:
            self.post_message(self.Moved(self, self.key))

    def page(self, by: int) -> None:
        """Move the cursor by a page, and what is in sight with it."""
        step = by * max(1, self.content_size.height - 1)
        self.top = max(0, self.top + step)
        self.move(step)

    def _settle(self, key: str) -> None:
        words = self.needle.lower().split()
        self.items = tuple(one for one in self._all if all(_holds(one, word) for word in words))
        places = {one.key: place for place, one in enumerate(self.items)}
        last = len(self.items) - 1
        stays = places.get(key, min(self.cursor, max(0, last))) if self.touched else 0
        self.cursor = last if self.following else stays
        self.cursor = max(0, self.cursor)
        self._scroll()
        self.redraw()
        if self.key != key:
            self.post_message(self.Moved(self, self.key))

    def _scroll(self) -> None:
        height = max(1, self.content_size.height)
        self.top = max(0, min(self.top, len(self.items) - height))
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + height:
            self.top = self.cursor - height + 1

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._scroll()
        super().on_resize()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor shows where the focus is."""
        super().watch_has_focus(has_focus)
        self.redraw()

    def drawn(self, width: int, height: int) -> Iterator[Drawing]:
        """The items in sight."""
        if not self.items:
            said = "nothing holds these words; / changes them, esc shows all again" if self.needle else self.empty
            yield Drawing(((f" {said}", "faint"),))
        end = min(len(self.items), self.top + height)
        for place in range(self.top, end):
            more = f" ↑ {self.top} more" if place == self.top > 0 else ""
            more = f" ↓ {len(self.items) - end} more" if place == end - 1 and end < len(self.items) else more
            pieces = marked(self.items[place].pieces, more, width) if more else self.items[place].pieces
            yield Drawing(pieces, chosen=place == self.cursor and self.has_focus)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there, a double one opens."""
        place = self.top + event.get_content_offset_capture(self).y
        if 0 <= place < len(self.items):
            self.go(place)
            if event.chain == 2:
                self.post_message(self.Opened(self, self.key))

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the cursor."""
        self.move(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the cursor."""
        self.move(-3)


def _holds(item: Item, word: str) -> bool:
    text = f"{''.join(piece for piece, _ in item.pieces)} {item.about}".lower()
    return word[1:] not in text if word.startswith("!") and len(word) > 1 else word in text
