"""One of several, chosen with the arrow keys, or found by its letters where there are many."""

from collections.abc import Mapping
from textwrap import wrap
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from tui.widgets.drawn import Drawing, Drawn, line

MANY = 8
"""From so many on they are listed, and letters find them."""
SHOWN = 4
"""How many of many are listed at once."""


class Pick(Drawn, can_focus=True):
    """Shows the one that is chosen; left and right, or space, go through the others.

    Of many it lists those near, finds by what is typed, and says what the chosen one means.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("left,h", "turn(-1)", "the one before"), ("right,l,space", "turn(1)", "the next"),
    ]
    DEFAULT_CSS = """
    Pick { height: 1; }
    Pick:focus { background: $panel; text-style: bold; }
    Pick.-many:focus { height: 8; background: $surface; }
    """

    class Changed(Message):
        """Another one was chosen."""

    def __init__(
        self, choices: tuple[str, ...], *, chosen: str = "", meanings: Mapping[str, str] | None = None,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id, classes="-many" if len(choices) >= MANY else None)
        self.choices, self.value = choices, chosen if chosen in choices else choices[0]
        self.meanings, self.typed = meanings or {}, ""

    @property
    def found(self) -> tuple[str, ...]:
        """Those that what was typed stands in."""
        return tuple(one for one in self.choices if self.typed in one) or self.choices

    def action_turn(self, by: int) -> None:
        """Choose another."""
        place = self.found.index(self.value) if self.value in self.found else 0
        self._choose(self.found[(place + by) % len(self.found)])

    def _choose(self, value: str) -> None:
        self.value = value
        self.redraw()
        self.post_message(self.Changed())

    def on_click(self) -> None:
        """A click chooses the next."""
        self.action_turn(1)

    def on_key(self, event: events.Key) -> None:
        """Letters find one of many."""
        if not self.has_class("-many"):
            return
        letter = event.character or ""
        if event.key == "backspace":
            typed = self.typed[:-1]
        elif letter.isalnum() or letter == "-":
            typed = self.typed + letter.lower()
        else:
            return
        event.prevent_default()
        event.stop()
        if any(typed in one for one in self.choices):
            self.typed = typed
            self._choose(next((one for one in self.found if one.startswith(typed)), self.found[0]))

    def watch_has_focus(self, has_focus: bool) -> None:
        """The arrows show where the focus is."""
        super().watch_has_focus(has_focus)
        self.redraw()

    def drawn(self, width: int, height: int) -> list[Drawing]:
        """The choice, and how many there are; below it those near."""
        arrows = ("< ", " >") if self.has_focus else ("  ", "  ")
        place = self.found.index(self.value) if self.value in self.found else 0
        said = f"  {place + 1} of {len(self.found)}"
        if height > 1:
            said += f" with {self.typed}" if self.typed else "; letters find one"
        first = line((arrows[0], "accent"), (self.value or "-", "strong"), (arrows[1], "accent"), (said, "faint"))
        return [first, *self._near(place, width)] if height > 1 else [first]

    def _near(self, place: int, width: int) -> list[Drawing]:
        begin = max(0, min(place - SHOWN // 2, len(self.found) - SHOWN))
        near = self.found[begin : begin + SHOWN]
        rows = [line(("  > " if one == self.value else "    ", "accent"), one) for one in near]
        meaning = wrap(self.meanings.get(self.value, ""), width=max(20, width))
        return [*rows, *(line() for _ in range(SHOWN - len(near))), *(line((one, "faint")) for one in meaning)]
