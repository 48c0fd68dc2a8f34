"""Briefings that end in a flight."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tui.screens.room import Room

if TYPE_CHECKING:
    from tui.feed import Feed

Ready = TypeVar("Ready", bound="Feed")


class TakingOff(Room):
    """Prepares a world aside, one at a time."""

    starting = False

    def refusal(self, name: str) -> str:
        """One flight at a time."""
        return "the world is being prepared" if self.starting and name != "app.back" else super().refusal(name)

    async def prepared_by(self, prepare: Callable[[], Ready]) -> Ready | None:
        """The flight that is ready; None where somebody left it, looked elsewhere, or read why there is none."""
        self.starting = True
        try:
            feed = await self.wait_for("preparing the world", prepare, drop=lambda feed: feed.close())
        except Exception as error:
            await self.tell("Cannot take off", str(error))
            return None
        finally:
            self.starting = False
        if feed is not None and not self.is_current:
            feed.close()
            return None
        return feed
