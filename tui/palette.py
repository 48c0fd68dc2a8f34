"""The palette: every action of the screen by its name, and by what it does."""

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.actions import EVERYWHERE, Action
from tui.screens.room import Room

REFUSED = 0.5
"""What a match is worth where the action cannot be done now."""


class Palette(Provider):
    """Searches the actions that are at hand: those that can be done now, then the others with the reason."""

    def _actions(self) -> Iterator[tuple[Action, str]]:
        screen = self.screen
        if isinstance(screen, Room):
            told = [(action, screen.refusal(action.id)) for action in screen.offered]
            yield from sorted(told, key=lambda one: (bool(one[1]), one[0].scope in EVERYWHERE))

    async def discover(self) -> Hits:
        """All of them, where nothing was typed yet."""
        for action, why in self._actions():
            do = partial(self._do, action)
            yield DiscoveryHit(Content(_title(action)), do, text=action.label, help=why or action.says)

    async def search(self, query: str) -> Hits:
        """Those that fit what was typed."""
        matcher = self.matcher(query)
        for action, why in self._actions():
            score = max(matcher.match(_title(action)), matcher.match(action.says))
            if score > 0:
                do, worth = partial(self._do, action), score * REFUSED if why else score
                yield Hit(worth, Content(_title(action)), do, text=action.label, help=why or action.says)

    def _do(self, action: Action) -> None:
        screen = self.screen
        if isinstance(screen, Room):
            screen.action_act(action.id)


def _title(action: Action) -> str:
    return f"{action.label}  {action.shown_key}"
