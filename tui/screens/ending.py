"""How a flight in the cockpit ends: flown to the end of its day, landed, or left."""

from typing import TYPE_CHECKING

from sandbox.base.units import rounded_duration
from sandbox.record.errors import StoreError
from tui.screens.acting import Acting

if TYPE_CHECKING:
    from tui.feed import Landed


class Ending(Acting):
    """Asks before a flight is given away or lost, and stops on the way to its end."""

    flying_on = False
    """Whether it is on its way to the end of the day."""
    _called_off = False

    @property
    def loses(self) -> str:
        """What would be lost if one left now; empty where nothing would."""
        at_stake = self.feed.live and self.feed.begun and not self.feed.landed and not self.feed.trouble
        return f"the flight of {self.sheet.name}" if at_stake else ""

    async def do_cockpit_end(self) -> None:
        """Fly to the end of the day, land, and read the debrief."""
        if await self.gives_away_the_day():
            await self._end()

    async def gives_away_the_day(self) -> bool:
        """Whether somebody means to do nothing any more, which is not asked once the day is over."""
        if self.feed.ended:
            return True
        left = rounded_duration(self.sheet.duration - self.frame.at)
        effect = f"The {left} that are left are flown at once, with nobody at the controls. There is no way back."
        return await self.ask("To the end of the day?", effect, {"no": "no", "yes": "yes, to its end"}) == "yes"

    async def _end(self) -> None:
        landed = await self.to_its_end()
        if landed is not None:
            self.desk.debrief(landed.flight, run=landed.run, trouble=landed.trouble)

    async def to_its_end(self) -> "Landed | None":
        """Fly to the end, and land; None where that was called off on the way."""
        off = "" if self.feed.blind else " (esc stops here)"
        self.flying_on, self._called_off = True, False

        def watch(part: float) -> bool:
            self.say(f"flying to the end of the day: {part:.0%}{off}")
            return not self._called_off

        try:
            landed = await self.feed.finish(watch)
        except (OSError, StoreError) as error:
            await self.tell("It cannot be kept", str(error))
            return None
        finally:
            self.flying_on = False
        if landed is None and not self.feed.trouble:
            self.say("stopped; nothing is lost")
        return landed

    def call_off(self) -> None:
        """Stop on the way to the end; a drill is flown there without a stop, which would be a pause for free."""
        self._called_off = not self.feed.blind

    async def save(self) -> bool:
        """Fly to the end, and land; whether it did."""
        return await self.to_its_end() is not None

    async def leave(self) -> bool:
        """Leave; where a flight would be lost, ask first. Whether one left."""
        if self.loses:
            kept = "What you did is on file, and it counts as left." if self.feed.blind else "It would be lost."
            over, stands = self.feed.ended, "It is not over."
            if over:
                stands = "The day is over, and the flight is not landed yet."
            answer = await self.ask("Leave the flight?", f"{stands} {kept}", {
                "stay": "stay", "end": f"{'land' if over else 'fly to its end, keep'} it, and read the debrief",
                "drop": "drop it",
            })
            if answer == "end":
                await self._end()
            if answer != "drop":
                return False
        self.app.pop_screen()
        return True
