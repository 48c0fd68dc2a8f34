"""The last line: the keys that matter most here, as many as fit, or for a while what was just said."""

from collections.abc import Iterator

from textual.timer import Timer

from tui.actions import Action
from tui.widgets.drawn import Drawing, Drawn, Piece, line

STAYS = 6.0
"""How long something said stays, in seconds."""


class Keys(Drawn):
    """Keys in order of rank; what does not fit is counted."""

    DEFAULT_CSS = "Keys { dock: bottom; height: 1; }"

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._actions: tuple[Action, ...] = ()
        self._said, self._said_in = "", "accent"
        self._forgets: Timer | None = None

    def offer(self, actions: tuple[Action, ...]) -> None:
        """Show the keys of these."""
        self._actions = tuple(sorted((one for one in actions if one.rank), key=lambda one: one.rank))
        self.redraw()

    def say(self, text: str, *, ink: str = "accent") -> None:
        """Say something for a while."""
        self._said, self._said_in = text, ink
        self.redraw()
        if self._forgets is not None:
            self._forgets.stop()
        self._forgets = self.set_timer(STAYS, self._forget)

    def _forget(self) -> None:
        self._said = ""
        self.redraw()

    def drawn(self, width: int, height: int) -> Iterator[Drawing]:
        """The line."""
        if self._said:
            yield line((f" {self._said}", self._said_in))
            return
        last = [one for one in self._actions if one.rank >= 90]
        first = [one for one in self._actions if one.rank < 90]
        room = width - sum(map(_width, last)) - 5
        shown: list[Action] = []
        for one in first:
            if _width(one) > room:
                break
            room -= _width(one)
            shown.append(one)
        hidden = len(first) - len(shown)
        pieces: list[Piece] = []
        for one in [*shown, *last]:
            pieces += [(" " + one.shown_key, "key"), (f" {one.label} ", "faint")]
        yield line(*pieces, (f" +{hidden}", "faint") if hidden else "")


def _width(action: Action) -> int:
    return len(action.shown_key) + len(action.label) + 3
