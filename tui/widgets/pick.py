"""One of several, chosen with the arrow keys."""

from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from tui.widgets.drawn import Drawing, Drawn, line


class Pick(Drawn, can_focus=True):
    """Shows the one that is chosen; left and right, or space, go through the others."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("left,h", "turn(-1)", "the one before"), ("right,l,space", "turn(1)", "the next"),
    ]
    DEFAULT_CSS = "Pick { height: 1; } Pick:focus { background: $panel; text-style: bold; }"

    class Changed(Message):
        """Another one was chosen."""

    def __init__(self, choices: tuple[str, ...], *, chosen: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.choices, self.value = choices, chosen if chosen in choices else choices[0]

    def action_turn(self, by: int) -> None:
        """Choose another."""
        place = self.choices.index(self.value) if self.value in self.choices else 0
        self.value = self.choices[(place + by) % len(self.choices)]
        self.redraw()
        self.post_message(self.Changed())

    def on_click(self) -> None:
        """A click chooses the next."""
        self.action_turn(1)

    def watch_has_focus(self, has_focus: bool) -> None:
        """The arrows show where the focus is."""
        super().watch_has_focus(has_focus)
        self.redraw()

    def drawn(self, width: int, height: int) -> list[Drawing]:
        """The choice, and how many there are."""
        place = self.choices.index(self.value) + 1
        arrows = ("< ", " >") if self.has_focus else ("  ", "  ")
        return [line((arrows[0], "accent"), (self.value or "-", "strong"), (arrows[1], "accent"),
                     (f"  {place} of {len(self.choices)}", "faint"))]
