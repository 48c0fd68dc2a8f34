"""The last line: the keys that matter most here, as many as fit, or for a while what was just said."""

from collections.abc import Iterator

from textual import events
from textual.timer import Timer

from tui.actions import Action
from tui.widgets.bar import wrapped
from tui.widgets.drawn import Drawing, Drawn, Piece, line

STAYS = 6.0
"""How long a line of what is said stays, in seconds."""
SOON = 0.1
"""Seconds after a key until the line is given back: what that key does, and says, is painted first."""
MOST_LINES = 4
"""Nothing that is said takes more lines than this."""


class Keys(Drawn):
    """Keys in order of rank; what does not fit is counted."""

    DEFAULT_CSS = "Keys { dock: bottom; height: 1; }"

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._actions: tuple[Action, ...] = ()
        self._said, self._said_in, self._lines = "", "accent", 1
        self._forgets: Timer | None = None
        self._fades = False
        self._places: list[tuple[int, int, str]] = []

    def offer(self, actions: tuple[Action, ...]) -> None:
        """Show the keys of these."""
        self._actions = tuple(sorted((one for one in actions if one.rank), key=lambda one: one.rank))
        self.redraw()

    def say(self, text: str, *, ink: str = "accent") -> None:
        """Say something for a while, in as many lines as it takes."""
        self._said, self._said_in = text, ink
        self._stand(len(self._wrapped(self.size.width)))
        self._forget_in(STAYS * self._lines)
        self._fades = False

    def fade(self) -> None:
        """Show the keys again a moment after a key, unless something new is said."""
        if self._said and not self._fades:
            self._forget_in(SOON)
            self._fades = True

    def _forget_in(self, seconds: float) -> None:
        if self._forgets is not None:
            self._forgets.stop()
        self._forgets = self.set_timer(seconds, self.forget)

    def forget(self) -> None:
        """Show the keys again."""
        self._fades = False
        if self._said:
            self._said = ""
            self._stand(1)

    def _stand(self, lines: int) -> None:
        """Take so many lines from the screen above."""
        if lines != self._lines:
            self._lines = lines
            self.styles.height = lines
        self.redraw()

    def _wrapped(self, width: int) -> list[Drawing]:
        return wrapped(line((f" {self._said}", self._said_in)), width)[:MOST_LINES]

    def drawn(self, width: int, height: int) -> Iterator[Drawing]:
        """What is said, or the keys."""
        if self._said:
            yield from self._wrapped(width)
            return
        self._places = []
        pieces: list[Piece] = []
        shown, hidden = self._fitting(width)
        for one in shown:
            more = f"+{hidden} " if hidden and one.id == "app.keys" else ""
            start = sum(len(text) for text, _ in pieces)
            pieces += [(" " + one.shown_key, "key"), (f" {more}{one.label} ", "faint")]
            self._places.append((start, sum(len(text) for text, _ in pieces), one.id))
        yield line(*pieces)

    def _fitting(self, width: int) -> tuple[list[Action], int]:
        """What is shown, and how many actions are not, which `?` lists."""
        last = [one for one in self._actions if one.rank >= 90]
        first = [one for one in self._actions if one.rank < 90]
        room, shown = width - sum(map(_width, last)) - 5, list[Action]()
        for one in first:
            if _width(one) > room:
                break
            room -= _width(one)
            shown.append(one)
        return [*shown, *last], len(first) - len(shown)

    async def on_click(self, event: events.Click) -> None:
        """A click does what it is on."""
        x = event.get_content_offset_capture(self).x
        for start, end, name in () if self._said else self._places:
            if start <= x < end:
                await self.screen.run_action(f"act('{name}')")


def _width(action: Action) -> int:
    return len(action.shown_key) + len(action.label) + 3
